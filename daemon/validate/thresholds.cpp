#include "validate/thresholds.h"

#include <fmt/format.h>

namespace sluis::validate {

namespace {

struct Threshold {
  std::string_view rule;
  std::string_view name;
  int least;
  int most;
};

// In order of rule and name. More than all of it, or a share of 0, would be a rule that never or always finds
// something.
constexpr Threshold kThresholds[] = {
    {"JH104", "age", 1, 120},         {"JH109", "days", 0, 366},
    {"JH109", "first_form", 1, 99},   {"JH109", "last_form", 1, 99},
    {"JH117", "from_age", 1, 120},    {"JH117", "to_age", 1, 120},
    {"JH120", "days", 1, 3660},       {"JH204", "measurements", 2, 1'000'000},
    {"JH205", "least", 2, 1'000'000}, {"JH205", "percent", 1, 99},
    {"JH301", "percent", 1, 1000},
};

/// `first` may not lie above `last`.
struct Span {
  std::string_view rule;
  std::string_view first;
  std::string_view last;
};
constexpr Span kSpans[] = {{"JH109", "first_form", "last_form"}, {"JH117", "from_age", "to_age"}};

}  // namespace

std::vector<std::string> mistakesIn(std::string_view rule, const dataset::Thresholds& given) {
  std::vector<std::string_view> wanted;
  std::vector<std::string_view> names;
  std::vector<std::string> mistakes;
  for (const Threshold& threshold : kThresholds) {
    if (threshold.rule != rule) continue;
    wanted.push_back(threshold.name);
    const auto found = given.find(threshold.name);
    if (found != given.end() && (found->second < threshold.least || found->second > threshold.most))
      mistakes.push_back(
          fmt::format("\"{}\" of rule {} is not from {} to {}", threshold.name, rule, threshold.least, threshold.most));
  }
  for (const auto& [name, value] : given) names.push_back(name);
  if (names != wanted) return {fmt::format("rule {} needs the thresholds [{}]", rule, fmt::join(wanted, ", "))};
  for (const Span& span : kSpans)
    if (span.rule == rule && given.find(span.first)->second > given.find(span.last)->second)
      mistakes.push_back(fmt::format("\"{}\" of rule {} lies above \"{}\"", span.first, rule, span.last));
  return mistakes;
}

}  // namespace sluis::validate
