#include "xlsx/table.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluis::xlsx {

namespace {

bool isBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

}  // namespace

Table::Table(const Layout& layout) : layout_(layout), slots_(kMostSheetColumns, -1), seen_(kMostSheetColumns) {}

void Table::refuse(const std::string& text) const {
  throw plugin::Unreadable(text, row_);
}

void Table::startRow(std::uint32_t row) {
  row_ = row;
  text_.clear();
  head_.clear();
  std::fill(cells_.begin(), cells_.end(), Cell{});
  filled_ = false;
}

std::string& Table::startCell(std::uint32_t column) {
  if (seen_[column] == row_)
    refuse("Een cel staat twee keer in de rij; open de werkmap in Excel en sla haar opnieuw op.");
  seen_[column] = row_;
  column_ = column;
  begin_ = static_cast<std::uint32_t>(text_.size());
  return text_;
}

void Table::endCell(bool isNumber) {
  if (text_.size() > kLongestRow) refuse("Een rij bevat meer dan 256 KiB tekst; controleer de werkmap.");
  const Cell cell{begin_, static_cast<std::uint32_t>(text_.size()) - begin_};
  if (cell.size == 0) return;
  const bool blank = isBlank(std::string_view(text_).substr(begin_));
  if (headerRow_ == 0) {
    if (!blank) head_.emplace_back(column_, cell);
    return;
  }
  const std::int32_t slot = slots_[column_];
  if (slot < 0) {
    if (!blank)
      refuse(
          fmt::format("Onder een kolom zonder naam (kolom {}) staat een gevulde cel; geef de kolom een naam of maak "
                      "de cel leeg.",
                      columnLetters(column_)));
    return;
  }
  const auto name = static_cast<std::size_t>(slot);
  cells_[name] = cell;
  filled_ |= !blank;
  if (!isNumber || cell.size >= digits_[name]) return;
  if (text_.find_first_not_of("0123456789", begin_) != std::string::npos) return;
  text_.insert(begin_, digits_[name] - cell.size, '0');
  cells_[name].size = digits_[name];
}

bool Table::endRow() {
  if (headerRow_ == 0) {
    if (!head_.empty()) nameColumns();
    return !head_.empty();
  }
  if (filled_) writeRecord();
  return false;
}

void Table::nameColumns() {
  if (head_.size() > kMostColumns) refuse("De rij met kolomnamen heeft meer dan 1000 kolommen.");
  std::sort(head_.begin(), head_.end(), [](const auto& one, const auto& other) { return one.first < other.first; });
  for (const auto& [column, cell] : head_) {
    if (cell.size > kLongestName) refuse("Een kolomnaam is te lang; staan in de eerste gevulde rij de kolomnamen?");
    slots_[column] = static_cast<std::int32_t>(names_.size());
    names_.push_back(text_.substr(cell.begin, cell.size));
    digits_.push_back(layout_.digitsOf(names_.back()));
    columns_.push_back(column);
  }
  cells_.resize(names_.size());
  headerRow_ = row_;
}

void Table::writeRecord() {
  lastRow_ = row_;
  if (!writer_) return;
  for (const Cell& cell : cells_) writer_->cell(std::string_view(text_).substr(cell.begin, cell.size));
  writer_->endRow();
}

void Table::begin(plugin::BatchSink& sink, std::string_view detected) {
  sink.header(names_, detected);
  writer_.emplace(sink, static_cast<std::uint32_t>(names_.size()));
}

void Table::finish() {
  if (writer_) writer_->finish();
}

}  // namespace sluis::xlsx
