#include "report/render.h"

#include <array>

namespace sluis::report {

std::optional<Format> formatFrom(std::string_view word) {
  static constexpr std::array<std::string_view, 6> kWords = {"text", "json", "csv", "xlsx", "html", "svg"};
  for (std::size_t i = 0; i < kWords.size(); ++i)
    if (kWords[i] == word) return static_cast<Format>(i);
  return std::nullopt;
}

std::string_view formatNames() {
  return "text, json, csv, xlsx, html, svg";
}

}  // namespace sluis::report
