// The one table of rules: code, level, severity and what a provider must do (JEUGDHULP §5). Mails, `sluis rules`,
// docs/rules.md and the tests use this table; which rules hold in which version is data (dataset/definition.h).
#pragma once

#include <span>
#include <string_view>

#include "dataset/definition.h"
#include "model/finding.h"

namespace sluis::validate {

/// field, record: one record is enough; file: the whole delivery; history: what is loaded; contract: the register.
enum class Level { field, record, file, history, contract };

std::string_view toString(Level level);

struct Rule {
  std::string_view code;  ///< "JH101"
  Level level;
  Severity severity;
  std::string_view field;  ///< the column it is about, empty for a rule over several
  std::string_view dutch;  ///< one line that says what to do, never a value
  std::string_view english;
};

/// All rules that this program can judge, in order of code.
std::span<const Rule> rules();
/// nullptr when there is no such rule.
const Rule* findRule(std::string_view code);

/// The codes of a field's own rules; empty where there is none (an optional field; postcode, whose content is JH116).
struct FieldRules {
  std::string_view required;
  std::string_view content;  ///< form, real date, code list, letters, range
};
const FieldRules& fieldRules(dataset::Field field);

/// Error (config) with every rule and threshold in the definitions that this program does not know, lacks or cannot
/// judge, and every threshold with which a rule says nothing.
void requireKnownRules(const dataset::Definitions& definitions);

}  // namespace sluis::validate
