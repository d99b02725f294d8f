// One text of a workbook as XML: plain (<t>) or in runs of rich text (<r><t>); how it is pronounced (<rPh>) is left
// out. The same inside <si> of the shared strings and <is> of a cell.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluis::xlsx {

/// Replaces _xHHHH_ by the character it stands for (ECMA-376 part 1, 22.9.2.19), except NUL and half a pair.
void unescape(std::string& text);

class StringItem {
 public:
  /// Excel's own limit is 32,767 characters.
  static constexpr std::size_t kLongest = 128 << 10;

  void begin();
  bool isOpen() const { return open_; }
  /// Depths count from the item: 1 for its children.
  void start(int depth, const char* name);
  void end(int depth);
  /// Throws plugin::Unreadable beyond kLongest.
  void text(std::string_view piece);
  /// The text; the item is closed. Valid until begin().
  std::string_view finish();

 private:
  std::string text_;
  bool open_ = false;
  bool taking_ = false;  // inside a <t> that counts
  bool inRun_ = false;
};

}  // namespace sluis::xlsx
