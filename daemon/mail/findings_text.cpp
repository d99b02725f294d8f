#include "mail/findings_text.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "mail/dutch.h"

namespace sluis::mail {

namespace {

constexpr std::size_t kRowsNamed = 5;

std::string textFor(const RuleText& textOf, std::string_view rule) {
  return textOf ? textOf(rule) : std::string();
}

std::uint64_t countOf(const Findings& findings, std::string_view rule) {
  const auto found = findings.counts.find(rule);
  return found == findings.counts.end() ? 0 : found->second;
}

std::string cell(std::string_view value) {
  std::string text;
  // A spreadsheet runs what begins so; the apostrophe makes it text (CWE-1236).
  if (!value.empty() && std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos) text += '\'';
  text += value;
  if (text.find_first_of(";\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string line(std::string_view row, std::string_view field, std::string_view rule, std::string_view severity,
                 std::string_view text) {
  return fmt::format("{};{};{};{};{}\r\n", row, cell(field), cell(rule), severity, cell(text));
}

struct Group {
  Severity severity = Severity::fout;
  std::string_view rule;
  std::string_view field;  // when all of the group have this one
  std::uint64_t count = 0;
  std::vector<std::uint32_t> rows;  // the first few
  bool whole = true;                // every finding of the rule was kept
};

// One group a rule; by field within a rule when every finding of it was kept, so that the counts are exact.
std::vector<Group> groupsOf(const Findings& findings) {
  std::map<std::string_view, std::uint64_t> kept;
  for (const Finding& finding : findings.kept) ++kept[finding.rule];
  std::map<std::pair<std::string_view, std::string_view>, Group> groups;
  for (const Finding& finding : findings.kept) {
    const std::uint64_t all = std::max(countOf(findings, finding.rule), kept[finding.rule]);
    const bool whole = kept[finding.rule] == all;
    Group& group = groups[{finding.rule, whole ? finding.field : std::string_view()}];
    if (group.count == 0) {
      group.severity = finding.severity;
      group.rule = finding.rule;
      group.field = finding.field;
      group.whole = whole;
    } else if (group.field != finding.field) {
      group.field = {};
    }
    if (group.rows.size() <= kRowsNamed && (group.rows.empty() || group.rows.back() != finding.row))
      group.rows.push_back(finding.row);
    group.count = whole ? group.count + 1 : all;
  }
  std::vector<Group> ordered;
  for (auto& [key, group] : groups) ordered.push_back(std::move(group));
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Group& a, const Group& b) { return a.severity < b.severity; });
  return ordered;
}

}  // namespace

std::string renderFindingsCsv(const Findings& findings, const RuleText& textOf) {
  std::string csv = "\xEF\xBB\xBFrij;veld;regel;ernst;tekst\r\n";
  std::map<std::string_view, std::pair<std::uint64_t, Severity>> kept;
  std::map<std::string_view, std::string> texts;
  for (const Finding& finding : findings.kept) {
    auto [entry, isNew] = texts.try_emplace(finding.rule);
    if (isNew) entry->second = textFor(textOf, finding.rule);
    const bool whole = finding.row == 0;
    csv += line(whole ? std::string() : std::to_string(finding.row), finding.field, finding.rule,
                toString(finding.severity), whole ? "Hele bestand: " + entry->second : entry->second);
    auto& [count, severity] = kept[finding.rule];
    ++count;
    severity = finding.severity;
  }
  for (const auto& [rule, known] : kept)
    if (const std::uint64_t all = countOf(findings, rule); all > known.first)
      csv += line(
          "", "", rule, toString(known.second),
          fmt::format("Nog {} bevindingen van deze regel staan niet in deze lijst.", dutchNumber(all - known.first)));
  return csv;
}

std::string summarise(const Findings& findings, const RuleText& textOf) {
  std::string summary;
  for (const Group& group : groupsOf(findings)) {
    std::string text = textFor(textOf, group.rule);
    while (!text.empty() && text.back() == '.') text.pop_back();
    if (!group.field.empty() && text.find(group.field) == std::string::npos)
      text = text.empty() ? std::string(group.field) : fmt::format("{}: {}", group.field, text);
    const std::string_view mark = group.severity == Severity::signaal ? " (signaal)" : "";
    if (group.rows == std::vector<std::uint32_t>{0}) {
      summary += fmt::format("{}{} · hele bestand{}{}\n", group.rule, mark, text.empty() ? "" : " · ", text);
      continue;
    }
    std::string rows;
    for (std::size_t i = 0; i < std::min(group.rows.size(), kRowsNamed); ++i)
      rows += fmt::format("{}{}", i == 0 ? "" : ", ", group.rows[i]);
    if (group.rows.size() > kRowsNamed || !group.whole) rows += ", …";
    summary += fmt::format("{}{} · {} {}{}{} · {} {}\n", group.rule, mark, dutchNumber(group.count),
                           group.count == 1 ? "record" : "records", text.empty() ? "" : " · ", text,
                           group.rows.size() == 1 && group.whole ? "rij" : "rijen", rows);
  }
  return summary;
}

}  // namespace sluis::mail
