// What a dataset is, in one of its versions: fields, code lists, placeholders, the rules that hold and their
// thresholds. All of it is data (config/datasets/*.yaml, config/codelists/*.yaml): a new version is a file.
//
// Never looks at a delivery. Loading reports every mistake of every file at once, each with file and line, in one Error
// (config); after that nothing here fails.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/code_list.h"
#include "dataset/field.h"
#include "model/period.h"

namespace sluis::dataset {

struct FieldDefinition {
  Field field;
  std::string name;                  ///< the column's name, lower case
  std::vector<std::string> aliases;  ///< other names it may have in a header, lower case
  bool required = false;             ///< the column must be there and no cell of it empty
  Form form;
  std::shared_ptr<const CodeList> codes;  ///< form code, municipality and postcode
  std::string letters;                    ///< form letter: "MVO"
  unsigned min = 0;                       ///< form number, inclusive
  unsigned max = 0;
};

/// Numbers that stand for a child without a number; they changed meaning between versions.
struct Placeholders {
  std::uint32_t bsnUnknown = 0;
  std::uint32_t bsnUnborn = 0;
  std::vector<std::string> birthUnborn;  ///< what geboortedatum says for an unborn child
};

/// Where a field stands in a line of a fixed-width file.
struct LayoutField {
  Field field;
  std::uint32_t offset = 0;  ///< of the first character, from 0
  std::uint32_t length = 0;  ///< in characters
};

/// What is kept of a field that is not kept as delivered (JEUGDHULP §6): "pseudonym", "year_month", "four_digits".
struct Minimised {
  Field field;
  std::string_view as;
};

/// What a worker is given of a dataset at most, in bytes; a definition whose layout is longer is refused.
inline constexpr std::size_t kLongestLayout = 16 << 10;

/// A rule's thresholds by name: {"age", 23}.
using Thresholds = std::map<std::string, int, std::less<>>;

class Definition {
 public:
  const std::string& dataset() const { return dataset_; }  ///< "jeugdhulp"
  const std::string& version() const { return version_; }  ///< "5.1"
  const std::string& title() const { return title_; }
  /// The reporting periods it is for, by their last day.
  const Validity& validity() const { return validity_; }
  const Placeholders& placeholders() const { return placeholders_; }
  /// In the order of the file, which is the order for documentation.
  const std::vector<FieldDefinition>& fields() const { return fields_; }
  /// nullptr when this version has no such field.
  const FieldDefinition* find(Field field) const;
  /// By column name or alias, any case, spaces around ignored; nullptr when unknown.
  const FieldDefinition* findColumn(std::string_view column) const;
  /// Fields of which exactly one column must be there (bsn or psn), empty when there is no such choice.
  const std::vector<Field>& oneOf() const { return oneOf_; }
  /// The fixed-width layout, in order of offset; empty when this version cannot be delivered that way.
  const std::vector<LayoutField>& ascii() const { return ascii_; }
  /// What plugin::FormatReader::read wants to know of this version, in plain lines; empty when there is nothing to
  /// know. "ascii": "<name> <offset> <length>" for each field, and behind it "<digits>" where a wider number may be
  /// padded with zeros. "xlsx", "xls": "<column name or alias> <digits>" for
  /// each column whose cells are digits of a fixed number (a number in such a cell has lost its leading zeros); a name
  /// may hold spaces, the digits stand after the last one. At most kLongestLayout bytes.
  std::string layoutFor(std::string_view format) const;
  /// In the order of the fields; every other field is kept as delivered. The file declares it and loading proves that
  /// it says what pseudonymise/ does.
  const std::vector<Minimised>& minimised() const { return minimised_; }
  /// Whether the rule ("JH104") holds in this version. Rules of the fields (JH0nn) follow from fields() and always
  /// hold.
  bool hasRule(std::string_view code) const { return rules_.find(code) != rules_.end(); }
  const std::map<std::string, Thresholds, std::less<>>& rules() const { return rules_; }
  /// Where the file names that rule, for messages: "/etc/sluis/datasets/jeugdhulp-5.1.yaml:72"; empty when it does not.
  std::string placeOf(std::string_view rule) const;
  /// Of a rule that holds; std::logic_error when the rule or the threshold is not there (loading checked them).
  int threshold(std::string_view rule, std::string_view name) const;
  /// Code list by name: "gemeenten"; nullptr when no field uses it.
  const CodeList* codeList(std::string_view name) const;

 private:
  friend class DefinitionParser;

  std::string dataset_;
  std::string version_;
  std::string title_;
  Validity validity_;
  Placeholders placeholders_;
  std::vector<FieldDefinition> fields_;
  std::vector<Field> oneOf_;
  std::vector<LayoutField> ascii_;
  std::vector<Minimised> minimised_;
  std::map<std::string, Thresholds, std::less<>> rules_;
  std::map<std::string, std::string, std::less<>> ruleLines_;
};

/// All versions of all datasets.
class Definitions {
 public:
  /// Every *.yaml of both folders. Error (config) with all mistakes, one a line "<file>:<line>: <what>": each file in
  /// itself, and the versions of a dataset beside each other (one version for each day from the first to the last).
  static Definitions load(const std::filesystem::path& datasetsDir, const std::filesystem::path& codelistsDir);

  /// The version for that period; nullptr when the dataset is unknown or has no version for it.
  const Definition* find(std::string_view dataset, const Period& period) const;
  bool knows(std::string_view dataset) const;
  /// In order of dataset and time.
  const std::vector<Definition>& all() const { return definitions_; }
  /// All lists, also those that no field uses.
  const std::map<std::string, std::shared_ptr<const CodeList>, std::less<>>& codeLists() const { return lists_; }
  /// A code list by name, also one that no field uses; nullptr when there is none.
  const CodeList* codeList(std::string_view name) const;

 private:
  std::vector<Definition> definitions_;
  std::map<std::string, std::shared_ptr<const CodeList>, std::less<>> lists_;
};

}  // namespace sluis::dataset
