#include "dataset/code_list_import.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "dataset/definition_parser.h"

namespace sluis::dataset {

namespace {

constexpr std::size_t kLongestName = 100;

[[noreturn]] void refuse(const std::vector<std::string>& mistakes) {
  throw Error(ErrorKind::config, fmt::format("{}", fmt::join(mistakes, "\n")));
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return text;
}

std::string trimmed(std::string text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && space(text.back())) text.pop_back();
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), space));
  return text;
}

// One line, in which a cell may stand in quotes (doubled inside).
std::vector<std::string> cellsOf(std::string_view line, char separator) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  for (std::string& cell : cells) cell = trimmed(std::move(cell));
  return cells;
}

bool isUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : 4;
    if (more == 4 || i + more >= text.size()) return false;
    for (std::size_t k = 1; k <= more; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    i += more + 1;
  }
  return true;
}

bool isDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// As our lists write it: GM and four digits, or two digits; a spreadsheet may have lost the zeros or the letters.
// Empty when it is no such code.
std::string canonical(std::string written, bool municipality) {
  written = lower(std::move(written));
  if (municipality && written.starts_with("gm")) written.erase(0, 2);
  const std::size_t digits = municipality ? 4 : 2;
  if (!isDigits(written) || written.size() > digits) return {};
  written.insert(0, digits - written.size(), '0');
  return municipality ? "GM" + written : written;
}

std::string told(const Validity& span) {
  std::string text;
  if (span.from != Day::min()) text = "valid from " + toIsoDate(span.from);
  if (span.until != Day::max()) text += (text.empty() ? "valid until " : " until ") + toIsoDate(span.until);
  return text.empty() ? "valid" : text;
}

bool same(const Validity& a, const Validity& b) {
  return a.from == b.from && a.until == b.until;
}

bool isPlain(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) {
                       return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' ' || c == '-' || c == '.' ||
                              c == '(' || c == ')' || c >= 0x80;
                     }) &&
         name.find("- ") != 0 && name != "true" && name != "false" && name != "null" && name.front() != '-' &&
         name.front() != '.';
}

std::string nameText(std::string_view text) {
  if (isPlain(text)) return std::string(text);
  std::string written = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') written += '\\';
    written += c;
  }
  return written + '"';
}

std::string codeText(const std::string& code) {
  return code.starts_with("GM") ? code : '"' + code + '"';
}

std::string spanText(const Validity& span, std::string_view from, std::string_view until) {
  std::string text;
  if (span.from != Day::min()) text = fmt::format("{}: {}", from, toIsoDate(span.from));
  if (span.until != Day::max()) text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", until, toIsoDate(span.until));
  return text;
}

struct Line {
  std::size_t number;
  std::string code;
  std::string name;
  Validity span;
  std::vector<std::string> into;
};

// The published file, line by line.
class Published {
 public:
  Published(const ImportQuestion& question, bool municipality) : question_(question), municipality_(municipality) {
    std::string_view text = question.text;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (!isUtf8(text)) {
      wrong(1, "this is no UTF-8: save the list as \"CSV UTF-8\"");
      return;
    }
    std::size_t number = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++number;
      const std::string line = trimmed(std::string(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.empty()) continue;
      if (columns_.empty())
        readHeader(number, line);
      else if (code_ < columns_.size())
        readLine(number, line);
    }
    if (columns_.empty()) wrong(1, "the file is empty");
    if (lines_.empty() && mistakes_.empty()) wrong(1, "there is a header, but no code");
  }

  bool yearly() const { return from_ == columns_.size(); }
  const std::vector<Line>& lines() const { return lines_; }
  void wrong(std::size_t line, std::string_view what) {
    mistakes_.push_back(fmt::format("{}:{}: {}", question_.file, line, what));
  }
  void finish() const {
    if (!mistakes_.empty()) refuse(mistakes_);
  }

