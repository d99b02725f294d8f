#include "dataset/yaml_file.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

namespace sluis::dataset {

namespace {

std::optional<int> toNumber(const std::string& text) {
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

YamlFile::YamlFile(std::string name, const std::string& text, std::vector<std::string>& mistakes)
    : name_(std::move(name)), mistakes_(mistakes) {
  try {
    root_ = YAML::Load(text);
  } catch (const YAML::Exception& e) {
    mistakes_.push_back(fmt::format("{}:{}: {}", name_, e.mark.line + 1, e.msg));
  }
}

std::string YamlFile::placeOf(const YAML::Node& at) const {
  const int line = at.IsDefined() ? at.Mark().line + 1 : 1;
  return fmt::format("{}:{}", name_, std::max(line, 1));
}

void YamlFile::wrong(const YAML::Node& at, std::string_view what) {
  mistakes_.push_back(fmt::format("{}: {}", placeOf(at), what));
}

bool YamlFile::mapping(const YAML::Node& node, std::initializer_list<std::string_view> allowed) {
  if (!node.IsDefined() || !node.IsMap()) {
    wrong(node, "expected a mapping (name: value)");
    return false;
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end())
      wrong(entry.first, fmt::format("unknown key \"{}\"", key));
    else if (!seen.insert(key).second)
      wrong(entry.first, fmt::format("\"{}\" stands here twice", key));
  }
  return true;
}

std::string YamlFile::text(const YAML::Node& mapping, const char* key) {
  const YAML::Node value = mapping[key];
  if (!value || !value.IsScalar() || value.Scalar().empty()) {
    wrong(value ? value : mapping, fmt::format("\"{}\" is missing or empty", key));
    return {};
  }
  return value.Scalar();
}

std::string YamlFile::optionalText(const YAML::Node& mapping, const char* key) {
  return mapping[key] ? text(mapping, key) : std::string();
}

std::optional<Day> YamlFile::optionalDay(const YAML::Node& mapping, const char* key) {
  if (!mapping[key]) return std::nullopt;
  const auto day = fromIsoDate(text(mapping, key));
  if (!day) wrong(mapping[key], fmt::format("\"{}\" is no date of the form 2019-01-31", key));
  return day;
}

bool YamlFile::optionalFlag(const YAML::Node& mapping, const char* key) {
  if (!mapping[key]) return false;
  const std::string value = text(mapping, key);
  if (value != "true" && value != "false") wrong(mapping[key], fmt::format("\"{}\" is neither true nor false", key));
  return value == "true";
}

int YamlFile::number(const YAML::Node& mapping, const char* key, int least, int most, std::optional<int> absent) {
  if (!mapping[key] && absent) return *absent;
  const std::string written = text(mapping, key);
  if (written.empty()) return least;
  const auto value = toNumber(written);
  if (value && *value >= least && *value <= most) return *value;
  wrong(mapping[key], fmt::format("\"{}\" is no whole number from {} to {}", key, least, most));
  return least;
}

std::vector<std::string> YamlFile::optionalTexts(const YAML::Node& mapping, const char* key) {
  const YAML::Node list = mapping[key];
  std::vector<std::string> texts;
  if (!list) return texts;
  if (!list.IsSequence()) {
    wrong(list, fmt::format("\"{}\" is no list", key));
    return texts;
  }
  for (const YAML::Node& item : list) {
    if (item.IsScalar() && !item.Scalar().empty())
      texts.push_back(item.Scalar());
    else
      wrong(item, fmt::format("an item of \"{}\" is empty or no text", key));
  }
  return texts;
}

}  // namespace sluis::dataset
