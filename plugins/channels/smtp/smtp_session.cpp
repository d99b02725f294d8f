#include "smtp/smtp_session.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <fmt/format.h>

#include "base/encoding.h"
#include "smtp/tls.h"

namespace sluis::channel_smtp {

namespace {

using std::chrono::steady_clock;

// The message's row stays locked while we talk: a server that only drips must not hold it for ever.
constexpr std::chrono::minutes kWholeSession{10};

bool startsWithNoCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return (a >= 'a' && a <= 'z' ? a - 32 : a) == (b >= 'a' && b <= 'z' ? b - 32 : b);
         });
}

void wipeText(std::string& text) {
  wipe(std::as_writable_bytes(std::span(text.data(), text.size())));
}

// Runs a socket call; whatever Poco throws becomes a Broken.
template <typename Call>
auto guarded(std::string_view doing, Call&& call) {
  try {
    return call();
  } catch (const Poco::TimeoutException&) {
    throw Broken(fmt::format("{}: no answer in time", doing));
  } catch (const Poco::Exception& error) {
    throw Broken(fmt::format("{}: {}", doing, printable(error.displayText())));
  }
}

}  // namespace

SmtpSession::SmtpSession(const SmtpSettings& settings)
    : settings_(settings), deadline_(steady_clock::now() + kWholeSession) {
  connect();
  const Reply greeting = readReply();
  if (greeting.code != 220) throw Broken(fmt::format("the mail server does not greet: {}", greeting.text()));
}

void SmtpSession::connect() {
  const std::string where = fmt::format("{}:{}", settings_.host, settings_.port);
  const auto entry = guarded(fmt::format("cannot find the mail server {}", settings_.host),
                             [&] { return Poco::Net::DNS::resolve(settings_.host); });
  std::string failure = "it has no address";
  for (const auto& address : entry.addresses()) {
    if (!settings_.startTls && !address.isLoopback()) continue;
    try {
      Poco::Net::StreamSocket socket;
      socket.connect(Poco::Net::SocketAddress(address, settings_.port), settings_.timeout);
      socket.setReceiveTimeout(settings_.timeout);
      socket.setSendTimeout(settings_.timeout);
      socket.setNoDelay(true);
      socket_ = socket;
      return;
    } catch (const Poco::TimeoutException&) {
      failure = "no answer in time";
    } catch (const Poco::Exception& error) {
      failure = printable(error.displayText());
    }
  }
  throw Broken(fmt::format("cannot reach the mail server {}: {}", where, failure));
}

void SmtpSession::begin() {
  hello();
  if (settings_.startTls) {
    startTls();
    hello();
  }
  if (!settings_.user.empty()) authenticate();
}

void SmtpSession::hello() {
  const Reply reply = command("EHLO " + settings_.hello);
  if (!reply.isGood()) throw Broken(fmt::format("the mail server refuses EHLO: {}", reply.text()));
  capabilities_ = reply.lines;
  if (!capabilities_.empty()) capabilities_.erase(capabilities_.begin());
}

void SmtpSession::startTls() {
  if (!offers("STARTTLS")) throw Broken("the mail server does not offer STARTTLS");
  const Reply reply = command("STARTTLS");
  if (reply.code != 220) throw Broken(fmt::format("the mail server refuses STARTTLS: {}", reply.text()));
  // Bytes after that answer were sent in the clear by somebody who wants them taken for the encrypted ones.
  if (replies_.hasMore()) throw Broken("the mail server sent plain text after STARTTLS");
  capabilities_.clear();
  guarded(fmt::format("no safe connection with the mail server {}", settings_.host),
          [&] { socket_ = secured(socket_, settings_); });
}

void SmtpSession::authenticate() {
  const std::string* mechanisms = capability("AUTH");
  const auto knows = [&](std::string_view name) {
    return mechanisms != nullptr &&
           fmt::format(" {} ", *mechanisms).find(fmt::format(" {} ", name)) != std::string::npos;
  };
  Reply reply;
  if (knows("PLAIN")) {
    std::string plain = fmt::format("{0}{1}{0}{2}", '\0', settings_.user, settings_.password.revealText());
    std::string line = "AUTH PLAIN " + toBase64(asBytes(plain));
    wipeText(plain);
    reply = command(line);
    wipeText(line);
  } else if (knows("LOGIN")) {
    reply = command("AUTH LOGIN");
    if (reply.code == 334) reply = command(toBase64(asBytes(settings_.user)));
    if (reply.code == 334) {
      std::string line = toBase64(settings_.password.reveal());
      reply = command(line);
      wipeText(line);
    }
  } else {
    throw Broken("the mail server offers neither AUTH PLAIN nor AUTH LOGIN");
  }
  // The answer's text is left out: a server may quote what it was sent.
  if (reply.code != 235)
    throw Broken(fmt::format("the mail server does not take our user and password: {}", reply.code));
}

Reply SmtpSession::command(std::string_view line) {
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    throw Broken("a line break in a command");
  Reply reply = exchange(line);
  if (reply.code == 421) throw Broken(fmt::format("the mail server closes: {}", reply.text()));
  return reply;
}

Reply SmtpSession::exchange(std::string_view line) {
  // An answer to a question that was not asked yet.
  if (replies_.hasMore()) throw Broken("the mail server speaks out of turn");
  send(line);
  send("\r\n");
  return readReply();
}

Reply SmtpSession::data(std::string_view message) {
  std::string stuffed;
  stuffed.reserve(message.size() + 1024);
  bool lineStart = true;
  for (const char c : message) {
    if (lineStart && c == '.') stuffed += '.';
    stuffed += c;
    lineStart = c == '\n';
  }
  if (!stuffed.ends_with("\r\n")) stuffed += "\r\n";
  send(stuffed);
  send(".\r\n");
  return readReply();
}

void SmtpSession::quit() noexcept {
  try {
    exchange("QUIT");
    socket_.close();
  } catch (...) {
    // The message has its outcome already; how we part changes nothing.
  }
}

Reply SmtpSession::readReply() {
  while (true) {
    if (std::optional<Reply> reply = replies_.next()) return std::move(*reply);
    if (steady_clock::now() > deadline_) throw Broken("the mail server takes too long");
    std::array<char, 4096> buffer{};
    const int count = guarded("reading from the mail server",
                              [&] { return socket_.receiveBytes(buffer.data(), static_cast<int>(buffer.size())); });
    if (count <= 0) throw Broken("the mail server closed the connection");
    replies_.feed({buffer.data(), static_cast<std::size_t>(count)});
  }
}

void SmtpSession::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (steady_clock::now() > deadline_) throw Broken("the mail server takes too long");
    const int piece = static_cast<int>(std::min<std::size_t>(bytes.size(), 64 << 10));
    const int count = guarded("writing to the mail server", [&] { return socket_.sendBytes(bytes.data(), piece); });
    if (count <= 0) throw Broken("the mail server takes no more");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

const std::string* SmtpSession::capability(std::string_view extension) const {
  for (const std::string& line : capabilities_)
    if (startsWithNoCase(line, extension) && (line.size() == extension.size() || line[extension.size()] == ' '))
      return &line;
  return nullptr;
}

bool SmtpSession::offers(std::string_view extension) const {
  return capability(extension) != nullptr;
}

std::uint64_t SmtpSession::sizeLimit() const {
  const std::string* line = capability("SIZE");
  std::uint64_t limit = 0;
  if (line != nullptr && line->size() > 5) std::from_chars(line->data() + 5, line->data() + line->size(), limit);
  return limit;
}

}  // namespace sluis::channel_smtp
