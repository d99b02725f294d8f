// Where a report goes: to the terminal, to a file, or to the program that reads our standard output.
#pragma once

#include <string>

#include "report/outcome.h"
#include "report/render.h"

namespace sluis::cli {

/// `file` empty = standard output. Error (usage) for a workbook on a terminal.
void putOut(const report::Outcome& outcome, report::Format format, const std::string& file);
/// Text to `file`, or to standard output when that is empty.
void putOut(const std::string& text, const std::string& file);

}  // namespace sluis::cli