 private:
  std::size_t column(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names)
      for (std::size_t i = 0; i < columns_.size(); ++i)
        if (columns_[i] == name) return i;
    return columns_.size();
  }

  void readHeader(std::size_t number, const std::string& line) {
    separator_ = line.find(';') != std::string::npos ? ';' : line.find('\t') != std::string::npos ? '\t' : ',';
    columns_ = cellsOf(lower(line), separator_);
    code_ = column({"code", "gemeentecodegm", "gemeentecode"});
    name_ = column({"naam", "gemeentenaam", "name"});
    from_ = column({"geldig_van"});
    until_ = column({"geldig_tot"});
    into_ = column({"naar"});
    if (code_ == columns_.size() || name_ == columns_.size()) {
      code_ = columns_.size();
      wrong(number, "no column for the code (code, GemeentecodeGM, Gemeentecode) or the name (naam, Gemeentenaam)");
    } else if ((from_ == columns_.size()) != (until_ == columns_.size())) {
      wrong(number, "geldig_van and geldig_tot go together");
    } else if (yearly() && !question_.asOf) {
      wrong(number, "this is a list for one day: say with --as-of which");
    } else if (!yearly() && question_.asOf) {
      wrong(number, "this file says itself from when its codes are valid: leave --as-of out");
    }
  }

  void readLine(std::size_t number, const std::string& text) {
    std::vector<std::string> cells = cellsOf(text, separator_);
    cells.resize(std::max(cells.size(), columns_.size()));
    Line line{number, canonical(cells[code_], municipality_), cells[name_], {}, {}};
    if (line.code.empty()) wrong(number, "the code is not written as in this list");
    if (line.name.empty() || line.name.size() > kLongestName ||
        std::any_of(line.name.begin(), line.name.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
      wrong(number, "the name is empty, too long or holds characters a name cannot have");
    if (!yearly()) {
      const auto day = [&](std::size_t at, Day absent) {
        if (at >= cells.size() || cells[at].empty()) return absent;
        const auto read = fromIsoDate(cells[at]);
        if (!read) wrong(number, fmt::format("{} is no date of the form 2022-03-24", columns_[at]));
        return read.value_or(absent);
      };
      line.span = {day(from_, Day::min()), day(until_, Day::max())};
      if (line.span.until <= line.span.from) wrong(number, "geldig_tot does not lie after geldig_van");
    }
    if (into_ < columns_.size())
      for (const std::string& cell : cellsOf(cells[into_], ' '))
        if (!cell.empty()) line.into.push_back(canonical(cell, municipality_));
    lines_.push_back(std::move(line));
  }

  const ImportQuestion& question_;
  bool municipality_;
  char separator_ = ';';
  std::vector<std::string> columns_;
  std::size_t code_ = 0, name_ = 0, from_ = 0, until_ = 0, into_ = 0;
  std::vector<Line> lines_;
  std::vector<std::string> mistakes_;
};

using Codes = std::map<std::string, Code>;
using Kind = CodeListChange::Kind;

void rename(Code& code, const std::string& name, std::vector<CodeListChange>& changes) {
  if (code.name == name) return;
  changes.push_back({Kind::renamed, code.code, name, "was: " + code.name});
  code.name = name;
}

// Each named code gets exactly the intervals that the file gives it.
void takeIntervals(Published& published, Codes& codes, CodeListImport& import) {
  Codes said;
  for (const Line& line : published.lines()) {
    Code& code = said[line.code];
    code.code = line.code;
    code.name = line.name;
    if (!code.validity.empty() && line.span.from < code.validity.back().until)
      published.wrong(line.number, fmt::format("{}: this interval does not lie after the one before it", line.code));
    code.validity.push_back(line.span);
    code.into = line.into;
  }
  published.finish();
  for (auto& [name, code] : said) {
    const auto known = codes.find(name);
    if (known == codes.end()) {
      import.changes.push_back({Kind::added, name, code.name, told(code.validity.back())});
    } else {
      rename(known->second, code.name, import.changes);
      if (code.into.empty()) code.into = known->second.into;
      const auto& before = known->second.validity;
      if (!std::equal(before.begin(), before.end(), code.validity.begin(), code.validity.end(), same))
        import.changes.push_back({code.validity.back().until == Day::max() ? Kind::changed : Kind::ended, name,
                                  code.name, told(code.validity.back())});
    }
    codes[name] = code;
  }
}

// The codes of the list are valid on that day, and no others are.
void takeDay(Published& published, const ImportQuestion& question, Codes& codes, CodeListImport& import) {
  const Day day = *question.asOf;
  std::map<std::string, std::size_t> said;
  for (const Line& line : published.lines())
    if (!said.emplace(line.code, line.number).second)
      published.wrong(line.number, fmt::format("{} stands here twice", line.code));
  for (auto& [name, code] : codes) {
    if (!code.covers(day)) continue;
    ++import.validBefore;
    if (said.count(name) != 0) continue;
    auto& span =
        *std::find_if(code.validity.begin(), code.validity.end(), [&](const Validity& one) { return one.covers(day); });
    if (span.from == day || &span != &code.validity.back()) {
      published.wrong(
          1, fmt::format("{} is not in the list, but ours has it begin or come back on or after that day", name));
      continue;
    }
    span.until = day;
    ++import.ended;
    import.changes.push_back({Kind::ended, name, code.name, "not in the list of that day"});
  }
  for (const Line& line : published.lines()) {
    Code& code = codes[line.code];
    const bool isNew = code.code.empty();
    code.code = line.code;
    if (!isNew && code.validity.back().from > day)
      published.wrong(line.number, fmt::format("{} is valid on {} here, in ours from {}", line.code, toIsoDate(day),
                                               toIsoDate(code.validity.back().from)));
    if (isNew) code.name = line.name;
    if (isNew || !code.covers(day)) {
      code.validity.push_back({isNew && question.openStart ? Day::min() : day, Day::max()});
      code.into.clear();
      import.changes.push_back({Kind::added, line.code, line.name, told(code.validity.back())});
    }
    rename(code, line.name, import.changes);
  }
  published.finish();
}

}  // namespace

