// One YAML file as a Definition or a CodeList. Private to this room; mistakes are noted, never thrown.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "dataset/definition.h"
#include "dataset/yaml_file.h"

namespace sluis::dataset {

using CodeLists = std::map<std::string, std::shared_ptr<const CodeList>, std::less<>>;

/// nullptr when the file has no usable list.
std::shared_ptr<const CodeList> parseCodeList(YamlFile& file);

class DefinitionParser {
 public:
  DefinitionParser(YamlFile& file, const CodeLists& lists) : file_(file), lists_(lists) {}
  Definition parse();

 private:
  void parsePlaceholders(const YAML::Node& node);
  void parseField(const YAML::Node& node);
  void parseFormDetails(const YAML::Node& node, FieldDefinition& field);
  void parseRules(const YAML::Node& node);
  void parseOneOf(const YAML::Node& root);
  void parseMinimisation(const YAML::Node& node);
  void parseLayouts(const YAML::Node& node);
  void parseLayoutField(const YAML::Node& node);
  void checkAscii(const YAML::Node& node);
  unsigned leastLength(const FieldDefinition& field) const;

  YamlFile& file_;
  const CodeLists& lists_;
  Definition definition_;
};

}  // namespace sluis::dataset
