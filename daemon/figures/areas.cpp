#include "figures/areas.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "report/phrases.h"

namespace sluis::figures {

namespace {

std::string named(const dataset::CodeList& list, const std::string& code) {
  const dataset::Code* found = list.find(code);
  return found == nullptr ? code : fmt::format("{} ({})", found->name, code);
}

std::string namesOf(const dataset::CodeList& list, const std::vector<std::string>& codes, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < codes.size(); ++i)
    text += std::string(i == 0                  ? std::string_view()
                        : i + 1 == codes.size() ? last
                                                : std::string_view(", ")) +
            named(list, codes[i]);
  return text;
}

}  // namespace

report::Quarter quarterOf(Day day) {
  const std::chrono::year_month_day date(day);
  return report::Quarter::of(static_cast<int>(date.year()), (static_cast<int>(unsigned(date.month())) - 1) / 3 + 1);
}

std::vector<std::string> Areas::partsOf(const std::string& municipality) const {
  std::set<std::string> parts = {municipality};
  for (bool grown = list_ != nullptr; grown;) {
    grown = false;
    for (const dataset::Code& code : list_->codes())
      if (code.into.size() == 1 && parts.count(code.into[0]) != 0) grown = parts.insert(code.code).second || grown;
  }
  return {parts.begin(), parts.end()};
}

std::vector<report::Break> Areas::breaksOf(const std::string& municipality, report::Quarter first, report::Quarter last,
                                           report::Language language) const {
  const report::Phrases& say = report::phrases(language);
  std::vector<report::Break> breaks;
  if (list_ == nullptr) return breaks;
  const auto parts = partsOf(municipality);
  const auto isPart = [&](const std::string& code) { return std::binary_search(parts.begin(), parts.end(), code); };
  for (const dataset::Code& code : list_->codes()) {
    if (code.into.empty()) continue;
    const bool touches = isPart(code.code) || std::any_of(code.into.begin(), code.into.end(), isPart);
    const report::Quarter quarter = quarterOf(code.validity.back().until);
    if (!touches || quarter < first || last < quarter) continue;
    const std::string into = namesOf(*list_, code.into, say.and_);
    breaks.push_back(
        {report::toString(quarter),
         fmt::format(fmt::runtime(code.into.size() == 1 ? say.merged : say.divided), named(*list_, code.code), into)});
  }
  std::stable_sort(breaks.begin(), breaks.end(), [](const auto& a, const auto& b) { return a.quarter < b.quarter; });
  return breaks;
}

}  // namespace sluis::figures
