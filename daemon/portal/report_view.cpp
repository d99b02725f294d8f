#include "portal/report_view.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/encoding.h"
#include "report/texts.h"

namespace sluis::portal {

namespace {

using report::Dimension;

constexpr std::array<std::string_view, 4> kQuarterFields = {"start-from", "start-to", "end-from", "end-to"};
constexpr std::size_t kLongestSnapshots = 2000;
constexpr std::size_t kMostNamed = 40;

bool isSnapshotText(const std::string& text) {
  return text.size() <= kLongestSnapshots && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || c == 'G' || c == 'M' || c == '-' || c == ',';
         });
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

template <typename List, typename NameOf>
std::string listed(const List& list, const NameOf& nameOf) {
  std::string text;
  std::size_t count = 0;
  for (const auto& each : list) {
    if (count++ == kMostNamed) return text + ", …";
    text += (text.empty() ? "" : ", ") + std::string(nameOf(each));
  }
  return text;
}

std::string namesOfFields(const std::vector<std::string>& fields, report::Language language) {
  return listed(fields, [&](const std::string& name) {
    return fmt::format("{} ({})", report::labelOfFilter(name, language), name);
  });
}

bool isGrouping(std::string_view word, report::Indicator indicator, report::Role role) {
  const auto dimension = report::dimensionFrom(word);
  const auto possible = report::possibleGroupings(indicator, role);
  return dimension && report::toString(*dimension) == word &&
         std::find(possible.begin(), possible.end(), *dimension) != possible.end();
}

constexpr std::array kRoles = {report::Role::municipality, report::Role::provider, report::Role::officer};

bool isOfSomebody(const std::string& name, report::Indicator indicator) {
  return std::any_of(kRoles.begin(), kRoles.end(), [&](report::Role role) {
    const auto fields = filterFields(indicator, role);
    return std::find(fields.begin(), fields.end(), name) != fields.end();
  });
}

bool isGroupingOfSomebody(std::string_view word, report::Indicator indicator) {
  return std::any_of(kRoles.begin(), kRoles.end(),
                     [&](report::Role role) { return isGrouping(word, indicator, role); });
}

}  // namespace

std::string percentEncoded(std::string_view text) {
  std::string out = sluis::percentEncoded(text);
  for (std::size_t at = 0; (at = out.find("%2C", at)) != std::string::npos; ++at) out.replace(at, 3, ",");
  return out;
}

bool isQuarterField(std::string_view name) {
  return std::find(kQuarterFields.begin(), kQuarterFields.end(), name) != kQuarterFields.end();
}

std::vector<std::string> filterFields(report::Indicator indicator, report::Role role) {
  std::vector<std::string> fields(kQuarterFields.begin(), kQuarterFields.end());
  for (const Dimension dimension : report::possibleDimensions(indicator, role)) {
    if (dimension == Dimension::start || dimension == Dimension::end) continue;
    // It has no other than its own.
    if (dimension == Dimension::municipality && role == report::Role::municipality) continue;
    fields.emplace_back(report::toString(dimension));
  }
  return fields;
}

std::string View::filter(std::string_view name) const {
  for (const auto& [known, value] : filters)
    if (known == name) return value;
  return "";
}

View View::with(std::string_view name, const std::string& value) const {
  View other = *this;
  std::erase_if(other.filters, [&](const auto& each) { return each.first == name; });
  if (!value.empty()) other.filters.emplace_back(name, value);
  const auto order = filterFields(indicator, report::Role::officer);
  const auto place = [&](const auto& each) { return std::find(order.begin(), order.end(), each.first); };
  std::stable_sort(other.filters.begin(), other.filters.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return other;
}

report::Words View::words() const {
  return {std::string(report::toString(indicator)), "", filters, by, snapshot};
}

std::string View::address(std::string_view ending) const {
  std::string text = fmt::format("/reports/{}{}", report::toString(indicator), ending);
  char before = '?';
  const auto add = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    text += fmt::format("{}{}={}", before, name, percentEncoded(value));
    before = '&';
  };
  for (const auto& [name, value] : filters) add(name, value);
  add("by", by);
  add("snapshot", snapshot);
  return text;
}

