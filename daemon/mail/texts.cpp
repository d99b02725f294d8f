#include "mail/texts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "mail/kinds.h"

namespace sluis::mail {

namespace {

constexpr std::string_view kSubjectLabel = "Onderwerp: ";
constexpr std::string_view kSignature = "ondertekening";
constexpr std::size_t kWidth = 72;

constexpr std::array<std::string_view, 3> kHelpdeskFacts = {"helpdesk_naam", "helpdesk_mail", "helpdesk_telefoon"};
constexpr std::array<std::string_view, 29> kProviderFacts = {
    "aanlevering",  "aanbieder",     "aanbiedernaam", "bestand",       "dataset",   "periode",
    "ontvangen",    "verwerkt",      "code",          "reden",         "oplossing", "toelichting",
    "records",      "geladen",       "vervangen",     "verwijderd",    "fouten",    "signalen",
    "samenvatting", "controlegetal", "grootte",       "ondertekenaar", "run",       "volgende_run",
    "eerder",       "door",          "melding",       "verloopt",      "weggelaten"};
constexpr std::array<std::string_view, 11> kOperatorFacts = {"melding",   "advies",   "run",   "aanlevering",
                                                             "aanbieder", "bericht",  "soort", "ontvangers",
                                                             "reden",     "pogingen", "sinds"};

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool isKnown(Audience audience, std::string_view name) {
  if (contains(kHelpdeskFacts, name)) return true;
  return audience == Audience::provider ? contains(kProviderFacts, name) : contains(kOperatorFacts, name);
}

std::vector<std::string_view> linesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

// Every {{placeholder}} of a line, handed over in order with its place and mark ('?', '#' or 0); false when braces do
// not match.
template <typename Use>
bool forEachPlaceholder(std::string_view line, Use&& use) {
  std::size_t from = 0;
  while (true) {
    const std::size_t open = line.find("{{", from);
    if (open == std::string_view::npos) return line.find("}}", from) == std::string_view::npos;
    const std::size_t close = line.find("}}", open);
    if (close == std::string_view::npos) return false;
    std::string_view name = line.substr(open + 2, close - open - 2);
    char mark = 0;
    if (!name.empty() && (name.front() == '?' || name.front() == '#')) {
      mark = name.front();
      name.remove_prefix(1);
    }
    use(open, close + 2, name, mark);
    from = close + 2;
  }
}

// Facts are data: what could break a line or a header becomes a space. The summary alone has several lines.
std::string cleaned(std::string_view name, std::string_view value) {
  const bool severalLines = name == "samenvatting";
  std::string text(value);
  for (char& c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && !(c == '\n' && severalLines)) || c == 0x7f) c = ' ';
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::optional<std::string> fillLine(std::string_view line, const Values& values) {
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  std::string filled;
  std::size_t from = 0;
  bool dropped = false;
  forEachPlaceholder(line, [&](std::size_t open, std::size_t end, std::string_view name, char mark) {
    filled += line.substr(from, open - from);
    from = end;
    const auto found = values.find(name);
    const std::string value = found == values.end() ? std::string() : cleaned(name, found->second);
    if (value.empty() && mark != 0) dropped = true;
    if (mark == '#') return;
    for (const char c : value) {
      filled += c;
      if (c == '\n') filled.append(indent, ' ');
    }
  });
  if (dropped) return std::nullopt;
  filled += line.substr(from);
  return filled;
}

enum class BlockKind { paragraph, item, indented };

struct Block {
  BlockKind kind;
  std::vector<std::string> lines;  // a paragraph's and an item's as one
};

// Parts a text into its blocks; hard line breaks inside a paragraph are the writer's editor's, not meant.
std::vector<Block> blocksOf(std::string_view text) {
  std::vector<Block> blocks;
  bool fresh = true;
  for (const std::string_view line : linesOf(text)) {
    if (line.find_first_not_of(' ') == std::string_view::npos) {
      fresh = true;
      continue;
    }
    if (line.starts_with("- ")) {
      blocks.push_back({BlockKind::item, {std::string(line.substr(2))}});
    } else if (line.starts_with("  ") && (fresh || blocks.back().kind == BlockKind::indented)) {
      if (fresh) blocks.push_back({BlockKind::indented, {}});
      blocks.back().lines.emplace_back(line.substr(2));
    } else if (fresh || blocks.back().kind == BlockKind::indented) {
      blocks.push_back({BlockKind::paragraph, {std::string(line)}});
    } else {
      blocks.back().lines.front().append(" ").append(line.substr(line.find_first_not_of(' ')));
    }
    fresh = false;
  }
  return blocks;
}

std::size_t columnsOf(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string wrapped(std::string_view text, std::string_view first, std::string_view next) {
  std::string out(first);
  std::size_t column = columnsOf(first);
  bool begun = false;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (word.empty()) continue;
    const std::size_t width = columnsOf(word);
    // A dash in front of a line would be read as an item of a list.
    if (begun && column + 1 + width > kWidth && word != "-") {
      out.append("\n").append(next);
      column = columnsOf(next);
    } else if (begun) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width;
    begun = true;
  }
  return out + "\n";
}

// The body as it is read in plain text: paragraphs wrapped, one empty line between blocks.
std::string arranged(std::string_view text) {
  std::string out;
  std::optional<BlockKind> before;
  for (const Block& block : blocksOf(text)) {
    if (before && !(*before == BlockKind::item && block.kind == BlockKind::item)) out += '\n';
    if (block.kind == BlockKind::paragraph) out += wrapped(block.lines.front(), "", "");
    if (block.kind == BlockKind::item) out += wrapped(block.lines.front(), "- ", "  ");
    if (block.kind == BlockKind::indented)
      for (const std::string& line : block.lines) out += "  " + line + "\n";
    before = block.kind;
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// "label: value" with a short label of its own; what a rule's text says after a colon is none.
std::size_t labelEnd(std::string_view line) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos || colon > 32 || line.substr(0, colon).find("·") != std::string_view::npos)
    return std::string_view::npos;
  return colon;
}

std::string htmlOfIndented(const std::vector<std::string>& lines) {
  const bool table = std::all_of(lines.begin(), lines.end(),
                                 [](const std::string& line) { return labelEnd(line) != std::string::npos; });
  std::string html =
      table ? "<table cellpadding=\"2\" style=\"margin-left:1em\">\n" : "<p style=\"margin-left:1em\">\n";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (!table) {
      html += escaped(line) + (i + 1 < lines.size() ? "<br>\n" : "\n");
      continue;
    }
    const std::size_t colon = labelEnd(line);
    const std::size_t value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    html +=
        fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(line.substr(0, colon)), escaped(line.substr(value)));
  }
  return html + (table ? "</table>\n" : "</p>\n");
}

