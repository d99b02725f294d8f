#include "sample/expectation.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include <fmt/format.h>

namespace sluis::sample {

namespace {

using dataset::Field;

constexpr Field kScores[3][2] = {{Field::tevredenheid1, Field::tevredenheid2},
                                 {Field::zonderHulpVerder1, Field::zonderHulpVerder2},
                                 {Field::doelrealisatie1, Field::doelrealisatie2}};
constexpr BrokenRule kMonotonous{"JH204", "", Severity::signaal};
constexpr BrokenRule kClosedTogether{"JH205", "", Severity::signaal};

std::uint32_t numberOf(std::string_view text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

void Expectation::found(const BrokenRule& rule, std::uint64_t row) {
  auto at = found_.find(rule.code);
  if (at == found_.end()) at = found_.emplace(std::string(rule.code), Found{rule, 0, {}}).first;
  ++at->second.count;
  if (at->second.rows.size() < kFindingsKeptPerRule) at->second.rows.push_back(row);
  wrong_ |= rule.severity == Severity::fout;
}

void Expectation::add(const Record& record) {
  ++records_;
  if (record.broken) found(*record.broken, records_);
  countShape(record);
}

void Expectation::countShape(const Record& record) {
  for (std::size_t indicator = 0; indicator < 3; ++indicator)
    for (const Field field : kScores[indicator]) {
      if (record[field].empty() || record.unreadable == field) continue;
      ++scores_[indicator].count;
      scores_[indicator].seen |= 1U << (numberOf(record[field].text()) & 31);
    }
  if (record[Field::datumEinde].empty() || record.unreadable == Field::datumEinde) return;
  ++endsOn_[numberOf(record[Field::datumEinde].text())];
  ++ends_;
}

void Expectation::finish() {
  if (definition_.hasRule("JH204")) {
    const auto least = static_cast<std::uint64_t>(definition_.threshold("JH204", "measurements"));
    for (const Scores& scores : scores_)
      if (scores.count >= least && std::has_single_bit(scores.seen)) found(kMonotonous, 0);
  }
  if (definition_.hasRule("JH205")) {
    const auto percent = static_cast<std::uint64_t>(definition_.threshold("JH205", "percent"));
    const auto least = static_cast<std::uint64_t>(definition_.threshold("JH205", "least"));
    std::uint64_t most = 0;
    for (const auto& [day, count] : endsOn_) most = std::max(most, count);
    if (ends_ >= least && most * 100 > ends_ * percent) found(kClosedTogether, 0);
  }
}

std::map<std::string, std::uint64_t> Expectation::counts() const {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [code, found] : found_) counts.emplace(code, found.count);
  return counts;
}

std::string Expectation::json(const std::string& file, const std::string& period) const {
  struct Line {
    std::uint64_t row;
    const BrokenRule* rule;
  };
  std::vector<Line> lines;
  for (const auto& [code, found] : found_)
    for (const std::uint64_t row : found.rows) lines.push_back({row, &found.rule});
  // The rules stand in order already.
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.row < b.row; });

  std::string text = fmt::format(
      "{{\"file\": \"{}\", \"dataset\": \"{}\", \"version\": \"{}\", \"period\": \"{}\", \"records\": {},\n"
      " \"verdict\": \"{}\", \"code\": {},\n \"counts\": {{",
      file, definition_.dataset(), definition_.version(), period, records_, accepted() ? "accepted" : "rejected",
      accepted() ? "null" : "\"VAL01\"");
  const char* between = "";
  for (const auto& [code, found] : found_) {
    text += fmt::format("{}\"{}\": {}", between, code, found.count);
    between = ", ";
  }
  text += "},\n \"findings\": [";
  between = "\n  ";
  for (const Line& line : lines) {
    const std::string field = line.rule->field.empty() ? "null" : fmt::format("\"{}\"", line.rule->field);
    text += fmt::format("{}{{\"row\": {}, \"field\": {}, \"rule\": \"{}\", \"severity\": \"{}\"}}", between, line.row,
                        field, line.rule->code, toString(line.rule->severity));
    between = ",\n  ";
  }
  return text + "]}\n";
}

}  // namespace sluis::sample
