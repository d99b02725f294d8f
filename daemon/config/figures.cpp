#include "config/figures.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluis::config {

namespace {

// A mean exists for marks only.
constexpr const char* kWithMean = "tevredenheid";

std::string readQuarter(Section& section, const char* key) {
  std::string text = section.text(key, "");
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  const bool good = text.size() == 6 && std::all_of(text.begin(), text.begin() + 4, isDigit) && text[4] == 'Q' &&
                    text[5] >= '1' && text[5] <= '4';
  if (!text.empty() && !good) section.wrong(key, "must be a quarter such as 2026Q1");
  return good ? text : "";
}

bool isCode(const std::string& text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Norm readNorm(Section& section) {
  Norm norm;
  std::vector<std::string> indicators;
  for (const auto& [word, parts] : indicatorParts()) indicators.push_back(word);
  norm.indicator = section.choice("indicator", indicators, std::nullopt);
  norm.form = section.text("hulpvorm", "");
  if (!norm.form.empty() && !isCode(norm.form)) section.wrong("hulpvorm", "must be a code such as \"02\"");
  norm.part = section.text("part", "");
  if (const auto found = indicatorParts().find(norm.indicator); found != indicatorParts().end()) {
    const auto& parts = found->second;
    if (norm.part.empty() && norm.indicator != kWithMean)
      section.wrong("part", fmt::format("must say which share is meant: {}", fmt::join(parts, ", ")));
    else if (!norm.part.empty() && std::find(parts.begin(), parts.end(), norm.part) == parts.end())
      section.wrong("part", fmt::format("must be one of {}", fmt::join(parts, ", ")));
  }
  // Where the indicator is wrong, the value is judged by neither.
  const bool known = indicatorParts().count(norm.indicator) != 0;
  const bool isMean = norm.part.empty() && norm.indicator == kWithMean;
  norm.value = section.decimal("value", isMean ? 1 : 0, isMean || !known ? 10 : 1, std::nullopt);
  norm.from = readQuarter(section, "from");
  norm.until = readQuarter(section, "until");
  // Four digits, Q and a digit: in order of time when in order of text.
  if (!norm.from.empty() && !norm.until.empty() && norm.until < norm.from) section.wrong("until", "lies before from");
  norm.text = section.text("text");
  norm.english = section.text("text_en", "");
  return norm;
}

}  // namespace

const std::map<std::string, std::vector<std::string>, std::less<>>& indicatorParts() {
  static const std::map<std::string, std::vector<std::string>, std::less<>> kParts = {
      {"tevredenheid", {"le4", "mid", "ge8"}},
      {"zonder-hulp-verder", {"1", "2", "3", "4"}},
      {"doelrealisatie", {"1", "2", "3", "4"}},
      {"uitval", {"01", "02", "03", "04", "05", "onbekend"}},
      {"respons", {"ja", "nee"}},
      {"herhaald-beroep", {"ja", "nee"}},
  };
  return kParts;
}

Figures readFigures(Section section, const Path& state, const Path& table) {
  Figures figures;
  figures.socket = section.path("socket", "/run/sluis-figures/socket");
  if (figures.socket.string().size() > kLongestSocketName)
    section.wrong("socket", fmt::format("is longer than a socket's name may be ({})", kLongestSocketName));
  figures.snapshots = section.path("snapshots", state / "snapshots");
  figures.table = section.path("table", table);
  figures.keep = static_cast<int>(section.number("keep", 1, 1000, 12));
  // JEUGDHULP §9.1: ten children. Stricter is a choice, laxer is not.
  figures.minimum = static_cast<int>(section.number("minimum", 10, 10000, 10));
  figures.windowDays = static_cast<int>(section.number("window_days", 1, 3650, 365));
  figures.confidence = section.decimal("confidence", 0, 1, 0.75);
  if (figures.confidence <= 0.5 || figures.confidence >= 1)
    section.wrong("confidence", "must lie between 0.5 and 1, both outside");
  figures.threads = static_cast<int>(section.number("threads", 0, 1024, 0));
  section.each("norms", [&](Section& norm) { figures.norms.push_back(readNorm(norm)); });
  return figures;
}

}  // namespace sluis::config