CodeListFile readCodeList(const std::string& file, const std::string& text) {
  std::vector<std::string> mistakes;
  YamlFile yaml(file, text, mistakes);
  const auto list = mistakes.empty() ? parseCodeList(yaml) : nullptr;
  if (!mistakes.empty()) refuse(mistakes);
  CodeListFile read{.comment = {}, .name = list->name(), .codes = list->codes()};
  for (std::size_t at = 0; at < text.size() && text[at] == '#';) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    read.comment += text.substr(at, end - at);
    at = end;
  }
  return read;
}

std::string writeCodeList(const CodeListFile& list) {
  std::string text = fmt::format("{}codelist: {}\ncodes:\n", list.comment, list.name);
  for (const Code& code : list.codes) {
    text += fmt::format("  - {{code: {}, name: {}", codeText(code.code), nameText(code.name));
    if (!code.english.empty()) text += fmt::format(", en: {}", nameText(code.english));
    if (code.validity.size() == 1) {
      const std::string span = spanText(code.validity.front(), "valid_from", "valid_until");
      if (!span.empty()) text += ", " + span;
    } else {
      std::vector<std::string> spans;
      for (const Validity& span : code.validity) spans.push_back("{" + spanText(span, "from", "until") + "}");
      text += fmt::format(", valid: [{}]", fmt::join(spans, ", "));
    }
    std::vector<std::string> into;
    for (const std::string& successor : code.into) into.push_back(codeText(successor));
    if (!into.empty()) text += fmt::format(", into: [{}]", fmt::join(into, ", "));
    text += "}\n";
  }
  return text;
}

std::string_view toString(CodeListChange::Kind kind) {
  switch (kind) {
    case Kind::added:
      return "added";
    case Kind::ended:
      return "ended";
    case Kind::renamed:
      return "renamed";
    case Kind::changed:
      return "changed";
  }
  return "unknown";
}

CodeListImport importCodeList(const CodeListFile& current, const ImportQuestion& question) {
  const bool municipality = !current.codes.empty() && current.codes.front().code.starts_with("GM");
  Published published(question, municipality);
  published.finish();
  CodeListImport import{.list = current, .changes = {}};
  Codes codes;
  for (const Code& code : current.codes) codes[code.code] = code;
  if (published.yearly())
    takeDay(published, question, codes, import);
  else
    takeIntervals(published, codes, import);
  import.list.codes.clear();
  for (auto& [name, code] : codes) import.list.codes.push_back(std::move(code));
  // What will be written must be what the daemon reads: successors that do not exist are found here too.
  readCodeList(question.file, writeCodeList(import.list));
  return import;
}

}  // namespace sluis::dataset
