#include <algorithm>

#include <fmt/format.h>

#include "report/naming.h"
#include "report/query.h"

namespace sluis::report {

namespace {

std::string namesOf(const std::vector<Dimension>& dimensions) {
  return listOf(dimensions, [](Dimension dimension) -> std::string {
    if (dimension != Dimension::start && dimension != Dimension::end) return std::string(toString(dimension));
    return fmt::format("{0}-from, {0}-to", toString(dimension));
  });
}

std::string_view nameOf(Role role) {
  return role == Role::municipality ? "a municipality" : role == Role::provider ? "a provider" : "the quality officer";
}

std::optional<QueryError> checkSpan(const QuarterRange& range, Dimension dimension, const Vocabulary& vocabulary) {
  const std::vector<Value>& quarters = vocabulary.of(dimension);
  if (quarters.empty() || !range.isGiven()) return std::nullopt;
  const bool late = range.from && toString(*range.from) > quarters.back().key;
  const bool early = range.to && toString(*range.to) < quarters.front().key;
  if (!late && !early) return std::nullopt;
  return QueryError{fmt::format("{}-{} {} lies outside what can be asked for; possible are {} to {}",
                                toString(dimension), late ? "from" : "to", toString(late ? *range.from : *range.to),
                                quarters.front().key, quarters.back().key)};
}

std::optional<QueryError> checkMunicipality(const Query& query, const Vocabulary& vocabulary) {
  const auto filter = query.filters.find(Dimension::municipality);
  if (query.viewer.role == Role::municipality) {
    if (filter == query.filters.end() || filter->second == query.viewer.code) return std::nullopt;
    return QueryError{
        fmt::format("a municipality sees its own figures; possible is gemeente={}, or no filter", query.viewer.code)};
  }
  if (query.viewer.role != Role::officer || filter != query.filters.end()) return std::nullopt;
  const std::vector<Value>& all = vocabulary.of(Dimension::municipality);
  if (all.size() < 2) return std::nullopt;
  return QueryError{fmt::format("say which municipality with the filter gemeente; possible are: {}",
                                listOf(all, [](const Value& value) { return value.key; }))};
}

}  // namespace

const std::vector<Value>& Vocabulary::of(Dimension dimension) const {
  static const std::vector<Value> kNone;
  const auto found = values.find(dimension);
  return found == values.end() ? kNone : found->second;
}

const Value* Vocabulary::find(Dimension dimension, std::string_view key) const {
  for (const Value& value : of(dimension))
    if (value.key == key) return &value;
  return nullptr;
}

std::vector<Dimension> possibleDimensions(Indicator indicator, Role role) {
  std::vector<Dimension> dimensions;
  for (std::size_t i = 0; i < kDimensions; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    const bool response = indicator == Indicator::response;
    if (dimension == Dimension::informant && !response && !countsMeasurements(indicator)) continue;
    if (dimension == Dimension::measure && !response) continue;
    if (dimension == Dimension::provider && role == Role::provider) continue;
    dimensions.push_back(dimension);
  }
  return dimensions;
}

std::vector<Dimension> possibleGroupings(Indicator indicator, Role role) {
  std::vector<Dimension> dimensions = possibleDimensions(indicator, role);
  dimensions.erase(std::remove(dimensions.begin(), dimensions.end(), Dimension::municipality), dimensions.end());
  return dimensions;
}

std::optional<QueryError> check(const Query& query, const Vocabulary& vocabulary) {
  const std::vector<Dimension> possible = possibleDimensions(query.indicator, query.viewer.role);
  const auto isPossible = [&](Dimension dimension) {
    return std::find(possible.begin(), possible.end(), dimension) != possible.end();
  };
  if (!isPossible(query.by) || query.by == Dimension::municipality)
    return QueryError{fmt::format("{} cannot be grouped by {} for {}; possible are: {}", toString(query.indicator),
                                  toString(query.by), nameOf(query.viewer.role),
                                  listOf(possibleGroupings(query.indicator, query.viewer.role),
                                         [](Dimension dimension) { return toString(dimension); }))};
  for (const auto& [dimension, key] : query.filters) {
    if (!isPossible(dimension))
      return QueryError{fmt::format("the filter {} means nothing for {} as {} sees it; possible are: {}",
                                    toString(dimension), toString(query.indicator), nameOf(query.viewer.role),
                                    namesOf(possible))};
    // Another municipality than its own is not "unknown": say so first.
    if (dimension == Dimension::municipality && query.viewer.role == Role::municipality) continue;
    if (vocabulary.find(dimension, key) == nullptr)
      return QueryError{fmt::format("{} has no value {}; possible are: {}", toString(dimension), key,
                                    listOf(vocabulary.of(dimension), [](const Value& value) { return value.key; }))};
  }
  if (auto error = checkSpan(query.start, Dimension::start, vocabulary)) return error;
  if (auto error = checkSpan(query.end, Dimension::end, vocabulary)) return error;
  return checkMunicipality(query, vocabulary);
}

}  // namespace sluis::report
