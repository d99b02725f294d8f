// How many rows of a sheet are hidden (by hand or by a filter). What was detected is told before the first record, and
// which rows are hidden stands with each row: hence a quick look through the whole sheet beforehand, without parsing
// it.
#pragma once

#include <cstdint>

#include "xlsx/part.h"

namespace sluis::xlsx {

/// For the receipt only, nothing is decided by it: not counted in a sheet written as UTF-16. Throws plugin::Unreadable.
std::uint32_t countHiddenRows(Part& sheet);

}  // namespace sluis::xlsx
