#include "cli/output.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include <fmt/format.h>

#include "base/error.h"

namespace sluis::cli {

namespace {

/// Characters, not bytes: names have accents.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t to) {
  const std::size_t has = width(text);
  return has < to ? text + std::string(to - has, ' ') : text;
}

}  // namespace

std::string Table::text(std::string_view whenEmpty) const {
  if (rows_.empty()) return fmt::format("{}\n", whenEmpty);
  std::vector<std::size_t> widths;
  for (const auto& head : heads_) widths.push_back(width(head));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  std::string text;
  const auto addLine = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) line += padded(cells[i], widths[i]) + "  ";
    while (!line.empty() && line.back() == ' ') line.pop_back();
    text += line + "\n";
  };
  addLine(heads_);
  for (const auto& row : rows_) addLine(row);
  return text;
}

void Sheet::add(std::string name, std::string value) {
  lines_.emplace_back(std::move(name), std::move(value));
}

void Sheet::add(std::string name, const std::optional<std::string>& value) {
  if (value && !value->empty()) add(std::move(name), *value);
}

std::string Sheet::text() const {
  std::size_t widest = 0;
  for (const auto& [name, value] : lines_) widest = std::max(widest, width(name));
  std::string text;
  for (const auto& [name, value] : lines_) text += padded(name, widest) + "  " + value + "\n";
  return text;
}

void print(std::string_view text) {
  // Now, not at the end only: what went past the buffer is not told of by the last flush.
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throwErrno("cannot write the output");
}

void printLine(std::string_view text) {
  print(text);
  print("\n");
}

void printJson(const Json& json) {
  printLine(json.dump(::isatty(STDOUT_FILENO) != 0 ? 2 : -1));
}

std::string localTime(const std::optional<Instant>& at) {
  if (!at) return {};
  const std::time_t seconds = std::chrono::system_clock::to_time_t(*at);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local)};
}

}  // namespace sluis::cli
