#include "mail/mime.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "base/encoding.h"
#include "model/mail_address.h"

namespace sluis::mail {

namespace {

// "=_" occurs neither in quoted-printable nor in base64 text, so no part can hold these.
constexpr std::string_view kMixed = "=_sluis-mixed";
constexpr std::string_view kAlternative = "=_sluis-alternative";
constexpr std::size_t kLine = 76;

bool isAsciiPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// A CR or LF in a value would begin a header of somebody else's choosing.
void requireNoControls(std::string_view value) {
  const bool bad = std::any_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  if (bad) throw std::logic_error("a control character in a mail header");
}

// RFC 2047 encoded words in lines of at most 76 characters, the first beginning at `column`; never splits a UTF-8
// sequence.
std::string encodedWords(std::string_view text, std::size_t column) {
  constexpr std::size_t kFrame = 12;  // "=?UTF-8?B?" and "?="
  std::string words;
  while (!text.empty()) {
    const std::size_t room = (kLine - (words.empty() ? column : 1) - kFrame) / 4 * 3;
    std::size_t cut = std::min(room, text.size());
    while (cut < text.size() && cut > 1 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    words += fmt::format("{}=?UTF-8?B?{}?=", words.empty() ? "" : "\r\n ", toBase64(asBytes(text.substr(0, cut))));
    text.remove_prefix(cut);
  }
  return words;
}

// Unstructured text, folded at spaces (RFC 5322 §2.2.3) when it is ASCII, else as encoded words.
std::string unstructured(std::string_view name, std::string_view value) {
  requireNoControls(value);
  if (!isAsciiPrintable(value) || value.find("=?") != std::string_view::npos ||
      value.find("  ") != std::string_view::npos)
    return encodedWords(value, name.size() + 2);
  std::string folded;
  std::size_t column = name.size() + 2;
  while (!value.empty()) {
    const std::size_t space = value.find(' ', 1);
    const std::string_view word = value.substr(0, space);
    if (column + word.size() > kLine + 1 && word.front() == ' ') {
      folded += "\r\n";
      column = 0;
    }
    folded += word;
    column += word.size();
    value.remove_prefix(word.size());
  }
  return folded;
}

std::string header(std::string_view name, std::string_view value) {
  return fmt::format("{}: {}\r\n", name, unstructured(name, value));
}

std::string mailbox(std::string_view displayName, std::string_view address) {
  if (!isMailAddress(address)) throw std::logic_error("not a mail address in a mail header");
  requireNoControls(displayName);
  if (displayName.empty()) return fmt::format("<{}>", address);
  if (!isAsciiPrintable(displayName))
    return fmt::format("{}\r\n <{}>", encodedWords(displayName, std::string_view("From: ").size()), address);
  std::string quoted;
  for (const char c : displayName) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format("\"{}\" <{}>", quoted, address);
}

std::string dateOf(Instant at) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{second - day};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

// RFC 2045 §6.7; LF in, CRLF out.
std::string quotedPrintable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  const auto put = [&](std::string_view piece) {
    if (column + piece.size() > kLine - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool atEnd = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = (byte >= 0x21 && byte < 0x7f && byte != '=') || (byte == ' ' && !atEnd);
    // A line of "From …" or of one dot is changed by some servers on the way.
    const bool risky = column == 0 && (byte == '.' || byte == 'F');
    if (plain && !risky)
      put(text.substr(i, 1));
    else
      put(fmt::format("={:02X}", byte));
  }
  if (column > 0) out += "\r\n";
  return out;
}

std::string base64Lines(std::string_view bytes) {
  const std::string whole = toBase64(asBytes(bytes));
  std::string out;
  for (std::size_t at = 0; at < whole.size(); at += kLine) out += whole.substr(at, kLine) + "\r\n";
  return out;
}

std::string attachmentName(std::string_view name) {
  std::string safe(name);
  for (char& c : safe)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
          c == '-'))
      c = '-';
  return safe;
}

std::string textPart(std::string_view type, std::string_view text) {
  return fmt::format(
      "Content-Type: text/{}; charset=UTF-8\r\nContent-Language: nl\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n\r\n{}",
      type, quotedPrintable(text));
}

std::string bodyOf(const Mail& mail) {
  return fmt::format(
      "Content-Type: multipart/alternative; boundary=\"{0}\"\r\n\r\n--{0}\r\n{1}\r\n--{0}\r\n{2}\r\n--{0}--\r\n",
      kAlternative, textPart("plain", mail.text), textPart("html", mail.html));
}

}  // namespace

std::string encodeMail(const Mail& mail) {
  std::string to;
  for (const std::string& address : mail.to)
    to += fmt::format("{}{}", to.empty() ? "" : ",\r\n ", mailbox("", address));
  requireNoControls(mail.messageId);
  std::string bytes;
  bytes += fmt::format("From: {}\r\n", mailbox(mail.fromName, mail.from));
  bytes += fmt::format("To: {}\r\n", to);
  bytes += header("Subject", mail.subject);
  bytes += fmt::format("Date: {}\r\n", dateOf(mail.date));
  bytes += fmt::format("Message-ID: <{}>\r\n", mail.messageId);
  for (const auto& [name, value] : mail.headers) bytes += header(name, value);
  bytes += "MIME-Version: 1.0\r\n";
  if (mail.attachments.empty()) return bytes + bodyOf(mail);
  bytes += fmt::format("Content-Type: multipart/mixed; boundary=\"{0}\"\r\n\r\n--{0}\r\n{1}", kMixed, bodyOf(mail));
  for (const Attachment& attachment : mail.attachments)
    bytes += fmt::format(
        "\r\n--{0}\r\nContent-Type: {1};\r\n name=\"{2}\"\r\nContent-Disposition: attachment;\r\n filename=\"{2}\"\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n{3}",
        kMixed, attachment.contentType, attachmentName(attachment.fileName), base64Lines(attachment.bytes));
  return bytes + fmt::format("\r\n--{}--\r\n", kMixed);
}

}  // namespace sluis::mail
