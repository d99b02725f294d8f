#include "report/looks.h"

namespace sluis::report {

const std::array<Look, kLooks>& looks() {
  // Grounds that differ in lightness too (Okabe and Ito's blue and orange, lightened), for print in black.
  static constexpr std::array<Look, kLooks> kAll = {{{"p0", "#5b9bd5", "#5b9bd5", "█", '#', 34},
                                                     {"p1", "#cfe3f5", "#2b6cb0", "▓", '=', 36},
                                                     {"p2", "#e6e6e6", "#e6e6e6", "░", '.', 37},
                                                     {"p3", "#fbd9a5", "#b45f06", "▒", '/', 33},
                                                     {"p4", "#f4b183", "#7f2a00", "▚", 'x', 31},
                                                     {"p5", "#ffffff", "#8c8c8c", "·", '-', 90}}};
  return kAll;
}

std::size_t lookOf(Indicator indicator, std::size_t part) {
  static constexpr std::array<std::array<std::size_t, kLooks>, kIndicators.size()> kOf = {{{3, 2, 0, 5, 5, 5},
                                                                                           {4, 3, 1, 0, 5, 5},
                                                                                           {0, 1, 2, 3, 5, 5},
                                                                                           {0, 1, 3, 4, 2, 5},
                                                                                           {0, 2, 5, 5, 5, 5},
                                                                                           {3, 2, 5, 5, 5, 5}}};
  // More parts than looks: a code list has grown. They stay apart by their place and their label.
  return part < kLooks ? kOf.at(static_cast<std::size_t>(indicator))[part] : kLooks - 1;
}

}  // namespace sluis::report
