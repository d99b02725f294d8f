// The files a page is made of beside itself: style sheet, script, picture. Read once, into memory, and never again.
//
// Only plain files directly in the folder, of the types in the list of assets.cpp; nothing that is asked for is ever
// part of a path.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace sluis::portal {

struct Asset {
  std::string type;  ///< Content-Type
  std::string body;
};
using Assets = std::map<std::string, Asset, std::less<>>;

/// By file name; with "figures.css" of room report. Error (system) when the folder cannot be read.
Assets loadAssets(const std::filesystem::path& folder);

}  // namespace sluis::portal
