// Where each field stands in a line, as the dataset says it. A layout that cannot be is Unreadable, never a crash: it
// comes from a configuration, but a plugin trusts nobody.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::ascii {

/// In characters, from 0; in a file of ASCII alone those are bytes.
struct Position {
  static constexpr std::uint32_t kAsItIs = UINT32_MAX;

  std::uint32_t offset;
  std::uint32_t length;  ///< at least 1
  std::uint32_t digits;  ///< a number of more than these loses leading zeros; at least 1, or kAsItIs
};

struct Layout {
  static constexpr std::uint32_t kMostFields = 1000;
  static constexpr std::uint32_t kLongestLine = 32 << 10;
  static constexpr std::size_t kLongestName = 200;

  std::vector<std::string> names;
  std::vector<Position> positions;  ///< of names, in the same order
  std::uint32_t width = 0;          ///< where the last field ends; at most kLongestLine
  std::uint32_t cells = 0;          ///< the sum of all lengths; at most kLongestLine
};

/// Lines "name offset length" or "name offset length digits"; blank ones do not count. Throws plugin::Unreadable when
/// there are none, or on any that does not fit the limits above.
Layout parseLayout(std::string_view text);

}  // namespace sluis::ascii
