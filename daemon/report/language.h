// The languages that figures are put into words in. Keys, codes and numbers of JSON are the same in each.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluis::report {

enum class Language : std::uint8_t { dutch, english };

/// "nl", "en".
constexpr std::string_view toString(Language language) {
  return language == Language::english ? "en" : "nl";
}
constexpr std::optional<Language> languageFrom(std::string_view word) {
  if (word == "nl") return Language::dutch;
  if (word == "en") return Language::english;
  return std::nullopt;
}

}  // namespace sluis::report
