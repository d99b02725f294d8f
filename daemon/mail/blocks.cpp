#include "mail/blocks.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/encoding.h"

namespace sluis::mail {

namespace {

constexpr std::size_t kWidth = 72;

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
      html += htmlEscaped(line) + (i + 1 < lines.size() ? "<br>\n" : "\n");
      continue;
    }
    const std::size_t colon = labelEnd(line);
    const std::size_t value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    html += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", htmlEscaped(line.substr(0, colon)),
                        htmlEscaped(line.substr(value)));
  }
  return html + (table ? "</table>\n" : "</p>\n");
}

}  // namespace

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

std::string htmlOf(std::string_view subject, std::string_view text) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"nl\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n"
      "<body style=\"font-family:sans-serif\">\n",
      htmlEscaped(subject));
  bool list = false;
  for (const Block& block : blocksOf(text)) {
    if ((block.kind == BlockKind::item) != list) {
      html += list ? "</ul>\n" : "<ul>\n";
      list = !list;
    }
    if (block.kind == BlockKind::paragraph) html += fmt::format("<p>{}</p>\n", htmlEscaped(block.lines.front()));
    if (block.kind == BlockKind::item) html += fmt::format("<li>{}</li>\n", htmlEscaped(block.lines.front()));
    if (block.kind == BlockKind::indented) html += htmlOfIndented(block.lines);
  }
  return html + (list ? "</ul>\n" : "") + "</body>\n</html>\n";
}

}  // namespace sluis::mail
