// What the dataset says of spreadsheets: column names whose cells are digits of a fixed number, which get back the
// leading zeros that a spreadsheet took from them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace sluis::xlsx {

class Layout {
 public:
  /// Lines "name digits", as in plugin::FormatReader::read; others are left out.
  explicit Layout(std::string_view lines);

  /// How many digits the column has; 0 = not named. Case and spaces around the name do not matter.
  std::uint32_t digitsOf(std::string_view column) const;
  bool names(std::string_view column) const { return digitsOf(column) != 0; }

 private:
  std::map<std::string, std::uint32_t, std::less<>> digits_;
};

}  // namespace sluis::xlsx
