// Whether a column says what the engine takes for granted: what has the right digest can still have been written wrong.
#pragma once

#include <functional>
#include <string>

#include "base/encoding.h"
#include "snapshot/snapshot.h"

namespace sluis::snapshot {

/// The bytes of any column, Facts::rows values long.
using Columns = std::function<BytesView(Column)>;

/// What is wrong with a column, as half a sentence; empty when it can be counted from. Asks for the columns that this
/// one must agree with, never for itself through them. The facts are right (problemIn(facts)).
std::string problemIn(Column column, const Facts& facts, const Columns& columns);

}  // namespace sluis::snapshot
