// A browser as its owner knows it, for the list of sessions: "Firefox, Windows". A guess from what it says of itself.
#pragma once

#include <string>
#include <string_view>

namespace sluis::portal {

/// `userAgent` itself, cut, when nothing is known in it.
std::string browserName(std::string_view userAgent);

}  // namespace sluis::portal
