#include "portal/language.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "portal/router.h"

namespace sluis::portal {

namespace {

// RFC 9110 §12.5.4: "nl-NL,nl;q=0.9,en;q=0.8". What cannot be read counts for nothing.
double weightOf(std::string_view header, std::string_view language) {
  double most = 0;
  while (!header.empty()) {
    std::string_view item = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), item.size() + 1));
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    const std::string_view tag = item.substr(0, item.find_first_of("; "));
    if (tag.substr(0, tag.find('-')) != language) continue;
    int thousandths = 1000;
    if (const auto q = item.find("q="); q != std::string_view::npos) {
      std::string digits;
      for (const char c : item.substr(q + 2))
        if (c >= '0' && c <= '9' && digits.size() < 4) digits.push_back(c);
      while (digits.size() < 4) digits.push_back('0');
      std::from_chars(digits.data(), digits.data() + digits.size(), thousandths);
    }
    most = std::max(most, thousandths / 1000.0);
  }
  return most;
}

}  // namespace

web::Language languageOf(const web::Request& request, const account::Account* account) {
  if (account != nullptr) return account->language == "en" ? web::Language::english : web::Language::dutch;
  if (const auto chosen = request.cookies.find(kLanguageCookie); chosen != request.cookies.end())
    return chosen->second == "en" ? web::Language::english : web::Language::dutch;
  return weightOf(request.acceptLanguage, "en") > weightOf(request.acceptLanguage, "nl") ? web::Language::english
                                                                                         : web::Language::dutch;
}

}  // namespace sluis::portal
