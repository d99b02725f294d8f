#include "web/template_source.h"

#include <algorithm>
#include <regex>

#include <fmt/format.h>

#include "base/encoding.h"
#include "web/header_text.h"

namespace sluis::web {
namespace {

constexpr int kDeepestPart = 5;

bool isName(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z' && std::all_of(name.begin(), name.end(), [](char byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
  });
}

/// What is between the braces of a marker: "NAME", "#SECTION", "/SECTION", ">PART", "NAME_HTML:none", "! comment".
std::string mistakeInMarker(std::string_view marker) {
  if (!marker.empty() && marker[0] == '!') return {};
  std::string_view name = marker;
  const bool isPlain = name.empty() || (name[0] != '#' && name[0] != '/' && name[0] != '>');
  if (!isPlain) name.remove_prefix(1);
  std::string_view modifier;
  if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    modifier = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  if (!isName(name)) return fmt::format("{{{{{}}}}} is no marker", marker);
  if (!isPlain) return modifier.empty() ? "" : fmt::format("{{{{{}}}}} has a modifier", marker);
  if (modifier.empty() && isMarkupName(name)) return fmt::format("{{{{{}}}}} holds markup: write :none", marker);
  if (modifier.empty() || (modifier == "none" && isMarkupName(name))) return {};
  return fmt::format("{{{{{}}}}}: only a name that ends in _HTML may have :none, and there is no other modifier",
                     marker);
}

std::string expanded(std::string_view name, const Sources& sources, std::vector<std::string>& mistakes, int depth) {
  const auto found = sources.find(name);
  if (found == sources.end()) {
    mistakes.push_back(fmt::format("there is no part {}.html", name));
    return {};
  }
  if (depth > kDeepestPart) {
    mistakes.push_back(fmt::format("{}.html holds itself", name));
    return {};
  }
  const std::string& text = found->second;
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = text.find("{{>", at);
    const std::size_t end = begin == std::string::npos ? begin : text.find("}}", begin);
    if (end == std::string::npos) return result + text.substr(at);
    result += text.substr(at, begin - at);
    result += expanded(inLowerCase(text.substr(begin + 3, end - begin - 3)), sources, mistakes, depth + 1);
    at = end + 2;
  }
  return result;
}

}  // namespace

bool isMarkupName(std::string_view name) {
  constexpr std::string_view kEnd = "_HTML";
  return name.size() > kEnd.size() && name.substr(name.size() - kEnd.size()) == kEnd;
}

std::vector<std::string> mistakesIn(std::string_view text) {
  std::vector<std::string> mistakes;
  for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
    const std::size_t end = text.find("}}", at);
    if (end == std::string_view::npos) {
      mistakes.emplace_back("a {{ without }}");
      break;
    }
    if (auto mistake = mistakeInMarker(text.substr(at + 2, end - at - 2)); !mistake.empty())
      mistakes.push_back(std::move(mistake));
  }
  static const std::regex kInline(R"(<style|\sstyle\s*=|\son[a-z]+\s*=|<script(?![^>]*\ssrc=)|javascript:)",
                                  std::regex::icase);
  std::cmatch found;
  if (std::regex_search(text.data(), text.data() + text.size(), found, kInline))
    mistakes.push_back(fmt::format("\"{}\": no style or script stands in a page itself", found.str()));
  return mistakes;
}

std::string withParts(std::string_view name, const Sources& sources, std::vector<std::string>& mistakes) {
  return expanded(name, sources, mistakes, 0);
}

std::string withWords(std::string_view text, const Words& words, std::vector<std::string>& mistakes) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = text.find("[[", at);
    const std::size_t end = begin == std::string_view::npos ? begin : text.find("]]", begin);
    if (end == std::string_view::npos) return result += text.substr(at);
    result += text.substr(at, begin - at);
    const std::string_view key = trimmed(text.substr(begin + 2, end - begin - 2));
    if (!words.has(key))
      mistakes.push_back(fmt::format("there are no words \"{}\"", key));
    else if (const std::string said = words.all().find(key)->second; said.find("{0}") != std::string::npos)
      mistakes.push_back(fmt::format("the words \"{}\" are to be filled in by code", key));
    else
      result += htmlEscaped(said);
    at = end + 2;
  }
  return result;
}

}  // namespace sluis::web
