#include "xls/xls_reader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "plugin/plugin.h"
#include "text/disguise.h"
#include "xls/bytes.h"
#include "xls/compound_file.h"
#include "xls/sheet.h"
#include "xlsx/sheet_choice.h"

namespace sluis::xls {

namespace {

// Excel 2 to 4 wrote the records of one sheet without a container ([MS-XLS] 2.4.21 tells the later ones).
bool isBeforeExcel5(std::string_view start) {
  return start.size() >= 4 && start[0] == '\x09' && (start[1] == 0 || start[1] == 2 || start[1] == 4) && start[3] == 0;
}

bool isText(std::string_view start) {
  return std::none_of(start.begin(), start.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
  });
}

void refuseOtherThanCompound(plugin::ByteSource& source) {
  std::array<char, 1024> bytes;
  const std::string_view start(bytes.data(), source.readAt(0, bytes));
  if (start.empty()) refuse("Het bestand is leeg.");
  if (CompoundFile::isOne(start)) return;
  if (isBeforeExcel5(start))
    refuse("De werkmap is van vóór Excel 5 (1993) en wordt niet gelezen; open haar in Excel en sla haar op als .xlsx.");
  if (const std::string_view really = text::disguise(start); !really.empty())
    throw plugin::Unreadable(
        fmt::format("Het bestand is {} en geen oude Excel-werkmap (.xls); geef het de goede extensie, of open het in "
                    "Excel en sla het op als Excel-werkmap (.xlsx).",
                    really));
  if (isText(start) || start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF"))
    refuse(
        "Het bestand is tekst (CSV?) en geen Excel-werkmap; geef het de extensie .csv of sla het op als Excel-werkmap "
        "(.xlsx).");
  refuse(
      "Het bestand is geen Excel-werkmap of is beschadigd overgebracht; sla het opnieuw op en lever het opnieuw aan.");
}

Stream streamOf(const CompoundFile& file) {
  for (const char* name : {"Workbook", "Book"})
    if (file.has(name)) return file.open(name);
  if (file.has("EncryptedPackage"))
    refuse("De werkmap is beveiligd met een wachtwoord; sla haar op zonder wachtwoord en lever haar opnieuw aan.");
  if (file.has("WordDocument")) refuse("Het bestand is een Word-document; lever een Excel-werkmap of CSV aan.");
  refuse("Het bestand is een Office-bestand zonder werkmap; sla de gegevens op als Excel-werkmap (.xlsx).");
}

}  // namespace

void XlsReader::read(plugin::ByteSource& source, std::string_view layout, plugin::BatchSink& sink) {
  refuseOtherThanCompound(source);
  const CompoundFile file(source);
  const Stream stream = streamOf(file);
  Records records(stream);
  const Workbook workbook = readWorkbook(records);
  const xlsx::Layout names(layout);
  std::vector<xlsx::SheetChoice::Sheet> sheets;
  for (const SheetEntry& sheet : workbook.sheets) sheets.push_back({sheet.isWorksheet, sheet.hidden});
  const xlsx::SheetChoice choice(std::move(sheets), names,
                                 [&](std::size_t sheet) { return namesIn(records, workbook, sheet, names); });
  std::string detected = "xls, " + choice.told();
  if (workbook.system == xlsx::DateSystem::from1904) detected += ", datums geteld vanaf 1904";
  readSheet(records, workbook, choice.chosen(), names, std::move(detected), sink);
}

}  // namespace sluis::xls

const sluis::plugin::Descriptor* sluis_plugin() {
  using sluis::plugin::FormatReader;
  using sluis::xls::XlsReader;
  static const sluis::plugin::Descriptor descriptor = {
      sluis::plugin::kPluginApi,
      "format",
      "xls",
      SLUIS_VERSION,
      []() -> void* { return static_cast<FormatReader*>(new XlsReader); },
      [](void* instance) { delete static_cast<FormatReader*>(instance); },
  };
  return &descriptor;
}
