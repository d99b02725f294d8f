#include "cli/report_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/output.h"
#include "report/json.h"

namespace sluis::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLargestWorkbook = 256UL << 20;
constexpr unsigned kMode = 0640;  // a provider's own figures are for who asked; whoever wants more says so by chmod

/// A folder that nobody else can look into, gone when this is.
class PrivateFolder {
 public:
  PrivateFolder() {
    std::string pattern = (fs::temp_directory_path() / "sluis-report-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throwErrno("cannot make a temporary folder");
    path_ = pattern;
  }
  ~PrivateFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string workbookOf(const report::Outcome& outcome) {
  const PrivateFolder folder;
  report::writeXlsx(outcome, folder / "report.xlsx");
  return readFile(folder / "report.xlsx", kLargestWorkbook);
}

}  // namespace

report::Format formatFor(const std::string& word, const std::string& file) {
  if (word.empty()) {
    const std::string ending = fs::path(file).extension().string();
    return report::formatFrom(ending.empty() ? "" : ending.substr(1)).value_or(report::Format::text);
  }
  const auto format = report::formatFrom(word);
  if (!format)
    throw Error(ErrorKind::usage, fmt::format("there is no such format; possible are: {}", report::formatNames()));
  return *format;
}

void putOut(const std::string& text, const std::string& file) {
  if (file.empty()) return print(text);
  const fs::path path = fs::absolute(file);
  std::error_code ignored;
  const fs::file_status there = fs::status(path, ignored);
  if (fs::is_directory(there)) throw Error(ErrorKind::usage, file + " is a folder", "name a file in it");
  if (!fs::is_directory(path.parent_path(), ignored))
    throw Error(ErrorKind::usage, fmt::format("there is no folder {}", path.parent_path().string()));
  // A device or a pipe: a file put in its place would take it from everybody.
  if (fs::exists(there) && !fs::is_regular_file(there))
    return writeAll(openFile(path, O_WRONLY).get(), text, path.string());
  writeFileDurably(path, text, kMode);
}

void putOut(const report::Outcome& outcome, report::Format format, const std::string& file) {
  using report::Format;
  switch (format) {
    case Format::text:
      return putOut(report::renderText(outcome, file.empty() ? report::styleOfTerminal() : report::TextStyle{}), file);
    case Format::json:
      return putOut(report::jsonOf(outcome).dump(2) + "\n", file);
    case Format::csv:
      return putOut(report::renderCsv(outcome), file);
    case Format::xlsx:
      if (file.empty() && ::isatty(STDOUT_FILENO) == 1)
        throw Error(ErrorKind::usage, "a workbook is nothing for a terminal", "add --output report.xlsx");
      return putOut(workbookOf(outcome), file);
    case Format::html:
      return putOut(report::renderHtml(outcome), file);
    case Format::svg:
      return putOut(report::renderSvg(outcome), file);
  }
}

}  // namespace sluis::cli
