#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "report/lines.h"
#include "report/looks.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/render.h"
#include "report/safe_text.h"
#include "report/summary.h"
#include "report/texts.h"
#include "report/trimmed.h"

namespace sluis::report {

namespace {

constexpr int kWidestText = 100;
constexpr int kWidestBar = 40;
constexpr int kNarrowestBar = 12;

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t has = widthOf(text);
  return has < width ? text + std::string(width - has, ' ') : text;
}

std::string rightOf(const std::string& text, std::size_t width) {
  const std::size_t has = widthOf(text);
  return has < width ? std::string(width - has, ' ') + text : text;
}

/// Whole characters, with "…" where some were cut off.
std::string cut(const std::string& text, std::size_t width) {
  if (widthOf(text) <= width) return text;
  std::string out;
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80 && ++count == width) break;
    out += c;
  }
  return out + "…";
}

std::string wrapped(const std::string& text, std::string_view indent, int width) {
  std::string out;
  std::string line(indent);
  bool begun = false;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t space = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, space - at);
    at = space + 1;
    if (begun && widthOf(line) + 1 + widthOf(word) > static_cast<std::size_t>(width)) {
      out += line + "\n";
      line = std::string(indent);
      begun = false;
    }
    line += (begun ? " " : "") + word;
    begun = true;
  }
  return out + line + "\n";
}

/// How the columns of this outcome lie beside each other.
class TextTable {
 public:
  TextTable(const Outcome& outcome, const TextStyle& style)
      : outcome_(outcome), style_(style), language_(outcome.query.language), say_(phrases(language_)) {
    for (const Value& part : partsIn(outcome)) heads_.push_back(shortHead(part));
    means_ = hasMeans(outcome);
    name_ = widthOf(outcome.byLabel);
    for (const Row& row : outcome.rows) {
      name_ = std::max(name_, widthOf(clean(row.value.label)));
      for (const Line& line : linesOf(row, language_)) who_ = std::max(who_, widthOf(line.who));
    }
    const auto width = static_cast<std::size_t>(std::max(style.width, 40));
    const std::size_t figures = figuresWidth();
    stacked_ = figures + 16 > width;
    if (stacked_) {
      if (figures > width) who_ -= std::min(figures - width, who_ > 12 ? who_ - 12 : 0);
      bar_ = width > figures + 2 ? width - figures - 2 : 0;
    } else {
      // The names give way before the bars do, down to a width in which they can be told apart.
      name_ = std::min(
          name_,
          std::max<std::size_t>(width - figures - std::min<std::size_t>(kNarrowestBar + 2, width - figures - 16), 16));
      bar_ = width > name_ + figures + 2 ? width - name_ - figures - 2 : 0;
    }
    bar_ = bar_ < kNarrowestBar ? 0 : std::min<std::size_t>(bar_, kWidestBar);
  }

  std::string head() const {
    std::string line = stacked_ ? "" : padded(outcome_.byLabel, name_);
    if (who_ > 0) line += "  " + padded("", who_);
    if (means_) line += "  " + rightOf(std::string(say_.mark), 6);
    line += "  " + rightOf(std::string(say_.measured), 7);
    for (const std::string& head : heads_) line += "  " + rightOf(head, partWidth(head));
    return line + "\n";
  }

  std::string row(const Row& row) const {
    std::string out;
    const std::string name = clean(row.value.label);
    bool first = true;
    for (const Line& line : linesOf(row, language_)) {
      std::string text = stacked_ ? "" : padded(first ? cut(name, name_) : "", name_);
      if (stacked_ && first) out += cut(name, static_cast<std::size_t>(std::max(style_.width, 40))) + "\n";
      if (who_ > 0 && (line.figure->shown || !line.who.empty())) text += "  " + padded(cut(line.who, who_), who_);
      text += line.figure->shown ? figures(line) : "  " + withheld(line, text);
      while (!text.empty() && text.back() == ' ') text.pop_back();
      out += text + "\n";
      first = false;
    }
    return out;
  }