ReadView readView(report::Indicator indicator, const web::Fields& query, report::Role role) {
  ReadView read;
  read.view.indicator = indicator;
  const std::vector<std::string> fields = filterFields(indicator, role);
  std::vector<std::pair<std::string, std::string>> given;
  for (const auto& [name, value] : query.all()) {
    if (name == "done") continue;
    given.emplace_back(name, value);
    if (value.empty()) continue;
    const bool isTwice = std::count_if(query.all().begin(), query.all().end(), [&, &name = name](const auto& each) {
                           return each.first == name && !each.second.empty();
                         }) > 1;
    const bool isFilter = std::find(fields.begin(), fields.end(), name) != fields.end();
    if (!isFilter && isOfSomebody(name, indicator)) {
      read.leftOut.emplace_back(name, value);
    } else if (!isFilter && name != "by" && name != "snapshot") {
      read.problems.push_back({"report.wrong-filter", "", {}});
    } else if (isTwice) {
      read.problems.push_back({"report.twice", name, {}});
    } else if (name == "by") {
      if (isGrouping(value, indicator, role))
        read.view.by = value == report::toString(Dimension::form) ? "" : value;
      else if (isGroupingOfSomebody(value, indicator))
        read.leftOut.emplace_back(name, value);
      else
        read.problems.push_back({"report.wrong-rows", "by", {}});
    } else if (name == "snapshot") {
      if (isSnapshotText(value))
        read.view.snapshot = value;
      else
        read.problems.push_back({"report.wrong-snapshot", "snapshot", {}});
    } else {
      const bool capitals = isQuarterField(name) || name == "gemeente" || name == "aanbieder" || name == "respondent";
      read.view = read.view.with(name, capitals ? upper(value) : value);
    }
  }
  std::vector<std::pair<std::string, std::string>> wanted = read.view.filters;
  if (!read.view.by.empty()) wanted.emplace_back("by", read.view.by);
  if (!read.view.snapshot.empty()) wanted.emplace_back("snapshot", read.view.snapshot);
  read.canonical = given == wanted;
  return read;
}

void checkView(ReadView& read, const Possible& possible, report::Role role, report::Language language) {
  const std::vector<std::string> fields = filterFields(read.view.indicator, role);
  for (Problem& problem : read.problems) {
    if (problem.key == "report.wrong-filter") problem.parts = {namesOfFields(fields, language)};
    if (problem.key == "report.twice") problem.parts = {report::labelOfFilter(problem.field, language)};
    if (problem.key == "report.wrong-rows")
      problem.parts = {listed(report::possibleGroupings(read.view.indicator, role), [&](Dimension dimension) {
        return fmt::format("{} ({})", report::labelOf(dimension, language), report::toString(dimension));
      })};
  }
  std::vector<std::string> wrong;
  for (const auto& [name, value] : read.view.filters) {
    if (isQuarterField(name)) {
      const auto quarter = report::quarterFrom(value);
      if (quarter && possible.first <= *quarter && *quarter <= possible.last) continue;
      read.problems.push_back(
          {"report.wrong-quarter",
           name,
           {report::labelOfFilter(name, language), report::toString(possible.first), report::toString(possible.last)}});
    } else {
      const auto& values = possible.vocabulary.of(report::dimensionFrom(name).value());
      if (std::any_of(values.begin(), values.end(),
                      [&, &value = value](const auto& each) { return each.key == value; }))
        continue;
      read.problems.push_back({"report.wrong-value",
                               name,
                               {report::labelOfFilter(name, language), listed(values, [](const report::Value& each) {
                                  return fmt::format("{} ({})", each.label, each.key);
                                })}});
    }
    wrong.push_back(name);
  }
  for (const std::string& name : wrong) read.view = read.view.with(name, "");
  for (const std::string& what : {std::string("start"), std::string("end")}) {
    const std::string from = read.view.filter(what + "-from");
    const std::string to = read.view.filter(what + "-to");
    if (!from.empty() && !to.empty() && to < from)
      read.problems.push_back(
          {"report.wrong-order",
           what + "-to",
           {report::labelOfFilter(what + "-from", language), report::labelOfFilter(what + "-to", language)}});
  }
}

}  // namespace sluis::portal
