#include "portal/assets.h"

#include <array>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "report/render.h"

namespace sluis::portal {

namespace {

constexpr std::size_t kLargestAsset = 1 << 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes = {{
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
}};

}  // namespace

Assets loadAssets(const std::filesystem::path& folder) {
  Assets assets;
  assets.emplace("figures.css", Asset{std::string(kTypes[0].second), std::string(report::figureStyles())});
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (!entry.is_regular_file()) continue;
    const std::string extension = entry.path().extension().string();
    for (const auto& [known, type] : kTypes)
      if (extension == known)
        assets.insert_or_assign(entry.path().filename().string(),
                                Asset{std::string(type), readFile(entry.path(), kLargestAsset)});
  }
  if (error) throw Error(ErrorKind::system, "cannot read " + folder.string() + ": " + error.message());
  return assets;
}

}  // namespace sluis::portal
