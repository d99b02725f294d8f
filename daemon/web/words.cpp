#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "web/header_text.h"
#include "web/templates.h"
#include "web/urlencoded.h"

namespace sluis::web {
namespace {

bool isKey(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' || byte == '_';
  });
}

[[noreturn]] void wrong(const std::filesystem::path& file, int line, std::string_view what) {
  throw Error(ErrorKind::config, fmt::format("{}:{}: {}", file.string(), line, what));
}

void read(const std::filesystem::path& file, std::map<std::string, std::string, std::less<>>& words) {
  std::istringstream lines(readFile(file, 1 << 20));
  std::string* last = nullptr;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!isCleanText(line, LineEnds::refused)) wrong(file, number, "is no UTF-8, or holds a character nobody sees");
    const auto text = trimmed(line);
    if (text.empty() || text[0] == '#') {
      last = nullptr;
      continue;
    }
    if (text.find("{{") != std::string_view::npos || text.find("[[") != std::string_view::npos)
      wrong(file, number, "words are no template");
    if (line[0] == ' ') {
      if (last == nullptr) wrong(file, number, "goes on with no words");
      *last += fmt::format("{}{}", last->empty() ? "" : " ", text);
      continue;
    }
    const auto equals = text.find('=');
    const auto key = trimmed(text.substr(0, equals));
    if (equals == std::string_view::npos || !isKey(key)) wrong(file, number, "is not \"key = text\"");
    const auto [at, isNew] = words.emplace(key, trimmed(text.substr(equals + 1)));
    if (!isNew) wrong(file, number, fmt::format("\"{}\" was there before", key));
    last = &at->second;
  }
}

}  // namespace

Words Words::load(const std::filesystem::path& folder) {
  std::error_code failed;
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    if (entry.path().extension() == ".txt") files.insert(entry.path());
  if (failed || files.empty()) throw Error(ErrorKind::config, "there are no words in " + folder.string());
  Words words;
  for (const auto& file : files) read(file, words.words_);
  return words;
}

std::string Words::text(std::string_view key, std::initializer_list<std::string_view> parts) const {
  const auto found = words_.find(key);
  if (found == words_.end()) throw std::logic_error(fmt::format("there are no words \"{}\"", key));
  const std::string& text = found->second;
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool isPlace =
        text[at] == '{' && at + 2 < text.size() && text[at + 2] == '}' && text[at + 1] >= '0' && text[at + 1] <= '9';
    if (!isPlace) {
      result += text[at];
      continue;
    }
    const auto which = static_cast<std::size_t>(text[at + 1] - '0');
    if (which >= parts.size()) throw std::logic_error(fmt::format("the words \"{}\" need more parts", key));
    result += parts.begin()[which];
    at += 2;
  }
  return result;
}

bool Words::has(std::string_view key) const {
  return words_.find(key) != words_.end();
}

}  // namespace sluis::web
