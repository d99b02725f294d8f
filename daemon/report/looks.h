// How the parts of an indicator look in a bar: told apart by pattern as well as by colour, favourable parts blue.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "report/dimension.h"

namespace sluis::report {

struct Look {
  std::string_view name;    ///< of the fill: "p0"
  std::string_view colour;  ///< its ground
  std::string_view ink;     ///< of its pattern
  std::string_view block;   ///< in a terminal
  char ascii;
  int ansi;  ///< colour of a terminal, SGR
};

/// The looks there are.
inline constexpr std::size_t kLooks = 6;
const std::array<Look, kLooks>& looks();
/// Which of them the `part`-th part of the indicator has.
std::size_t lookOf(Indicator indicator, std::size_t part);

}  // namespace sluis::report
