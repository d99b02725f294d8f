// The header of a delivery held against the fields of its dataset.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "dataset/definition.h"
#include "model/refusal.h"

namespace sluis::validate {

struct BoundColumn {
  const dataset::FieldDefinition* field;
  std::uint32_t column;  ///< 0-based in the delivery
};

/// Each delivered column with its field. FMT02 tells all that does not fit in one sentence: missing and double columns
/// by our names, unknown ones by position only, because in a file without a header line values stand there.
Result<std::vector<BoundColumn>, Refusal> bindColumns(const dataset::Definition& definition,
                                                      std::span<const std::string> columns);

}  // namespace sluis::validate
