// Which number formats show a date: a spreadsheet stores a date as a number and says only by its format that it is one.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluis::xlsx {

/// Whether a number format built of these codes ("dd-mm-yyyy", "[$-413]d mmmm yyyy;@") shows a date or a time.
bool showsDate(std::string_view format);
/// Whether a format that every workbook has without defining it does.
bool isBuiltInDate(std::uint32_t id);

}  // namespace sluis::xlsx
