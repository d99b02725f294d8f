// What a file that was named as one format really is, by its first bytes: for the sentence of a refusal. Never decides
// whether a file is right, and knows only what providers mix up.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluis::text {

/// So many bytes of the start are worth showing.
inline constexpr std::size_t kTelling = 64;

/// "een Excel-werkmap (.xlsx)", "een webpagina (HTML)", …; empty when the start says nothing.
std::string_view disguise(std::string_view start);

}  // namespace sluis::text
