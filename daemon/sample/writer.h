// A sample in the dress of one format. Each writer makes one file and keeps a bounded part of it in memory (xls: all of
// it, and it holds 65,535 records at most).
//
// Errors (disk, usage) name the path. An unfinished file is the caller's to remove.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataset/definition.h"
#include "sample/record.h"

namespace sluis::sample {

enum class Format { csv, ascii, xlsx, xls };
/// "csv", "ascii", "xlsx", "xls".
std::optional<Format> findFormat(std::string_view name);
/// Of the extension of a data file, lower case without dot: "txt" is ascii.
std::optional<Format> formatOf(std::string_view extension);
std::string_view extensionOf(Format format);

enum class Encoding { utf8, utf8Bom, utf16Le, utf16Be, windows1252 };
std::optional<Encoding> findEncoding(std::string_view name);

struct Dress {
  Format format = Format::csv;
  Encoding encoding = Encoding::utf8;  ///< csv and ascii
  char separator = ';';                ///< csv
  bool quoted = false;                 ///< csv: every cell
  bool numbersAsNumbers = false;       ///< xlsx and xls: BSNs and codes as Excel turns them into numbers
};

/// The columns a delivery has: all fields of the version but the identity that is not used.
using Columns = std::vector<const dataset::FieldDefinition*>;
Columns columnsOf(const dataset::Definition& definition, bool psn);

class Writer {
 public:
  virtual ~Writer() = default;
  virtual void write(const Record& record) = 0;
  /// Once, after the last record: everything is on disk.
  virtual void finish() = 0;
};

/// Makes the file; it may not be there. Error (usage) when the version, the columns or the number of records do not fit
/// the format.
std::unique_ptr<Writer> makeWriter(const std::filesystem::path& path, const Dress& dress,
                                   const dataset::Definition& definition, bool psn, std::uint64_t records);

/// How a cell stands in a spreadsheet: a number, a day (as Excel counts them, from 1900), or text.
struct SheetValue {
  enum class Kind { empty, text, number, day } kind;
  double number = 0;
};
SheetValue sheetValue(std::string_view cell, const dataset::FieldDefinition& field, bool numbersAsNumbers);

// The makers behind makeWriter().
std::unique_ptr<Writer> makeTextWriter(const std::filesystem::path& path, const Dress& dress,
                                       const dataset::Definition& definition, Columns columns);
std::unique_ptr<Writer> makeXlsxWriter(const std::filesystem::path& path, const Dress& dress, Columns columns);
std::unique_ptr<Writer> makeXlsWriter(const std::filesystem::path& path, const Dress& dress, Columns columns);

}  // namespace sluis::sample
