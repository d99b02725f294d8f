#include "report/query.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "model/provider_code.h"
#include "report/naming.h"

namespace sluis::report {

namespace {

constexpr std::size_t kLongestWord = 32;

tl::unexpected<QueryError> wrong(std::string message) {
  return failure(QueryError{std::move(message)});
}

bool isPlain(std::string_view word) {
  return !word.empty() && word.size() <= kLongestWord && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

/// What somebody gave, for a message: as it is when it is plain, otherwise not at all.
std::string named(std::string_view what, std::string_view word) {
  return isPlain(word) ? fmt::format("{} \"{}\"", what, word) : fmt::format("such {}", what);
}

constexpr std::string_view kQuarterForm = "write a quarter as 2026Q1, quarters are Q1 to Q4";

bool isDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isMunicipality(std::string_view code) {
  return code.size() == 6 && code.substr(0, 2) == "GM" && isDigits(code.substr(2));
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

/// "GM0034-000012", or several of them with commas: a report over several municipalities is made of as many.
bool isSnapshot(std::string_view text) {
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view id = text.substr(0, comma);
    if (id.size() < 13 || id.size() > 20 || !isMunicipality(id.substr(0, 6)) || id[6] != '-' || !isDigits(id.substr(7)))
      return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

/// The quarter that a filter of that name sets; nullptr when it is no end of a range.
std::optional<Quarter>* endOf(Query& query, std::string_view name) {
  if (name == "start-from") return &query.start.from;
  if (name == "start-to") return &query.start.to;
  if (name == "end-from") return &query.end.from;
  if (name == "end-to") return &query.end.to;
  return nullptr;
}

std::vector<std::string> filterNames() {
  std::vector<std::string> names = {"start-from", "start-to", "end-from", "end-to"};
  for (std::size_t i = 0; i < kDimensions; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    if (dimension != Dimension::start && dimension != Dimension::end) names.emplace_back(toString(dimension));
  }
  return names;
}

std::optional<QueryError> addFilter(Query& query, const std::string& name, const std::string& value) {
  if (std::optional<Quarter>* end = endOf(query, name)) {
    if (*end) return QueryError{fmt::format("the filter {} is given twice; give it one quarter", name)};
    *end = quarterFrom(value);
    if (!*end) return QueryError{fmt::format("the value of {} is no quarter: {}", name, kQuarterForm)};
    return std::nullopt;
  }
  const auto dimension = dimensionFrom(name);
  if (dimension == Dimension::start || dimension == Dimension::end)
    return QueryError{fmt::format("{0} is filtered by a range: possible are {0}-from and {0}-to, and --by {0}",
                                  toString(*dimension))};
  if (!dimension)
    return QueryError{fmt::format("there is no {}; possible are: {}", named("filter", name),
                                  listOf(filterNames(), [](const std::string& known) { return known; }))};
  if (query.filters.count(*dimension) != 0)
    return QueryError{fmt::format("the filter {} is given twice; it takes one value", name)};
  if (!isPlain(value))
    return QueryError{
        fmt::format("the value of {} is no code: codes are 1 to {} letters, digits or '-'", name, kLongestWord)};
  const bool capitals =
      *dimension == Dimension::municipality || *dimension == Dimension::provider || *dimension == Dimension::informant;
  query.filters[*dimension] = capitals ? upper(value) : value;
  return std::nullopt;
}

std::optional<QueryError> checkRange(const QuarterRange& range, std::string_view name) {
  if (!range.from || !range.to || *range.from <= *range.to) return std::nullopt;
  return QueryError{
      fmt::format("{0}-from {1} lies after {0}-to {2}; possible is {0}-from up to {2}, or {0}-to from {1}", name,
                  toString(*range.from), toString(*range.to))};
}

}  // namespace

std::string toString(const Viewer& viewer) {
  if (viewer.role == Role::officer) return "ttp";
  return (viewer.role == Role::municipality ? "municipality:" : "provider:") + viewer.code;
}

std::optional<Viewer> viewerFrom(std::string_view text) {
  if (text == "ttp") return Viewer{Role::officer, {}};
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view role = text.substr(0, colon);
  const std::string code = upper(text.substr(colon + 1));
  if (role == "municipality" && isMunicipality(code)) return Viewer{Role::municipality, code};
  if (role == "provider" && ProviderCode::parse(code)) return Viewer{Role::provider, code};
  return std::nullopt;
}

int Query::dimensions() const {
  std::set<Dimension> used = {by};
  for (const auto& [dimension, value] : filters) used.insert(dimension);
  if (start.isGiven()) used.insert(Dimension::start);
  if (end.isGiven()) used.insert(Dimension::end);
  if (viewer.role == Role::provider) used.insert(Dimension::provider);
  used.erase(Dimension::municipality);
  return static_cast<int>(used.size());
}

Result<Query, QueryError> queryFrom(const Words& words) {
  Query query;
  const auto indicator = indicatorFrom(words.indicator);
  if (!indicator)
    return wrong(fmt::format("there is no {}; possible are: {}", named("indicator", words.indicator),
                             listOf(kIndicators, [](Indicator known) { return toString(known); })));
  query.indicator = *indicator;
  if (!words.viewer.empty()) {
    const auto viewer = viewerFrom(words.viewer);
    if (!viewer)
      return wrong(
          "as whom is not understood; possible are: municipality:CODE (municipality:GM0034), provider:CODE "
          "(provider:P0001), ttp");
    query.viewer = *viewer;
  }
  for (const auto& [name, value] : words.filters)
    if (auto error = addFilter(query, name, value)) return failure(std::move(*error));
  if (auto error = checkRange(query.start, "start")) return failure(std::move(*error));
  if (auto error = checkRange(query.end, "end")) return failure(std::move(*error));
  if (!words.by.empty()) {
    const auto by = dimensionFrom(words.by);
    if (!by || *by == Dimension::municipality)
      return wrong(fmt::format("figures cannot be grouped by {}; possible are: {}", named("dimension", words.by),
                               listOf(possibleGroupings(query.indicator, query.viewer.role),
                                      [](Dimension dimension) { return toString(dimension); })));
    query.by = *by;
  }
  if (!words.snapshot.empty()) {
    if (!isSnapshot(words.snapshot))
      return wrong("that is no snapshot; write its id as GM0034-000012, several with commas");
    query.snapshot = words.snapshot;
  }
  if (!words.language.empty()) {
    const auto language = languageFrom(words.language);
    if (!language) return wrong("there is no such language; possible are: nl, en");
    query.language = *language;
  }
  return query;
}

Words wordsOf(const Query& query) {
  Words words;
  words.indicator = toString(query.indicator);
  if (query.viewer.role != Role::officer) words.viewer = toString(query.viewer);
  const auto addQuarter = [&](const char* name, const std::optional<Quarter>& quarter) {
    if (quarter) words.filters.emplace_back(name, toString(*quarter));
  };
  addQuarter("start-from", query.start.from);
  addQuarter("start-to", query.start.to);
  addQuarter("end-from", query.end.from);
  addQuarter("end-to", query.end.to);
  for (const auto& [dimension, value] : query.filters) words.filters.emplace_back(toString(dimension), value);
  words.by = toString(query.by);
  words.snapshot = query.snapshot.value_or("");
  if (query.language != Language::dutch) words.language = toString(query.language);
  return words;
}

}  // namespace sluis::report
