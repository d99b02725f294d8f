#include "xlsx/sheet.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "xlsx/cell_ref.h"
#include "xlsx/string_item.h"
#include "xlsx/table.h"
#include "xlsx/xml.h"

namespace sluis::xlsx {

namespace {

enum class Group { other, columns, rows, merged };
enum class Type { number, shared, text, boolean, error, day };

constexpr const char* kResave = "; open de werkmap in Excel en sla haar opnieuw op.";

Type typeOf(std::string_view type) {
  if (type == "s") return Type::shared;
  if (type == "str" || type == "inlineStr") return Type::text;
  if (type == "b") return Type::boolean;
  if (type == "e") return Type::error;
  return type == "d" ? Type::day : Type::number;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// A whole number as it stands there: most numbers are.
bool isPlain(std::string_view stored) {
  return stored.size() <= 15 && (stored[0] != '0' || stored.size() == 1) &&
         stored.find_first_not_of("0123456789") == stored.npos;
}

class SheetRows final : public XmlContent {
 public:
  SheetRows(const Book& book, std::string detected, plugin::BatchSink* sink)
      : book_(book), detected_(std::move(detected)), sink_(sink), table_(book.layout), hidden_(kMostSheetColumns) {}

  void start(int depth, const char* name, Attributes attributes) override;
  void end(int depth) override;
  void text(const char* data, std::size_t size) override;
  std::uint64_t row() const override { return row_; }

  Table& table() { return table_; }

 private:
  [[noreturn]] void refuse(const std::string& text) const { throw plugin::Unreadable(text, row_); }
  void hideColumns(Attributes attributes);
  void checkMerged(Attributes attributes) const;
  void startRow(Attributes attributes);
  void endRow();
  void startCell(Attributes attributes);
  void placeCell(const char* ref);
  void endCell();
  bool appendValue(std::string& out) const;
  void beginRecords();

  const Book& book_;
  std::string detected_;
  plugin::BatchSink* sink_;  // null: only the names are wanted
  Table table_;
  std::vector<bool> hidden_;  // columns
  std::uint32_t columnElements_ = 0;

  Group group_ = Group::other;
  std::uint32_t row_ = 0;  // the last one begun
  bool inRow_ = false;
  bool rowIsStated_ = false;  // else its first cell may say which it is
  bool rowIsBegun_ = false;   // in the table
  std::uint32_t nextColumn_ = 0;

  bool inCell_ = false;
  std::uint32_t column_ = 0;
  Type type_ = Type::number;
  std::uint32_t style_ = 0;
  bool hasFormula_ = false;
  bool inValue_ = false;
  StringItem inline_;
  std::string value_;
};

void SheetRows::start(int depth, const char* name, Attributes attributes) {
  const auto is = [&](const char* other) { return std::strcmp(name, other) == 0; };
  if (depth == 5 && inCell_) {
    inValue_ = is("v");
    if (inValue_) value_.clear();
    hasFormula_ |= is("f");
    if (is("is")) inline_.begin();
  } else if (depth == 4 && inRow_) {
    if (is("c")) startCell(attributes);
  } else if (depth == 3) {
    if (group_ == Group::rows && is("row")) startRow(attributes);
    if (group_ == Group::columns && is("col")) hideColumns(attributes);
    if (group_ == Group::merged && is("mergeCell")) checkMerged(attributes);
  } else if (depth == 2) {
    group_ = is("sheetData")    ? Group::rows
             : is("cols")       ? Group::columns
             : is("mergeCells") ? Group::merged
                                : Group::other;
  } else if (depth == 1) {
    if (!is("worksheet")) refuse("Een werkblad van de werkmap is geen werkblad" + std::string(kResave));
  } else if (inline_.isOpen()) {
    inline_.start(depth - 5, name);
  }
}

void SheetRows::end(int depth) {
  if (depth == 5 && inCell_) {
    if (inValue_ && type_ == Type::text) unescape(value_);
    inValue_ = false;
    if (inline_.isOpen()) {
      value_ = inline_.finish();
      type_ = Type::text;
    }
  } else if (depth == 4 && inCell_) {
    endCell();
  } else if (depth == 3 && inRow_) {
    endRow();
  } else if (inline_.isOpen()) {
    inline_.end(depth - 5);
  }
}

void SheetRows::text(const char* data, std::size_t size) {
  if (inValue_) {
    if (size > StringItem::kLongest - value_.size())
      refuse("Een cel bevat meer tekst dan Excel toestaat; controleer de werkmap.");
    value_.append(data, size);
  } else if (inline_.isOpen()) {
    inline_.text({data, size});
  }
}

void SheetRows::hideColumns(Attributes attributes) {
  if (++columnElements_ > kMostSheetColumns) refuse("Het werkblad heeft te veel kolommen" + std::string(kResave));
  if (sink_ == nullptr || !isTrue(attributeOf(attributes, "hidden"))) return;
  const std::uint32_t last = numberOr(attributeOf(attributes, "max"), kMostSheetColumns, kMostSheetColumns);
  for (std::uint32_t column = numberOr(attributeOf(attributes, "min"), last, last); column <= last; ++column)
    if (column > 0) hidden_[column - 1] = true;
}

// Only the first cell of a merged region has a value: of the others nobody can tell whether they share it.
void SheetRows::checkMerged(Attributes attributes) const {
  const char* ref = attributeOf(attributes, "ref");
  const auto range = cellRangeOf(ref == nullptr ? "" : ref);
  if (!range || table_.lastRow() == 0) return;
  const auto& [first, last] = *range;
  if (first.row == last.row && first.column == last.column) return;
  if (last.row <= table_.headerRow() || first.row > table_.lastRow()) return;
  if (last.column < table_.firstColumn() || first.column > table_.lastColumn()) return;
  throw plugin::Unreadable(
      "Tussen de records staan samengevoegde cellen; maak de samenvoeging ongedaan en vul elke cel.",
      std::max(first.row, table_.headerRow() + 1));
}

void SheetRows::startRow(Attributes attributes) {
  const char* number = attributeOf(attributes, "r");
  const std::uint32_t row = number == nullptr ? row_ + 1 : numberOr(number, kMostRows, 0);
  if (row == 0 || row > kMostRows) refuse("Een rij ligt buiten wat een werkblad kan bevatten" + std::string(kResave));
  if (row <= row_) refuse("De rijen van het werkblad staan niet op volgorde" + std::string(kResave));
  row_ = row;
  inRow_ = true;
  rowIsStated_ = number != nullptr;
  rowIsBegun_ = false;
  nextColumn_ = 0;
}

void SheetRows::endRow() {
  inRow_ = false;
  if (rowIsBegun_ && table_.endRow()) beginRecords();
}

void SheetRows::startCell(Attributes attributes) {
  const char* ref = nullptr;
  type_ = Type::number;
  style_ = 0;
  for (; *attributes != nullptr; attributes += 2) {
    const char* name = attributes[0];
    if (name[0] == '\0' || name[1] != '\0') continue;
    if (name[0] == 'r') ref = attributes[1];
    if (name[0] == 's') style_ = numberOr(attributes[1], 1 << 16, 0);
    if (name[0] == 't') type_ = typeOf(attributes[1]);
  }
  placeCell(ref);
  inCell_ = true;
  hasFormula_ = inValue_ = false;
  value_.clear();
}

// Sets column_, and begins the row in the table with its first cell.
void SheetRows::placeCell(const char* ref) {
  column_ = nextColumn_;
  if (ref != nullptr) {
    const auto at = cellRefOf(ref);
    if (!at) refuse("Een cel ligt buiten wat een werkblad kan bevatten" + std::string(kResave));
    if (!rowIsStated_ && !rowIsBegun_ && at->row > row_) row_ = at->row;
    if (at->row != row_) refuse("Een cel staat in een andere rij dan zij zegt" + std::string(kResave));
    column_ = at->column;
  }
  if (column_ >= kMostSheetColumns)
    refuse("Een rij heeft meer cellen dan een werkblad kan bevatten" + std::string(kResave));
  nextColumn_ = column_ + 1;
  if (!rowIsBegun_) table_.startRow(row_);
  rowIsBegun_ = true;
}

void SheetRows::endCell() {
  inCell_ = false;
  if (hasFormula_ && value_.empty() && type_ != Type::text) {
    if (sink_ != nullptr)
      refuse("De rij bevat een formule zonder uitkomst; open de werkmap in Excel, laat haar rekenen en sla haar op.");
    value_ = "?";  // enough to know that something stands there
  }
  std::string& out = table_.startCell(column_);
  if (!value_.empty()) table_.endCell(appendValue(out));
}

// Whether it is a number of which leading zeros may be lost.
bool SheetRows::appendValue(std::string& out) const {
  switch (type_) {
    case Type::text:
    case Type::error:  // as it stands there: the rules of the field find it, with its row
      out += value_;
      return false;
    case Type::boolean:
      out += value_ == "1" ? "WAAR" : value_ == "0" ? "ONWAAR" : value_;
      return false;
    case Type::shared: {
      const std::string_view stored = trimmed(value_);
      const std::uint32_t number = numberOr(stored, 0xFFFFFFFE, 0xFFFFFFFF);
      if (number >= book_.strings.count())
        refuse("Een cel verwijst naar een tekst die niet in de werkmap staat" + std::string(kResave));
      book_.strings.appendTo(out, number);
      return false;
    }
    case Type::day:
      if (!appendIsoDay(out, trimmed(value_))) out += value_;
      return false;
    case Type::number:
      break;
  }
  const std::string_view stored = trimmed(value_);
  const bool isDate = book_.styles.isDate(style_);
  if (!isDate && !stored.empty() && isPlain(stored)) {
    out += stored;
    return true;
  }
  const auto number = numberOf(stored);
  if (!number) {
    out += stored;
    return false;
  }
  if (isDate && appendDay(out, *number, book_.dates)) return false;
  appendNumber(out, *number);
  return true;
}

void SheetRows::beginRecords() {
  if (sink_ == nullptr) return enough();
  if (table_.headerRow() > 1) detected_ += fmt::format(", kolomnamen in rij {}", table_.headerRow());
  std::uint32_t hidden = 0;
  for (std::uint32_t column = table_.firstColumn(); column <= table_.lastColumn(); ++column)
    hidden += table_.hasColumn(column) && hidden_[column] ? 1 : 0;
  if (hidden > 0) detected_ += fmt::format(", {} verborgen kolom{} meegelezen", hidden, hidden == 1 ? "" : "men");
  table_.begin(*sink_, detected_);
}

}  // namespace

std::vector<std::string> namesIn(Part& sheet, const Book& book) {
  SheetRows rows(book, "", nullptr);
  walkXml(sheet, rows);
  return rows.table().names();
}

void readSheet(Part& sheet, const Book& book, std::string detected, plugin::BatchSink& sink) {
  SheetRows rows(book, std::move(detected), &sink);
  walkXml(sheet, rows);
  if (rows.table().headerRow() == 0)
    throw plugin::Unreadable("Het werkblad is leeg; in de eerste gevulde rij moeten de kolomnamen staan.");
  rows.table().finish();
}

}  // namespace sluis::xlsx
