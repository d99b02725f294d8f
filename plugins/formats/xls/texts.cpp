#include "xls/texts.h"

#include "text/unicode.h"
#include "xls/bytes.h"

namespace sluis::xls {

namespace {

constexpr std::uint16_t kWindows1252 = 1252;
constexpr std::uint16_t kWindows1252OfExcel = 0x8001;
constexpr std::uint16_t kAscii = 367;

void append(std::string& out, char32_t character) {
  char bytes[4];
  out.append(bytes, text::encode(character, bytes));
}

}  // namespace

void Cursor::toNext() {
  if (!records_.nextIf(Kind::continued)) refuse(kDamaged);
  at_ = 0;
}

std::uint8_t Cursor::byte() {
  while (atEnd()) toNext();
  return static_cast<std::uint8_t>(records_.data()[at_++]);
}

std::uint16_t Cursor::word() {
  const std::uint16_t low = byte();
  return static_cast<std::uint16_t>(low | byte() << 8);
}

std::uint32_t Cursor::doubleWord() {
  const std::uint32_t low = word();
  return low | static_cast<std::uint32_t>(word()) << 16;
}

void Cursor::skip(std::uint64_t bytes) {
  while (bytes > 0) {
    if (atEnd()) toNext();
    const std::uint64_t step = std::min<std::uint64_t>(bytes, records_.data().size() - at_);
    at_ += static_cast<std::size_t>(step);
    bytes -= step;
  }
}

void Cursor::appendText(std::string& out, std::uint32_t length) {
  constexpr std::uint8_t kWide = 0x01, kExtended = 0x04, kRich = 0x08;
  const std::uint8_t flags = byte();
  const std::uint64_t runs = (flags & kRich) != 0 ? word() : 0;
  const std::uint64_t extended = (flags & kExtended) != 0 ? doubleWord() : 0;
  bool wide = (flags & kWide) != 0;
  char32_t half = 0;  // the first of a pair
  for (std::uint32_t i = 0; i < length; ++i) {
    if (atEnd()) {
      toNext();
      wide = (byte() & kWide) != 0;
    }
    char32_t unit = byte();
    if (wide) {
      if (atEnd()) refuse(kDamaged);
      unit |= static_cast<char32_t>(byte()) << 8;
    }
    const bool second = unit >= 0xDC00 && unit <= 0xDFFF;
    if (unit == 0 || second != (half != 0)) refuse(kDamaged);
    if (second) {
      append(out, 0x10000 + ((half - 0xD800) << 10) + (unit - 0xDC00));
      half = 0;
    } else if (unit >= 0xD800 && unit <= 0xDBFF) {
      half = unit;
    } else {
      append(out, unit);
    }
  }
  if (half != 0) refuse(kDamaged);
  skip(runs * 4 + extended);
}

void appendOld(std::string& out, std::string_view bytes, std::uint16_t codePage) {
  const bool western =
      codePage == 0 || codePage == kWindows1252 || codePage == kWindows1252OfExcel || codePage == kAscii;
  for (const char c : bytes) {
    const char32_t character = text::windows1252(static_cast<unsigned char>(c));
    if (character == 0) refuse(kDamaged);
    if (character >= 0x80 && !western)
      refuse("De werkmap is geschreven in een oude tekenset; open haar in Excel en sla haar op als .xlsx.");
    append(out, character);
  }
}

void SharedTexts::load(Records& records) {
  const std::uint32_t count = u32(records.data(), 4);
  Cursor cursor(records, 8);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t length = cursor.word();
    cursor.appendText(text_, length);
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
    if (text_.size() + ends_.size() * 4 > kMostMemory)
      refuse("De werkmap bevat te veel tekst; sla haar op als .xlsx of lever CSV aan.");
  }
}

}  // namespace sluis::xls
