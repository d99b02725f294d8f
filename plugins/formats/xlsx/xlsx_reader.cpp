#include "xlsx/xlsx_reader.h"

#include <cstdlib>

#include <fmt/format.h>

#include "plugin/plugin.h"
#include "xlsx/archive.h"
#include "xlsx/hidden_rows.h"
#include "xlsx/sheet.h"
#include "xlsx/sheet_choice.h"
#include "xlsx/sniff.h"
#include "xlsx/workbook.h"

namespace sluis::xlsx {

// libzip asks for local time, for which the C library would read the time zone's file: the worker may open none. This
// zone needs none; it must be set before the worker is confined.
XlsxReader::XlsxReader() {
  ::setenv("TZ", ":", 1);
  ::tzset();
}

void XlsxReader::read(plugin::ByteSource& source, std::string_view layout, plugin::BatchSink& sink) {
  refuseOtherThanZip(source);
  Archive archive(source);
  const Workbook workbook = readWorkbook(archive);
  SharedStrings strings;
  if (!workbook.sharedStrings.empty()) strings.load(*archive.open(workbook.sharedStrings));
  Styles styles;
  if (!workbook.styles.empty()) styles.load(*archive.open(workbook.styles));
  const Layout names(layout);
  const Book book{strings, styles, workbook.dates, names};

  std::vector<SheetChoice::Sheet> sheets;
  for (const SheetEntry& sheet : workbook.sheets) sheets.push_back({!sheet.part.empty(), sheet.hidden});
  const SheetChoice choice(std::move(sheets), names, [&](std::size_t sheet) {
    return namesIn(*archive.open(workbook.sheets[sheet].part), book);
  });
  const std::string& part = workbook.sheets[choice.chosen()].part;
  std::string detected = "xlsx, " + choice.told();
  if (const auto hidden = countHiddenRows(*archive.open(part)); hidden > 0)
    detected += fmt::format(", {} verborgen rij{} meegelezen", hidden, hidden == 1 ? "" : "en");
  if (workbook.dates == DateSystem::from1904) detected += ", datums geteld vanaf 1904";
  readSheet(*archive.open(part), book, std::move(detected), sink);
}

}  // namespace sluis::xlsx

const sluis::plugin::Descriptor* sluis_plugin() {
  using sluis::plugin::FormatReader;
  using sluis::xlsx::XlsxReader;
  static const sluis::plugin::Descriptor descriptor = {
      sluis::plugin::kPluginApi,
      "format",
      "xlsx",
      SLUIS_VERSION,
      []() -> void* { return static_cast<FormatReader*>(new XlsxReader); },
      [](void* instance) { delete static_cast<FormatReader*>(instance); },
  };
  return &descriptor;
}
