// Where a report goes: to the terminal, to a file, or to the program that reads our standard output.
//
// A file is whole or as it was before; a device or a pipe is written to and stays what it is. Error (usage) for a
// folder, and where there is none to write in.
#pragma once

#include <string>

#include "report/outcome.h"
#include "report/render.h"

namespace sluis::cli {

/// `file` empty = standard output. Error (usage) for a workbook on a terminal.
void putOut(const report::Outcome& outcome, report::Format format, const std::string& file);
/// What is asked for by `word`; without one what the name of `file` ends in, or text. Error (usage) for another word.
report::Format formatFor(const std::string& word, const std::string& file);
/// Text to `file`, or to standard output when that is empty.
void putOut(const std::string& text, const std::string& file);

}  // namespace sluis::cli
