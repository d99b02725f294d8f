// The rows of one sheet as a table: the first row that holds anything names the columns, the filled rows under it are
// the records.
//
// Rows come in ascending order, their cells in any. A row without anything but spaces is no record. A filled cell under
// a column without a name, too many columns and too long a row are plugin::Unreadable with the row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/format.h"
#include "xlsx/cell_ref.h"
#include "xlsx/layout.h"

namespace sluis::xlsx {

class Table {
 public:
  static constexpr std::uint32_t kMostColumns = 1000;
  static constexpr std::size_t kLongestName = 200;
  static constexpr std::size_t kLongestRow = 256 << 10;

  explicit Table(const Layout& layout);

  /// `row` above the one before: the caller's duty, as is `column` < kMostSheetColumns.
  void startRow(std::uint32_t row);
  /// The row in hand's cell in this column, to be appended to the string and then ended. Unreadable when it was there
  /// before.
  std::string& startCell(std::uint32_t column);
  /// `isNumber`: it lost its leading zeros where the column is to have them.
  void endCell(bool isNumber);
  /// true when it was the row with the names.
  bool endRow();

  /// From here on records go to `sink`; `detected` as in BatchSink::header.
  void begin(plugin::BatchSink& sink, std::string_view detected);
  void finish();

  const std::vector<std::string>& names() const { return names_; }
  std::uint32_t headerRow() const { return headerRow_; }  ///< 0 = not seen yet
  std::uint32_t lastRow() const { return lastRow_; }      ///< of the records; 0 = none yet
  bool hasColumn(std::uint32_t column) const { return slots_[column] >= 0; }
  std::uint32_t firstColumn() const { return columns_.front(); }
  std::uint32_t lastColumn() const { return columns_.back(); }

 private:
  struct Cell {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  [[noreturn]] void refuse(const std::string& text) const;
  void nameColumns();
  void writeRecord();

  const Layout& layout_;
  std::optional<plugin::RowWriter> writer_;
  std::vector<std::string> names_;
  std::vector<std::uint32_t> columns_;                // of the names, ascending
  std::vector<std::uint32_t> digits_;                 // by name, 0 = as it is
  std::vector<std::int32_t> slots_;                   // by column of the sheet: which name; -1 = none
  std::vector<std::uint32_t> seen_;                   // by column of the sheet: the last row with such a cell
  std::vector<Cell> cells_;                           // the record in hand, by name
  std::vector<std::pair<std::uint32_t, Cell>> head_;  // the row in hand, while there are no names
  std::string text_;                                  // of the row in hand
  std::uint32_t row_ = 0;
  std::uint32_t column_ = 0;
  std::uint32_t begin_ = 0;
  bool filled_ = false;
  std::uint32_t headerRow_ = 0;
  std::uint32_t lastRow_ = 0;
};

}  // namespace sluis::xlsx
