// One YAML file being read strictly: every mistake is noted with its line, none stops the reading. Private to this
// room.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "base/time.h"

namespace sluis::dataset {

class YamlFile {
 public:
  /// `name` is how the file is called in messages; `mistakes` collects "<name>:<line>: <what>".
  YamlFile(std::string name, const std::string& text, std::vector<std::string>& mistakes);

  /// Null when the text is no YAML (noted).
  const YAML::Node& root() const { return root_; }

  /// "<name>:<line>".
  std::string placeOf(const YAML::Node& at) const;
  void wrong(const YAML::Node& at, std::string_view what);
  /// Notes keys of the mapping that are not allowed, or there twice. false when it is no mapping.
  bool mapping(const YAML::Node& node, std::initializer_list<std::string_view> allowed);
  /// The text of a required scalar, empty (noted) when it is missing, empty or no scalar.
  std::string text(const YAML::Node& mapping, const char* key);
  std::string optionalText(const YAML::Node& mapping, const char* key);
  std::optional<Day> optionalDay(const YAML::Node& mapping, const char* key);
  bool optionalFlag(const YAML::Node& mapping, const char* key);
  /// A whole number within [least, most]; `absent` when the key is not there.
  int number(const YAML::Node& mapping, const char* key, int least, int most, std::optional<int> absent = {});
  std::vector<std::string> optionalTexts(const YAML::Node& mapping, const char* key);

 private:
  std::string name_;
  std::vector<std::string>& mistakes_;
  YAML::Node root_;
};

}  // namespace sluis::dataset
