#include "cli/report_output.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "cli/output.h"
#include "report/json.h"

namespace sluis::cli {

namespace {

constexpr std::size_t kLargestWorkbook = 256UL << 20;

/// A folder that nobody else can look into, gone when this is.
class PrivateFolder {
 public:
  PrivateFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluis-report-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throwErrno("cannot make a temporary folder");
    path_ = pattern;
  }
  ~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

void putWorkbook(const report::Outcome& outcome, const std::string& file) {
  if (!file.empty()) return report::writeXlsx(outcome, file);
  if (::isatty(STDOUT_FILENO) == 1)
    throw Error(ErrorKind::usage, "a workbook is nothing for a terminal", "add --output report.xlsx");
  const PrivateFolder folder;
  report::writeXlsx(outcome, folder / "report.xlsx");
  print(readFile(folder / "report.xlsx", kLargestWorkbook));
}

}  // namespace

void putOut(const std::string& text, const std::string& file) {
  if (file.empty())
    print(text);
  else
    writeFileDurably(std::filesystem::absolute(file), text);
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
      return putWorkbook(outcome, file);
    case Format::html:
      return putOut(report::renderHtml(outcome), file);
    case Format::svg:
      return putOut(report::renderSvg(outcome), file);
  }
}

}  // namespace sluis::cli