  /// What the glyphs and the heads stand for.
  std::string legend() const {
    std::string out;
    const auto parts = partsIn(outcome_);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::string item = bar_ > 0 ? glyph(i, 1) + " " : "";
      item += heads_[i] == clean(parts[i].label) ? heads_[i] : fmt::format("{} {}", heads_[i], clean(parts[i].label));
      out += (i == 0 ? "" : "   ") + item;
    }
    return out;
  }

 private:
  std::string shortHead(const Value& part) const {
    switch (outcome_.query.indicator) {
      case Indicator::satisfaction:
        return part.key == "le4" ? "≤4" : part.key == "mid" ? ">4 <8" : "≥8";
      case Indicator::goals: {
        return part.key.size() == 1 && part.key[0] >= '1' && part.key[0] <= '4'
                   ? std::string(say_.goalHeads[static_cast<std::size_t>(part.key[0] - '1')])
                   : clean(part.key);
      }
      default:
        return part.key == "onbekend" ? std::string(say_.unknownHead) : clean(part.key);
    }
  }

  static std::size_t partWidth(const std::string& head) { return std::max<std::size_t>(widthOf(head), 4); }

  std::size_t figuresWidth() const {
    std::size_t width = 9 + (means_ ? 8 : 0) + (who_ > 0 ? who_ + 2 : 0);
    for (const std::string& head : heads_) width += 2 + partWidth(head);
    return width;
  }

  std::string glyph(std::size_t part, std::size_t times) const {
    const Look& look = looks()[lookOf(outcome_.query.indicator, part)];
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
      text += style_.unicode ? std::string(look.block) : std::string(1, look.ascii);
    return style_.colour && times > 0 ? fmt::format("\x1b[{}m{}\x1b[0m", look.ansi, text) : text;
  }

  std::string bar(const Figure& figure) const {
    std::string out;
    double until = 0;
    std::size_t drawn = 0;
    for (std::size_t i = 0; i < figure.parts.size(); ++i) {
      until += figure.parts[i].share;
      // Rounded at each boundary, so that the whole is always the whole.
      const auto to = std::min(bar_, static_cast<std::size_t>(std::lround(until * static_cast<double>(bar_))));
      out += glyph(i, to > drawn ? to - drawn : 0);
      drawn = std::max(drawn, to);
    }
    return out;
  }

  std::string figures(const Line& line) const {
    const Figure& figure = *line.figure;
    std::string text;
    if (means_) text += "  " + rightOf(line.mean() ? decimal(*line.mean(), 1, language_) : "", 6);
    text += "  " + rightOf(grouped(figure.count, language_), 7);
    for (std::size_t i = 0; i < heads_.size() && i < figure.parts.size(); ++i)
      text += "  " + rightOf(decimal(100 * figure.parts[i].share, 0, language_) + "%", partWidth(heads_[i]));
    if (bar_ > 0) text += "  " + bar(figure);
    return text;
  }

  std::string withheld(const Line& line, const std::string& before) const {
    if (!line.who.empty()) return std::string(say_.shortNotShown);
    const auto left = static_cast<std::size_t>(std::max(style_.width, 40));
    return widthOf(before) + 2 + widthOf(say_.notShown) <= left ? std::string(say_.notShown)
                                                                : std::string(say_.shortNotShown);
  }

  const Outcome& outcome_;
  const TextStyle& style_;
  Language language_;
  const Phrases& say_;
  std::vector<std::string> heads_;
  bool means_ = false;
  bool stacked_ = false;
  std::size_t name_ = 0;
  std::size_t who_ = 0;
  std::size_t bar_ = 0;
};

std::string normsOf(const Outcome& outcome, int width) {
  std::vector<std::string> lines;
  for (const Row& row : outcome.rows)
    for (const Norm& norm : row.norms) {
      const std::string line = fmt::format(fmt::runtime(phrases(outcome.query.language).norms), clean(norm.text));
      if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
    }
  std::string out;
  for (const std::string& line : lines) out += wrapped(line, "", width);
  return out;
}

std::string heading(const Outcome& outcome, const TextStyle& style) {
  const std::string title = fmt::format("{} · {}", clean(outcome.title), clean(outcome.viewerName));
  std::string out = (style.colour ? "\x1b[1m" + title + "\x1b[0m" : title) + "\n";
  for (const Value& filter : outcome.filters) out += clean(filter.label) + "\n";
  return out +
         fmt::format(fmt::runtime(phrases(outcome.query.language).madeOf),
                     dayText(outcome.why.snapshotMade, outcome.query.language), clean(outcome.snapshot)) +
         "\n";
}

std::string card(const Why& why, const Phrases& say, int width) {
  std::string out;
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) out += wrapped(fmt::format("{}: {}", name, clean(text)), "", width);
  };
  add(say.shortWhat, why.definition);
  add(say.shortMeasured, why.base);
  add(say.shortExcluded, why.exclusions);
  add(say.shortNoise, why.noise);
  add(say.shortThreshold, why.threshold);
  add(say.rules, why.ruleSet);
  return out;
}

}  // namespace

TextStyle styleOfTerminal() {
  TextStyle style;
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  winsize size{};
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.width = size.ws_col;
  const auto text = [](const char* name) { return std::string_view(std::getenv(name) ? std::getenv(name) : ""); };
  style.colour = terminal && text("NO_COLOR").empty() && text("TERM") != "dumb";
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (!text(name).empty()) {
      std::string locale(text(name));
      std::transform(locale.begin(), locale.end(), locale.begin(), [](unsigned char c) { return std::tolower(c); });
      style.unicode = locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
      break;
    }
  return style;
}

std::string renderText(const Outcome& all, const TextStyle& style) {
  const Outcome outcome = trimmed(all);
  const Phrases& say = phrases(outcome.query.language);
  const int width = std::clamp(style.width, 40, kWidestText);
  std::string out = heading(outcome, style) + "\n";
  if (!outcome.notice.empty()) out += wrapped(clean(outcome.notice), "", width) + "\n";
  if (outcome.available) {
    const TextTable table(outcome, style);
    out += table.head();
    for (const Row& row : outcome.rows) {
      for (const Break& mark : outcome.breaks)
        if (isSeries(outcome) && mark.quarter == row.value.key) out += wrapped("-- " + clean(mark.text), "", width);
      out += table.row(row);
    }
    const std::string legend = table.legend();
    out += "\n";
    if (!legend.empty()) out += wrapped(legend, "", width);
    if (out.find(say.notShown) == std::string::npos && out.find(say.shortNotShown) != std::string::npos)
      out += wrapped(std::string(say.notShown), "", width);
    out += normsOf(outcome, width);
    if (!isSeries(outcome))
      for (const Break& mark : outcome.breaks)
        out += wrapped(fmt::format("{}: {}", say.beware, clean(mark.text)), "", width);
    const auto summary = summaryOf(outcome);
    if (!summary.empty()) out += "\n";
    for (const std::string& sentence : summary) out += wrapped(clean(sentence), "", width);
    out += "\n";
  }
  return out + card(outcome.why, say, width);
}

}  // namespace sluis::report
