#include "text/decoder.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "text/disguise.h"
#include "text/unicode.h"

namespace sluis::text {

namespace {

constexpr const char* kMixed = "Het bestand is niet in één tekenset geschreven; exporteer het opnieuw als {} in UTF-8.";
constexpr const char* kNul =
    "Het bestand bevat NUL-tekens en is daarom geen tekst; exporteer het opnieuw als {} in UTF-8.";
constexpr const char* kBrokenUtf16 =
    "De UTF-16-tekst is beschadigd of afgebroken; exporteer het bestand opnieuw als {} in UTF-8.";
constexpr const char* kNoText = "Het bestand is geen tekst; exporteer het opnieuw als {} in UTF-8.";

// Whether two bytes are an accented letter of Latin-1 in UTF-8 (é, ö). In Windows-1252 they would be a capital A with a
// tilde and a sign or a quote behind it (Ã©), which nobody writes.
bool isUtf8Letter(unsigned char first, unsigned char second) {
  return first == 0xC3 && (second & 0xC0) == 0x80 && second != 0x97 && second != 0xB7;
}

// Whether the rest can still become a character: the start of one, cut off by the end (Unicode 15, table 3-7).
bool couldBeCutOff(std::string_view rest) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const auto first = rest.empty() ? 0 : byte(0);
  const std::size_t whole = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (rest.size() >= whole) return false;
  const unsigned least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (rest.size() >= 2 && (byte(1) < least || byte(1) > most)) return false;
  return rest.size() < 3 || (byte(2) & 0xC0) == 0x80;
}

}  // namespace

std::string_view describe(Encoding encoding) {
  switch (encoding) {
    case Encoding::ascii:
      return "UTF-8 (alleen ASCII in het begin)";
    case Encoding::utf8:
      return "UTF-8";
    case Encoding::utf8Bom:
      return "UTF-8 met BOM";
    case Encoding::windows1252:
      return "Windows-1252";
    case Encoding::utf16le:
      return "UTF-16 LE";
    case Encoding::utf16be:
      return "UTF-16 BE";
  }
  return "onbekend";
}

// Fills `out` to the end, so that what is decided by its bytes does not depend on how the pipe cut them.
std::size_t Decoder::readRaw(char* out, std::size_t room) {
  std::size_t size = std::min(room, pending_.size());
  std::memcpy(out, pending_.data(), size);
  pending_.erase(0, size);
  while (size < room && !ended_) {
    const std::size_t got = source_.read({out + size, room - size});
    if (got == 0) ended_ = true;
    size += got;
  }
  return size;
}

void Decoder::begin() {
  begun_ = true;
  std::array<char, kTelling> first{};
  std::size_t size = 0;
  while (size < first.size() && !ended_) {
    const std::size_t got = source_.read({first.data() + size, first.size() - size});
    if (got == 0) ended_ = true;
    size += got;
  }
  const std::string_view start(first.data(), size);
  if (const std::string_view really = disguise(start); !really.empty())
    throw plugin::Unreadable(fmt::format(
        "Het bestand is {0} en geen {1}; geef het de goede extensie of exporteer het als {1}.", really, kind_));
  std::size_t skip = 0;
  if (start.starts_with("\xEF\xBB\xBF"))
    encoding_ = Encoding::utf8Bom, skip = 3;
  else if (start.starts_with("\xFF\xFE"))
    encoding_ = Encoding::utf16le, skip = 2;
  else if (start.starts_with("\xFE\xFF"))
    encoding_ = Encoding::utf16be, skip = 2;
  pending_ = start.substr(skip);
}

