// Which sheet of a workbook is the delivery; the same answer and the same sentences as for an .xlsx.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "xls/workbook.h"
#include "xlsx/layout.h"

namespace sluis::xls {

class Choice {
 public:
  /// Looks into the visible sheets when there are several. Throws plugin::Unreadable when none or more than one fits.
  Choice(Records& records, const Workbook& workbook, const xlsx::Layout& layout);

  std::size_t chosen() const { return chosen_; }
  /// "xls, werkblad 1 van 3, 1 verborgen werkblad niet gelezen"
  std::string told() const;

 private:
  using Positions = std::vector<std::size_t>;
  static std::string listed(const Positions& sheets);
  void choose();

  const Workbook& workbook_;
  Positions filled_;                   // of the visible ones, when there are several
  std::vector<std::ptrdiff_t> known_;  // of each of these: how many of its names the dataset has
  std::size_t chosen_ = 0;
};

}  // namespace sluis::xls
