// Reads a workbook from memory as the worker would.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/cells.h"
#include "xlsx/xlsx_reader.h"

namespace sluis::test {

using support::Parsed;
using support::Rows;

inline Parsed parse(std::string_view bytes, std::string_view layout = {}, const support::Pieces& pieces = {}) {
  xlsx::XlsxReader reader;
  return support::parse(reader, bytes, layout, pieces);
}

inline std::string refusal(std::string_view bytes, std::string_view layout = {}) {
  xlsx::XlsxReader reader;
  return support::refusalOf(reader, bytes, layout);
}

}  // namespace sluis::test