std::string readTemplate(const std::filesystem::path& folder, std::string_view name,
                         std::vector<std::string>& mistakes) {
  const std::filesystem::path path = folder / fmt::format("{}.txt", name);
  try {
    return readFile(path, 64 << 10);
  } catch (const Error& error) {
    mistakes.push_back(error.message());
    return {};
  }
}

void check(std::string_view file, std::string_view text, Audience audience, std::vector<std::string>& mistakes) {
  std::size_t number = 0;
  for (const std::string_view line : linesOf(text)) {
    ++number;
    const bool matched = forEachPlaceholder(line, [&](std::size_t, std::size_t, std::string_view name, char) {
      if (!isKnown(audience, name))
        mistakes.push_back(fmt::format("{}.txt:{}: there is no fact {{{{{}}}}}", file, number, name));
    });
    if (!matched) mistakes.push_back(fmt::format("{}.txt:{}: braces that do not match", file, number));
  }
}

}  // namespace

Texts Texts::load(const std::filesystem::path& root) {
  const std::filesystem::path folder = root / "nl";
  Texts texts;
  std::vector<std::string> mistakes;
  const std::string signature = readTemplate(folder, kSignature, mistakes);
  for (const Kind& kind : kinds()) {
    const std::size_t before = mistakes.size();
    const std::string text = readTemplate(folder, kind.name, mistakes);
    if (mistakes.size() > before) continue;
    const auto lines = linesOf(text);
    if (lines.size() < 3 || !lines[0].starts_with(kSubjectLabel) || !lines[1].empty()) {
      mistakes.push_back(fmt::format("{}.txt:1: begins with \"Onderwerp: …\" and an empty line", kind.name));
      continue;
    }
    check(kind.name, text, kind.audience, mistakes);
    const std::size_t body = text.find('\n') + 1;
    texts.templates_[std::string(kind.name)] = {std::string(lines[0].substr(kSubjectLabel.size())),
                                                text.substr(body) + "\n\n" + signature};
  }
  for (const std::string_view fact : kHelpdeskFacts)
    if (!signature.empty() && signature.find(fmt::format("{{{{{}}}}}", fact)) == std::string::npos)
      mistakes.push_back(fmt::format("{}.txt: does not name {{{{{}}}}}", kSignature, fact));
  std::size_t number = 0;
  for (const std::string_view line : linesOf(signature)) {
    ++number;
    forEachPlaceholder(line, [&](std::size_t, std::size_t, std::string_view name, char) {
      if (!contains(kHelpdeskFacts, name))
        mistakes.push_back(fmt::format("{}.txt:{}: only the helpdesk's facts can stand here", kSignature, number));
    });
  }
  if (!mistakes.empty())
    throw Error(ErrorKind::config, fmt::format("the mail texts in {}: {}", folder.string(), fmt::join(mistakes, "; ")),
                "compare with the texts that came with Sluis");
  return texts;
}

Wording Texts::fill(std::string_view kind, const Values& values) const {
  const auto found = templates_.find(kind);
  if (found == templates_.end()) throw std::logic_error("no mail text of this kind");
  Wording wording;
  wording.subject = fillLine(found->second.subject, values).value_or("");
  std::replace(wording.subject.begin(), wording.subject.end(), '\n', ' ');
  std::string body;
  for (const std::string_view line : linesOf(found->second.text))
    if (const auto filled = fillLine(line, values)) body.append(*filled).append("\n");
  wording.text = arranged(body);
  return wording;
}

std::string htmlOf(std::string_view subject, std::string_view text) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"nl\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n"
      "<body style=\"font-family:sans-serif\">\n",
      escaped(subject));
  bool list = false;
  for (const Block& block : blocksOf(text)) {
    if ((block.kind == BlockKind::item) != list) {
      html += list ? "</ul>\n" : "<ul>\n";
      list = !list;
    }
    if (block.kind == BlockKind::paragraph) html += fmt::format("<p>{}</p>\n", escaped(block.lines.front()));
    if (block.kind == BlockKind::item) html += fmt::format("<li>{}</li>\n", escaped(block.lines.front()));
    if (block.kind == BlockKind::indented) html += htmlOfIndented(block.lines);
  }
  return html + (list ? "</ul>\n" : "") + "</body>\n</html>\n";
}

}  // namespace sluis::mail
