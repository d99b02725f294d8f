// Bytes as they came -> UTF-8: finds out the encoding (BOM, else UTF-8 when it is, else Windows-1252) and never guesses
// silently: what was detected is told, and bytes that fit no encoding, or certainly two, are Unreadable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/format.h"

namespace sluis::text {

enum class Encoding { ascii, utf8, utf8Bom, windows1252, utf16le, utf16be };

/// "UTF-8 met BOM"; for ascii a text that says that nothing else was seen yet.
std::string_view describe(Encoding encoding);

class Decoder {
 public:
  /// `kind` is what the file should be, for the sentences: "CSV".
  Decoder(plugin::ByteSource& source, std::string_view kind) : source_(source), kind_(kind) {}

  /// Decoded text at `out`, at most `room` bytes (room >= 64); the number of bytes, 0 at the end of the source. Throws
  /// Unreadable only after everything before the wrong byte was given out, so that the caller knows its line.
  std::size_t read(char* out, std::size_t room);
  /// Known after the first read(); ascii becomes utf8 or windows1252 with the first byte that is neither.
  Encoding encoding() const { return encoding_; }

 private:
  void begin();
  std::size_t readRaw(char* out, std::size_t room);
  std::size_t readUtf8(char* out, std::size_t room);
  std::size_t decideAt(char* out, std::size_t size, std::size_t ascii, std::size_t valid);
  std::size_t readWindows(char* out, std::size_t room);
  std::size_t readUtf16(char* out, std::size_t room);
  void fail(const char* why);

  plugin::ByteSource& source_;
  std::string_view kind_;
  Encoding encoding_ = Encoding::ascii;
  bool begun_ = false;
  bool ended_ = false;
  unsigned char last_ = 0;  // byte of Windows-1252 given out
  std::string pending_;     // raw bytes read ahead: the first few, or a character that is not whole yet
  std::vector<char> raw_;
  std::string failed_;  // what to throw at the next read()
};

/// How many bytes at the start of `text` are ASCII.
std::size_t asciiBytes(std::string_view text);
/// How many bytes of `text` are whole, valid UTF-8; a character cut off by its end counts as not whole.
std::size_t validUtf8(std::string_view text);

}  // namespace sluis::text
