// The table of rules as `sluis rules` and docs/rules.md show it, with the dataset versions in which each rule holds.
#pragma once

#include <string>

#include "dataset/definition.h"

namespace sluis::validate {

/// For a terminal: one rule a line, code, level, severity, Dutch text.
std::string rulesAsText(const dataset::Definitions& definitions);
/// docs/rules.md, Dutch and English.
std::string rulesAsMarkdown(const dataset::Definitions& definitions);
/// [{"code","level","severity","field","versions":["jeugdhulp 5.1"],"thresholds":{"age":23},"nl","en"}], one rule a
/// line.
std::string rulesAsJson(const dataset::Definitions& definitions);

}  // namespace sluis::validate
