// A published list of codes brought into one of ours: what a file says, what that changes, and the new file's text.
//
// Two kinds of files are understood, told apart by their header line (separated by ; , or tab, UTF-8):
//   code;naam;geldig_van;geldig_tot[;naar]   each line an interval of a code; geldig_tot is the first day it is not
//   valid
//                                            any more; naar names its successors. Says all of the codes it names,
//                                            nothing of others.
//   a yearly list (CBS: Gemeentecode or GemeentecodeGM, Gemeentenaam, …)   all codes valid on one day, and no others.
//
// Nothing is written here. Mistakes in the file come back all at once in one Error (config), "<file>:<line>: <what>".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/code_list.h"

namespace sluis::dataset {

/// One of our lists as its file has it.
struct CodeListFile {
  std::string comment;  ///< the lines with # at its top
  std::string name;
  std::vector<Code> codes;
};

/// Error (config) when the text is no good list. `file` is how messages call it.
CodeListFile readCodeList(const std::string& file, const std::string& text);
/// The text of a file that readCodeList() reads back the same, in order of code.
std::string writeCodeList(const CodeListFile& list);

struct CodeListChange {
  enum class Kind { added, ended, renamed, changed };
  Kind kind;
  std::string code;
  std::string name;    ///< the new one
  std::string detail;  ///< for people: "valid from 2026-01-01", "was: Friesland"
};
std::string_view toString(CodeListChange::Kind kind);

struct CodeListImport {
  CodeListFile list;  ///< as it would be
  std::vector<CodeListChange> changes;
  std::size_t validBefore = 0;  ///< how many codes of the current list were valid on the day; 0 for a file of intervals
  std::size_t ended = 0;        ///< how many of them the file ends
};

struct ImportQuestion {
  std::string file;         ///< for messages
  std::string_view text;    ///< what it holds
  std::optional<Day> asOf;  ///< the day a yearly list is for; needed for one, refused for the other kind
  bool openStart = false;   ///< a code that is new to us was valid before asOf too: from when is not known
};

CodeListImport importCodeList(const CodeListFile& current, const ImportQuestion& question);

}  // namespace sluis::dataset