std::size_t Decoder::read(char* out, std::size_t room) {
  if (!failed_.empty()) throw plugin::Unreadable(failed_);
  if (!begun_) begin();
  std::size_t size = 0;
  switch (encoding_) {
    case Encoding::utf16le:
    case Encoding::utf16be:
      size = readUtf16(out, room);
      break;
    case Encoding::windows1252:
      size = readWindows(out, room);
      break;
    default:
      size = readUtf8(out, room);
      break;
  }
  if (const void* nul = size == 0 ? nullptr : std::memchr(out, 0, size)) {
    fail(kNul);
    size = static_cast<std::size_t>(static_cast<const char*>(nul) - out);
  }
  if (size == 0 && !failed_.empty()) throw plugin::Unreadable(failed_);
  return size;
}

void Decoder::fail(const char* why) {
  failed_ = fmt::format(fmt::runtime(why), kind_);
}

std::size_t Decoder::readUtf8(char* out, std::size_t room) {
  for (;;) {
    const std::size_t size = readRaw(out, room);
    if (size == 0) return 0;
    const std::size_t ascii = asciiBytes({out, size});
    if (ascii == size) return size;
    const std::size_t valid = ascii + validUtf8({out + ascii, size - ascii});
    if (valid == size) {
      if (encoding_ == Encoding::ascii) encoding_ = Encoding::utf8;
      return size;
    }
    const std::size_t given = decideAt(out, size, ascii, valid);
    if (given != 0 || !failed_.empty()) return given;
    if (encoding_ == Encoding::windows1252) return readWindows(out, room);
  }
}

// `ascii` bytes are ASCII, `valid` are UTF-8; what follows is not, or not yet.
std::size_t Decoder::decideAt(char* out, std::size_t size, std::size_t ascii, std::size_t valid) {
  const std::string_view rest(out + valid, size - valid);
  if (!ended_ && couldBeCutOff(rest)) {
    if (ascii < valid && encoding_ == Encoding::ascii) encoding_ = Encoding::utf8;
    pending_ = rest;
    return valid;
  }
  if (encoding_ != Encoding::ascii) {
    fail(kMixed);
    return valid;
  }
  // Only ASCII came before this block, and this block is no UTF-8 as a whole.
  encoding_ = Encoding::windows1252;
  pending_.insert(0, out + ascii, size - ascii);
  return ascii;
}

std::size_t Decoder::readWindows(char* out, std::size_t room) {
  raw_.resize(room / 3);
  const std::size_t size = readRaw(raw_.data(), raw_.size());
  std::size_t made = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(raw_[i]);
    const char32_t character = windows1252(byte);
    if (character == 0 && byte != 0) {
      fail(kNoText);
      return made;
    }
    if (isUtf8Letter(last_, byte)) {
      fail(kMixed);
      return made;
    }
    last_ = byte;
    made += encode(character, out + made);
  }
  return made;
}

std::size_t Decoder::readUtf16(char* out, std::size_t room) {
  raw_.resize(room / 3 * 2 & ~std::size_t{3});
  std::size_t size = readRaw(raw_.data(), raw_.size());
  // A pair may be cut by the end of the buffer: only whole characters are turned now, the rest waits.
  const auto unit = [&](std::size_t i) {
    const auto low = static_cast<unsigned char>(raw_[i + (encoding_ == Encoding::utf16le ? 0 : 1)]);
    const auto high = static_cast<unsigned char>(raw_[i + (encoding_ == Encoding::utf16le ? 1 : 0)]);
    return static_cast<char32_t>(high << 8 | low);
  };
  std::size_t made = 0;
  std::size_t at = 0;
  while (at + 2 <= size) {
    const char32_t first = unit(at);
    if (first < 0xD800 || first > 0xDFFF) {
      made += encode(first, out + made);
      at += 2;
      continue;
    }
    if (at + 4 > size) break;
    const char32_t second = unit(at + 2);
    if (first > 0xDBFF || second < 0xDC00 || second > 0xDFFF) {
      fail(kBrokenUtf16);
      return made;
    }
    made += encode(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), out + made);
    at += 4;
  }
  if (at < size) {
    if (ended_) fail(kBrokenUtf16);
    pending_.insert(0, raw_.data() + at, size - at);
  }
  return made;
}

}  // namespace sluis::text
