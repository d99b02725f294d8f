#include "portal/browser_name.h"

#include <array>
#include <utility>

namespace sluis::portal {

namespace {

using Sign = std::pair<std::string_view, std::string_view>;

// The first that fits: most browsers also claim to be those below them.
constexpr std::array kBrowsers = {
    Sign("Edg", "Edge"),          Sign("OPR/", "Opera"),     Sign("SamsungBrowser", "Samsung"),
    Sign("Firefox/", "Firefox"),  Sign("FxiOS", "Firefox"),  Sign("CriOS", "Chrome"),
    Sign("Chromium", "Chromium"), Sign("Chrome/", "Chrome"), Sign("Safari/", "Safari")};
constexpr std::array kSystems = {Sign("Windows", "Windows"), Sign("Android", "Android"), Sign("iPhone", "iPhone"),
                                 Sign("iPad", "iPad"),       Sign("Mac OS", "macOS"),    Sign("CrOS", "ChromeOS"),
                                 Sign("Linux", "Linux")};
constexpr std::size_t kCut = 40;

template <typename Signs>
std::string_view nameIn(const Signs& signs, std::string_view text) {
  for (const Sign& sign : signs)
    if (text.find(sign.first) != std::string_view::npos) return sign.second;
  return {};
}

}  // namespace

std::string browserName(std::string_view userAgent) {
  const std::string_view browser = nameIn(kBrowsers, userAgent);
  const std::string_view system = nameIn(kSystems, userAgent);
  if (browser.empty()) return std::string(userAgent.substr(0, kCut));
  return system.empty() ? std::string(browser) : std::string(browser) + ", " + std::string(system);
}

}  // namespace sluis::portal
