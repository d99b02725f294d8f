#include "xls/sheet.h"

#include <fmt/format.h>

#include "xls/bytes.h"
#include "xlsx/table.h"

namespace sluis::xls {

namespace {

constexpr std::uint16_t kMostColumns = 256;  // [MS-XLS] 2.5.164
constexpr std::uint16_t kWorksheet = 0x0010;
// What only looks at the whole sheet needs.
constexpr Kind kRow{0x0208}, kColumns{0x007D}, kMerged{0x00E5};

// [MS-XLS] 2.5.217: a whole number or the upper part of a double, perhaps a hundred times too big.
double rkNumber(std::uint32_t rk) {
  double number = 0;
  if ((rk & 2) != 0) {
    number = static_cast<std::int32_t>(rk) >> 2;
  } else {
    const std::uint64_t bits = static_cast<std::uint64_t>(rk & ~3U) << 32;
    std::memcpy(&number, &bits, sizeof number);
  }
  return (rk & 1) != 0 ? number / 100 : number;
}

std::string_view errorText(std::uint8_t code) {
  switch (code) {
    case 0x00:
      return "#NULL!";
    case 0x07:
      return "#DIV/0!";
    case 0x0F:
      return "#VALUE!";
    case 0x17:
      return "#REF!";
    case 0x1D:
      return "#NAME?";
    case 0x24:
      return "#NUM!";
    default:
      return "#N/A";
  }
}

/// Steps through the records of one sheet, what lies in it (charts) left out.
class Walk {
 public:
  Walk(Records& records, std::uint32_t offset) : records_(records) {
    records_.seek(offset);
    records_.next();
    if (records_.kind() != Kind::begin || u16(records_.data(), 2) != kWorksheet) refuse(kDamaged);
  }
  /// false at the end of the sheet.
  bool next() {
    for (std::uint32_t depth = 0;;) {
      records_.next();
      if (records_.kind() == Kind::begin) {
        ++depth;
      } else if (records_.kind() == Kind::eof) {
        if (depth == 0) return false;
        --depth;
      } else if (depth == 0) {
        return true;
      }
    }
  }

 private:
  Records& records_;
};

/// What stands of hidden rows, hidden columns and formulas in a sheet, before its first record is given out.
struct Traits {
  std::uint32_t hiddenRows = 0;
  std::uint32_t formulas = 0;
  std::vector<bool> hiddenColumns = std::vector<bool>(kMostColumns);
};

Traits traitsOf(Records& records, std::uint32_t offset) {
  Traits traits;
  for (Walk walk(records, offset); walk.next();) {
    const std::string_view data = records.data();
    if (records.kind() == Kind::formula) ++traits.formulas;
    if (records.kind() == kRow) traits.hiddenRows += (u16(data, 12) & 0x20) != 0 ? 1 : 0;
    if (records.kind() == kColumns && (u16(data, 8) & 1) != 0)
      for (std::uint32_t column = u16(data, 0); column <= u16(data, 2) && column < kMostColumns; ++column)
        traits.hiddenColumns[column] = true;
  }
  return traits;
}

class Sheet {
 public:
  Sheet(Records& records, const Workbook& workbook, std::size_t sheet, const xlsx::Layout& layout)
      : records_(records), workbook_(workbook), offset_(workbook.sheets[sheet].offset), table_(layout) {}

  /// Without a sink no further than the names.
  void read(plugin::BatchSink* sink, std::string detected) {
    sink_ = sink;
    detected_ = std::move(detected);
    if (sink_ != nullptr) traits_ = traitsOf(records_, offset_);
    try {
      for (Walk walk(records_, offset_); walk.next() && !enough_;) take(records_.data());
      if (awaitsText_) refuse(kDamaged);
      if (rowIsBegun_ && !enough_) endRow();
    } catch (const plugin::Unreadable& e) {
      throw plugin::Unreadable(e.what(), e.line != 0 ? e.line : row_);
    }
    table_.finish();
  }
  const xlsx::Table& table() const { return table_; }

 private:
  void take(std::string_view data);
  bool startCell(std::string_view data, std::size_t column);
  void endRow();
  void number(std::uint16_t format, double value);
  void text(std::string_view value);
  void several(std::string_view data);
  void formula(std::string_view data);
  void labels(std::string_view data);
  void checkMerged(std::string_view data) const;

