// How errors name what is possible: lists that end, and given words only where they are plain.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace sluis::report {

inline constexpr std::size_t kMostNamed = 100;

/// "a, b, c", after the first hundred "and 23 more".
template <typename List, typename NameOf>
std::string listOf(const List& list, const NameOf& nameOf) {
  std::string text;
  std::size_t count = 0;
  for (const auto& item : list) {
    if (count++ == kMostNamed) return text + fmt::format(" and {} more", list.size() - kMostNamed);
    text += fmt::format("{}{}", text.empty() ? "" : ", ", nameOf(item));
  }
  return text;
}

}  // namespace sluis::report
