#include "sample/writer.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "base/time.h"

namespace sluis::sample {

namespace {

using dataset::Form;

struct FormatName {
  Format format;
  std::string_view name;
  std::string_view extension;
  std::uint64_t most;  ///< records, below a line of headers
};
constexpr FormatName kFormats[] = {{Format::csv, "csv", "csv", UINT64_MAX},
                                   {Format::ascii, "ascii", "asc", UINT64_MAX},
                                   {Format::xlsx, "xlsx", "xlsx", 1048575},
                                   {Format::xls, "xls", "xls", 65535}};

bool allDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

unsigned number(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

std::optional<Format> findFormat(std::string_view name) {
  for (const FormatName& each : kFormats)
    if (each.name == name) return each.format;
  return std::nullopt;
}

std::optional<Format> formatOf(std::string_view extension) {
  if (extension == "txt") return Format::ascii;
  for (const FormatName& each : kFormats)
    if (each.extension == extension) return each.format;
  return std::nullopt;
}

std::string_view extensionOf(Format format) {
  return kFormats[static_cast<std::size_t>(format)].extension;
}

std::optional<Encoding> findEncoding(std::string_view name) {
  constexpr std::pair<std::string_view, Encoding> kEncodings[] = {{"utf-8", Encoding::utf8},
                                                                  {"utf-8-bom", Encoding::utf8Bom},
                                                                  {"utf-16le", Encoding::utf16Le},
                                                                  {"utf-16be", Encoding::utf16Be},
                                                                  {"windows-1252", Encoding::windows1252}};
  for (const auto& [known, encoding] : kEncodings)
    if (known == name) return encoding;
  return std::nullopt;
}

Columns columnsOf(const dataset::Definition& definition, bool psn) {
  Columns columns;
  for (const dataset::FieldDefinition& field : definition.fields())
    if (field.field != (psn ? dataset::Field::bsn : dataset::Field::psn)) columns.push_back(&field);
  return columns;
}

SheetValue sheetValue(std::string_view cell, const dataset::FieldDefinition& field, bool numbersAsNumbers) {
  using Kind = SheetValue::Kind;
  if (cell.empty()) return {Kind::empty};
  const bool digits = allDigits(cell);
  if ((field.form == Form::date || field.form == Form::birthDate) && digits && cell.size() == 8) {
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(number(cell.substr(0, 4)))) /
                                           number(cell.substr(4, 2)) / number(cell.substr(6)));
    // Excel counts from 1900 and takes that year for a leap year: right from March on.
    constexpr Day kDayNought = std::chrono::year(1899) / 12 / 30;
    if (date.ok() && date.year() > std::chrono::year(1900) && date.year() < std::chrono::year(2200))
      return {Kind::day, static_cast<double>((Day(date) - kDayNought).count())};
  }
  // Digits of the right number only: any others are a fault, which padding with zeros on reading would hide.
  const bool lostItsZeros = numbersAsNumbers && (field.form == Form::bsn || field.form == Form::code) &&
                            cell.size() == dataset::digitsOf(field.form);
  if (digits && (field.form == Form::number || lostItsZeros)) return {Kind::number, static_cast<double>(number(cell))};
  return {Kind::text};
}

std::unique_ptr<Writer> makeWriter(const std::filesystem::path& path, const Dress& dress,
                                   const dataset::Definition& definition, bool psn, std::uint64_t records) {
  const FormatName& format = kFormats[static_cast<std::size_t>(dress.format)];
  if (records > format.most)
    throw Error(ErrorKind::usage, fmt::format("an .{} file holds {} records at most", format.extension, format.most),
                "take another format, or fewer records");
  switch (dress.format) {
    case Format::xlsx:
      return makeXlsxWriter(path, dress, columnsOf(definition, psn));
    case Format::xls:
      return makeXlsWriter(path, dress, columnsOf(definition, psn));
    case Format::ascii:
      if (std::none_of(definition.ascii().begin(), definition.ascii().end(), [&](const dataset::LayoutField& at) {
            return at.field == (psn ? dataset::Field::psn : dataset::Field::bsn);
          }))
        throw Error(ErrorKind::usage,
                    fmt::format("{} {} has no fixed-width layout with {}", definition.dataset(), definition.version(),
                                psn ? "a pre-pseudonym" : "a BSN"),
                    "take another format");
      break;
    case Format::csv:
      break;
  }
  return makeTextWriter(path, dress, definition, columnsOf(definition, psn));
}

}  // namespace sluis::sample
