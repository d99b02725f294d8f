// Where a cell stands: "AB12", and ranges of cells, "A1:C3" (ECMA-376 part 1, 18.18.62).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluis::xlsx {

inline constexpr std::uint32_t kMostRows = 1048576;
inline constexpr std::uint32_t kMostSheetColumns = 16384;  ///< XFD

struct CellRef {
  std::uint32_t column = 0;  ///< from 0
  std::uint32_t row = 0;     ///< from 1
};
struct CellRange {
  CellRef first, last;  ///< first is not beyond last
};

/// nullopt for what is no reference and for what lies beyond XFD1048576.
std::optional<CellRef> cellRefOf(std::string_view text);
std::optional<CellRange> cellRangeOf(std::string_view text);
/// "A" for 0.
std::string columnLetters(std::uint32_t column);

}  // namespace sluis::xlsx
