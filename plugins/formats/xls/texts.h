// The texts in a workbook: UTF-16 or its low halves alone in Excel 97 and later, Windows-1252 before. A text may run on
// over records (continue), and the shared ones are kept here: the only thing of this plugin that grows with the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "xls/records.h"

namespace sluis::xls {

/// How texts are stored, by the version of the workbook.
enum class Version { biff5, biff8 };

/// Reads on from the record in hand into the records that continue it.
class Cursor {
 public:
  Cursor(Records& records, std::size_t at) : records_(records), at_(at) {}

  std::uint8_t byte();
  std::uint16_t word();
  std::uint32_t doubleWord();
  void skip(std::uint64_t bytes);
  /// Appends `length` characters that follow their flags ([MS-XLS] 2.5.293, 2.5.294), and steps over what is said of
  /// their looks. NUL and halves of pairs are Unreadable.
  void appendText(std::string& out, std::uint32_t length);
  bool atEnd() const { return at_ >= records_.data().size(); }

 private:
  void toNext();

  Records& records_;
  std::size_t at_;
};

/// Appends bytes of an older workbook; `codePage` 0 = not said. Unreadable for letters beyond ASCII of another one than
/// Windows-1252.
void appendOld(std::string& out, std::string_view bytes, std::uint16_t codePage);

class SharedTexts {
 public:
  static constexpr std::size_t kMostMemory = 40 << 20;

  /// From the record in hand, a Kind::sharedStrings.
  void load(Records& records);
  std::size_t count() const { return ends_.size(); }
  /// Text `number` (< count()).
  std::string_view at(std::size_t number) const {
    const std::uint32_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(text_).substr(begin, ends_[number] - begin);
  }

 private:
  std::string text_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace sluis::xls
