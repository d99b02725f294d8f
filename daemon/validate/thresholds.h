// Which thresholds each rule needs, and the values with which it says something. Values are data (config/datasets/);
// what makes no sense as one is known here. Private to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataset/definition.h"

namespace sluis::validate {

/// What is wrong with the thresholds a dataset gives that rule; empty when nothing is.
std::vector<std::string> mistakesIn(std::string_view rule, const dataset::Thresholds& given);

}  // namespace sluis::validate
