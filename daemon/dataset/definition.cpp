#include "dataset/definition.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "dataset/definition_parser.h"
#include "dataset/yaml_file.h"

namespace sluis::dataset {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> yamlFiles(const fs::path& folder, std::vector<std::string>& mistakes) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  if (failed)
    mistakes.push_back(fmt::format("{}: {}", folder.string(), failed.message()));
  else if (files.empty())
    mistakes.push_back(fmt::format("{}: no *.yaml file", folder.string()));
  std::sort(files.begin(), files.end());
  return files;
}

struct Parsed {
  Definition definition;
  YamlFile file;
};

// `earlier` begins no later than `later`.
void compare(const Definition& earlier, Parsed& later) {
  const Definition& definition = later.definition;
  if (earlier.dataset() != definition.dataset()) return;
  const YAML::Node at = later.file.root()["valid_from"] ? later.file.root()["valid_from"] : later.file.root();
  if (earlier.version() == definition.version())
    later.file.wrong(
        at, fmt::format("version {} of {} is in another file too", definition.version(), definition.dataset()));
  if (definition.validity().from < earlier.validity().until)
    later.file.wrong(at, fmt::format("version {} of {} is valid at the same time as version {}", definition.version(),
                                     definition.dataset(), earlier.version()));
  else if (earlier.validity().until < definition.validity().from)
    later.file.wrong(at, fmt::format("no version of {} is valid from {} until {}: version {} ends too early or version "
                                     "{} begins too late",
                                     definition.dataset(), toIsoDate(earlier.validity().until),
                                     toIsoDate(definition.validity().from), earlier.version(), definition.version()));
}

bool isSpace(char c) {
  return c == ' ' || c == '\t';
}

bool sameColumn(std::string_view delivered, std::string_view name) {
  while (!delivered.empty() && isSpace(delivered.front())) delivered.remove_prefix(1);
  while (!delivered.empty() && isSpace(delivered.back())) delivered.remove_suffix(1);
  return std::equal(delivered.begin(), delivered.end(), name.begin(), name.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace

const FieldDefinition* Definition::find(Field field) const {
  for (const FieldDefinition& definition : fields_)
    if (definition.field == field) return &definition;
  return nullptr;
}

const FieldDefinition* Definition::findColumn(std::string_view column) const {
  for (const FieldDefinition& field : fields_) {
    if (sameColumn(column, field.name)) return &field;
    for (const std::string& alias : field.aliases)
      if (sameColumn(column, alias)) return &field;
  }
  return nullptr;
}

std::string Definition::layoutFor(std::string_view format) const {
  std::string lines;
  if (format == "ascii")
    for (const LayoutField& at : ascii_) {
      const Form form = kindOf(at.field).form;
      // A number has no leading zero, a code is as long as those of its list.
      const unsigned digits = form == Form::number ? 1 : form == Form::code ? digitsOf(form) : at.length;
      lines += fmt::format("{} {} {}", kindOf(at.field).name, at.offset, at.length);
      lines += digits < at.length ? fmt::format(" {}\n", digits) : "\n";
    }
  if (format == "xlsx" || format == "xls")
    for (const FieldDefinition& field : fields_) {
      const unsigned digits = digitsOf(field.form);
      if (digits == 0) continue;
      lines += fmt::format("{} {}\n", field.name, digits);
      for (const std::string& alias : field.aliases) lines += fmt::format("{} {}\n", alias, digits);
    }
  return lines;
}

std::string Definition::placeOf(std::string_view rule) const {
  const auto found = ruleLines_.find(rule);
  return found == ruleLines_.end() ? std::string() : found->second;
}

int Definition::threshold(std::string_view rule, std::string_view name) const {
  const auto found = rules_.find(rule);
  if (found != rules_.end()) {
    const auto value = found->second.find(name);
    if (value != found->second.end()) return value->second;
  }
  throw std::logic_error(fmt::format("rule {} has no threshold {}", rule, name));
}

const CodeList* Definition::codeList(std::string_view name) const {
  for (const FieldDefinition& field : fields_)
    if (field.codes && field.codes->name() == name) return field.codes.get();
  return nullptr;
}

Definitions Definitions::load(const fs::path& datasetsDir, const fs::path& codelistsDir) {
  std::vector<std::string> mistakes;
  Definitions loaded;
  for (const fs::path& path : yamlFiles(codelistsDir, mistakes)) {
    YamlFile file(path.string(), readFile(path), mistakes);
    if (!file.root()) continue;
    const auto list = parseCodeList(file);
    if (list && !loaded.lists_.emplace(list->name(), list).second)
      file.wrong(file.root(), fmt::format("code list {} is in another file too", list->name()));
  }
  std::vector<std::unique_ptr<Parsed>> parsed;
  for (const fs::path& path : yamlFiles(datasetsDir, mistakes)) {
    YamlFile file(path.string(), readFile(path), mistakes);
    if (!file.root()) continue;
    Definition definition = DefinitionParser(file, loaded.lists_).parse();
    if (!definition.dataset().empty())
      parsed.push_back(std::make_unique<Parsed>(Parsed{std::move(definition), std::move(file)}));
  }
  std::sort(parsed.begin(), parsed.end(), [](const auto& a, const auto& b) {
    return std::tie(a->definition.dataset(), a->definition.validity().from) <
           std::tie(b->definition.dataset(), b->definition.validity().from);
  });
  for (std::size_t i = 1; i < parsed.size(); ++i) compare(parsed[i - 1]->definition, *parsed[i]);
  for (const auto& one : parsed) loaded.definitions_.push_back(std::move(one->definition));
  if (!mistakes.empty()) {
    std::string all = mistakes.front();
    for (std::size_t i = 1; i < mistakes.size(); ++i) all += "\n" + mistakes[i];
    throw Error(ErrorKind::config, all);
  }
  return loaded;
}

const Definition* Definitions::find(std::string_view dataset, const Period& period) const {
  for (const Definition& definition : definitions_)
    if (definition.dataset() == dataset && definition.validity().covers(period.last())) return &definition;
  return nullptr;
}

bool Definitions::knows(std::string_view dataset) const {
  return std::any_of(definitions_.begin(), definitions_.end(),
                     [&](const Definition& definition) { return definition.dataset() == dataset; });
}

const CodeList* Definitions::codeList(std::string_view name) const {
  const auto found = lists_.find(name);
  return found == lists_.end() ? nullptr : found->second.get();
}

}  // namespace sluis::dataset
