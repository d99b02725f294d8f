// Which sheet of a workbook is the delivery: the same answer and the same sentences for an .xlsx and an .xls.
//
// Of the visible sheets with cells the only one, or the only filled one, or the only one that begins with the
// dataset's column names. Sheets are told by their place, for their names are delivered.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "xlsx/layout.h"

namespace sluis::xlsx {

class SheetChoice {
 public:
  struct Sheet {
    bool hasCells;  ///< not a chart or a macro
    bool hidden;    ///< or very hidden
  };
  /// The column names that a sheet begins with; none when it is empty.
  using NamesIn = std::function<std::vector<std::string>(std::size_t sheet)>;

  /// Looks into the visible sheets when there are several. Throws plugin::Unreadable when none or more than one fits.
  SheetChoice(std::vector<Sheet> sheets, const Layout& layout, const NamesIn& namesIn);

  std::size_t chosen() const { return chosen_; }
  /// "werkblad 1 van 3, 1 verborgen werkblad niet gelezen"
  std::string told() const;

 private:
  using Positions = std::vector<std::size_t>;
  static std::string listed(const Positions& sheets);
  void choose();

  std::vector<Sheet> sheets_;
  Positions filled_;                   // of the visible ones, when there are several
  std::vector<std::ptrdiff_t> known_;  // of each of these: how many of its names the dataset has
  std::size_t chosen_ = 0;
};

}  // namespace sluis::xlsx