  Records& records_;
  const Workbook& workbook_;
  const std::uint32_t offset_;
  xlsx::Table table_;
  plugin::BatchSink* sink_ = nullptr;
  std::string detected_;
  Traits traits_;
  std::uint32_t row_ = 0;  // in hand, from 1
  bool rowIsBegun_ = false;
  bool enough_ = false;
  bool awaitsText_ = false;  // of a formula: it comes in a record of its own
  std::string* out_ = nullptr;
};

// The cell at the record's row; false when nothing more is wanted.
bool Sheet::startCell(std::string_view data, std::size_t column) {
  if (awaitsText_ || column >= kMostColumns) refuse(kDamaged);
  const std::uint32_t row = u16(data, 0) + 1U;
  if (rowIsBegun_ && row < row_)
    throw plugin::Unreadable(
        "De rijen van het werkblad staan niet op volgorde; open de werkmap in Excel en sla haar opnieuw op.", row);
  if (!rowIsBegun_ || row > row_) {
    if (rowIsBegun_) endRow();
    if (enough_) return false;
    row_ = row;
    rowIsBegun_ = true;
    table_.startRow(row_);
  }
  out_ = &table_.startCell(static_cast<std::uint32_t>(column));
  return true;
}

void Sheet::endRow() {
  if (!table_.endRow()) return;
  if (sink_ == nullptr) {
    enough_ = true;
    return;
  }
  const auto tell = [&](std::uint32_t count, const char* one, const char* more) {
    if (count > 0) detected_ += fmt::format(", {} {} meegelezen", count, count == 1 ? one : more);
  };
  tell(traits_.hiddenRows, "verborgen rij", "verborgen rijen");
  if (table_.headerRow() > 1) detected_ += fmt::format(", kolomnamen in rij {}", table_.headerRow());
  std::uint32_t hidden = 0;
  for (std::uint32_t column = table_.firstColumn(); column <= table_.lastColumn(); ++column)
    hidden += table_.hasColumn(column) && traits_.hiddenColumns[column] ? 1 : 0;
  tell(hidden, "verborgen kolom", "verborgen kolommen");
  if (traits_.formulas > 0) detected_ += ", van formules de laatst berekende uitkomst";
  table_.begin(*sink_, detected_);
}

void Sheet::number(std::uint16_t format, double value) {
  if (workbook_.isDate(format) && xlsx::appendDay(*out_, value, workbook_.system)) return table_.endCell(false);
  xlsx::appendNumber(*out_, value);
  table_.endCell(true);
}

void Sheet::text(std::string_view value) {
  *out_ += value;
  table_.endCell(false);
}

void Sheet::take(std::string_view data) {
  const Kind kind = records_.kind();
  switch (kind) {
    case Kind::number:
      if (startCell(data, u16(data, 2))) number(u16(data, 4), numberAt<double>(data, 6));
      break;
    case Kind::rk:
      if (startCell(data, u16(data, 2))) number(u16(data, 4), rkNumber(u32(data, 6)));
      break;
    case Kind::multipleRk:
      several(data);
      break;
    case Kind::sharedLabel: {
      const std::uint32_t which = u32(data, 6);
      if (which >= workbook_.texts.count()) refuse(kDamaged);
      if (startCell(data, u16(data, 2))) text(workbook_.texts.at(which));
      break;
    }
    case Kind::label:
    case Kind::richString:
      if (startCell(data, u16(data, 2))) labels(data.substr(4));
      break;
    case Kind::boolOrError: {
      const std::uint8_t value = u8(data, 6);
      if (startCell(data, u16(data, 2))) text(u8(data, 7) != 0 ? errorText(value) : value != 0 ? "WAAR" : "ONWAAR");
      break;
    }
    case Kind::formula:
      if (startCell(data, u16(data, 2))) formula(data);
      break;
    case Kind::string:
      if (!awaitsText_) break;
      awaitsText_ = false;
      labels(data);
      break;
    default:
      if (kind == kMerged) checkMerged(data);
      break;
  }
}

// A length and a text: what is left of a record that holds one.
void Sheet::labels(std::string_view data) {
  if (workbook_.version == Version::biff5) {
    const std::size_t before = records_.data().size() - data.size();
    const std::size_t at = records_.kind() == Kind::string ? 0 : 2;  // behind the cell format
    appendOld(*out_, part(records_.data(), before + at + 2, u16(data, at)), workbook_.codePage);
  } else {
    Cursor cursor(records_, records_.kind() == Kind::string ? 0 : 6);
    const std::uint16_t length = cursor.word();
    cursor.appendText(*out_, length);
  }
  table_.endCell(false);
}

void Sheet::several(std::string_view data) {
  std::size_t column = u16(data, 2);
  for (std::size_t at = 4; at + 8 <= data.size(); at += 6, ++column) {
    if (!startCell(data, column)) return;
    number(u16(data, at), rkNumber(u32(data, at + 2)));
  }
}

// [MS-XLS] 2.5.133: a number, or what else it came to.
void Sheet::formula(std::string_view data) {
  constexpr std::uint8_t kText = 0, kBool = 1, kError = 2;
  if (u16(data, 12) != 0xFFFF) return number(u16(data, 4), numberAt<double>(data, 6));
  const std::uint8_t type = u8(data, 6);
  const std::uint8_t value = u8(data, 8);
  if (type == kText)
    awaitsText_ = true;
  else
    text(type == kBool ? (value != 0 ? "WAAR" : "ONWAAR") : type == kError ? errorText(value) : "");
}

// Only the first cell of a merged region has a value: of the others nobody can tell whether they share it.
void Sheet::checkMerged(std::string_view data) const {
  if (sink_ == nullptr || table_.headerRow() == 0) return;
  const std::size_t count = u16(data, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t first = u16(data, 2 + i * 8) + 1U;
    const std::uint32_t last = u16(data, 4 + i * 8) + 1U;
    const std::uint32_t left = u16(data, 6 + i * 8);
    const std::uint32_t right = u16(data, 8 + i * 8);
    if (first == last && left == right) continue;
    if (last <= table_.headerRow() || first > row_ || right < table_.firstColumn() || left > table_.lastColumn())
      continue;
    throw plugin::Unreadable(
        "Tussen de records staan samengevoegde cellen; maak de samenvoeging ongedaan en vul elke cel.",
        std::max(first, table_.headerRow() + 1));
  }
}

}  // namespace

std::vector<std::string> namesIn(Records& records, const Workbook& workbook, std::size_t sheet,
                                 const xlsx::Layout& layout) {
  Sheet reading(records, workbook, sheet, layout);
  reading.read(nullptr, {});
  return reading.table().names();
}

void readSheet(Records& records, const Workbook& workbook, std::size_t sheet, const xlsx::Layout& layout,
               std::string detected, plugin::BatchSink& sink) {
  Sheet reading(records, workbook, sheet, layout);
  reading.read(&sink, std::move(detected));
  if (reading.table().headerRow() == 0)
    refuse("Het werkblad is leeg; in de eerste gevulde rij moeten de kolomnamen staan.");
}

}  // namespace sluis::xls
