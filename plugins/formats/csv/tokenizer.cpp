#include "csv/tokenizer.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "csv/scan.h"

namespace sluis::csv {

namespace {

// Behind the text: a block may be classified, and a short cell copied, past its end.
constexpr std::size_t kPadding = 2 * kBlock;
// What is copied of a cell without a look at its length.
constexpr std::size_t kShort = 16;

constexpr const char* kTooLong =
    "Een regel is langer dan 256 KiB; controleer of elk aanhalingsteken gesloten is en elke regel een regeleinde "
    "heeft.";

std::string_view nameOf(char delimiter) {
  return delimiter == ';' ? ";" : delimiter == ',' ? "," : "tab";
}

// What spreadsheets write of an empty row below or between the others: separators alone. No record in a workbook
// either.
bool isBlank(std::string_view row) {
  if (!row.empty() && static_cast<unsigned char>(row.front()) > ' ') [[likely]]
    return false;
  return row.find_first_not_of(" \t\r\n") == row.npos;
}

// What Excel writes before the column names to tell itself the separator.
bool isSeparatorLine(std::string_view line) {
  return line.size() == 5 && (line.starts_with("sep=") || line.starts_with("SEP=")) &&
         (line[4] == ';' || line[4] == ',' || line[4] == '\t');
}

}  // namespace

Tokenizer::Tokenizer(plugin::ByteSource& source) : decoder_(source, "CSV"), buffer_(kLongestLine + kPadding) {}

void Tokenizer::refuse(const std::string& text) const {
  throw plugin::Unreadable(text, line_);
}

// More text behind what is in the buffer; what lies before the cell in hand makes room. false at the end of the source.
bool Tokenizer::fill() {
  if (cell_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + cell_, filled_ - cell_);
    filled_ -= cell_;
    cell_ = 0;
  }
  if (kLongestLine - filled_ < kBlock) refuse(kTooLong);
  try {
    const std::size_t got = decoder_.read(buffer_.data() + filled_, kLongestLine - filled_);
    filled_ += got;
    ended_ = got == 0;
  } catch (const plugin::Unreadable& e) {
    // What is wrong lies right behind the text in the buffer.
    const auto first = buffer_.begin() + static_cast<std::ptrdiff_t>(cell_);
    const auto last = buffer_.begin() + static_cast<std::ptrdiff_t>(filled_);
    throw plugin::Unreadable(e.what(), line_ + innerLines_ + static_cast<std::uint64_t>(std::count(first, last, '\n')));
  }
  return !ended_;
}

void Tokenizer::run(plugin::BatchSink& sink) {
  try {
    readHeader(sink);
    plugin::RowWriter writer(sink, columns_);
    readRows(writer);
    writer.finish();
  } catch (const plugin::Unreadable& e) {
    // The writer does not count lines.
    throw plugin::Unreadable(e.what(), e.line != 0 ? e.line : line_);
  }
}

// Reads until the header line is whole: the position of its line feed, or of the end of the text.
std::size_t Tokenizer::headerEnd() {
  std::size_t at = cell_;
  bool inside = false;
  for (;;) {
    for (; at < filled_; ++at) {
      if (buffer_[at] == '"') inside = !inside;
      if (buffer_[at] == '\n' && !inside) return at;
    }
    const std::size_t begun = cell_;
    if (!fill()) break;
    at -= begun;
  }
  if (inside) refuse("Een aanhalingsteken in de eerste regel is niet gesloten.");
  return filled_;
}

void Tokenizer::chooseDelimiter(std::string_view line) {
  std::size_t most = 0;
  for (const char candidate : {';', ',', '\t'}) {
    std::size_t count = 0;
    bool inside = false;
    for (const char c : line) {
      if (c == '"') inside = !inside;
      if (c == candidate && !inside) ++count;
    }
    if (count > most) {
      most = count;
      delimiter_ = candidate;
    }
  }
}

void Tokenizer::readHeader(plugin::BatchSink& sink) {
  const std::size_t end = headerEnd();
  const bool hasFeed = end < filled_;
  std::string_view line(buffer_.data() + cell_, end - cell_);
  const bool crlf = hasFeed && line.ends_with('\r');
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty())
    refuse(hasFeed ? "De eerste regel is leeg; daar moeten de kolomnamen staan." : "Het bestand is leeg.");
  if (line.find('\r') != std::string_view::npos && line.find('"') == std::string_view::npos)
    refuse("De regels eindigen op een los CR-teken; exporteer het bestand met regeleinden LF of CRLF.");
  if (isSeparatorLine(line) && line_ == 1) {
    delimiter_ = line[4];
    cell_ = std::min(end + 1, filled_);
    ++line_;
    return readHeader(sink);
  }
  if (line_ == 1) chooseDelimiter(line);

  std::vector<std::string> names;
  std::size_t begin = 0;
  bool inside = false;
  for (std::size_t at = 0; at <= line.size(); ++at) {
    if (at < line.size() && line[at] == '"') inside = !inside;
    if (at < line.size() && (line[at] != delimiter_ || inside)) continue;
    names.emplace_back(unquoted(line.substr(begin, at - begin)));
    begin = at + 1;
    if (names.back().size() > kLongestName) refuse("Een kolomnaam is te lang; staan in de eerste regel de kolomnamen?");
    if (names.size() > kMostColumns) refuse("De eerste regel heeft meer dan 1000 kolommen.");
  }
  columns_ = static_cast<std::uint32_t>(names.size());
  // Of quotes is told what the first part of the text has, as of the encoding.
  const bool quotes = std::memchr(buffer_.data(), '"', filled_) != nullptr;
  sink.header(names, fmt::format("{}, scheidingsteken {}{}, {}, {} aanhalingstekens",
                                 text::describe(decoder_.encoding()), nameOf(delimiter_), line_ > 1 ? " (sep=)" : "",
                                 crlf ? "CRLF" : "LF", quotes ? "met" : "zonder"));
  line_ += 1 + innerLines_;
  innerLines_ = 0;
  cell_ = std::min(end + 1, filled_);
}

// A cell with a quote in it, without its quotes. RFC 4180 §2.5–2.7 allows any only in a cell that is quoted whole;
// others are read as they stand (6' 2" N) as long as nothing between them could be a separator.
std::string_view Tokenizer::unquoted(std::string_view cell) {
  std::size_t quote = cell.find('"');
  if (quote == std::string_view::npos) return cell;
  if (quote != 0) {
    if (cell.find(delimiter_) == std::string_view::npos && cell.find('\n') == std::string_view::npos) return cell;
    refuse(
        "Een aanhalingsteken staat midden in een cel; zet dan de hele cel tussen aanhalingstekens en verdubbel het.");
  }
  if (cell.size() < 2 || cell.back() != '"') refuse("Na een gesloten aanhalingsteken staat nog tekst in de cel.");
  cell = cell.substr(1, cell.size() - 2);
  innerLines_ += static_cast<std::uint64_t>(std::count(cell.begin(), cell.end(), '\n'));
  quote = cell.find('"');
  if (quote == std::string_view::npos) return cell;
  unquoted_.clear();
  for (std::size_t at = 0; at < cell.size(); ++at) {
    unquoted_ += cell[at];
    if (cell[at] != '"') continue;
    if (at + 1 == cell.size() || cell[at + 1] != '"')
      refuse("Een aanhalingsteken in een cel is niet verdubbeld, of een cel is niet goed gesloten.");
    ++at;
  }
  return unquoted_;
}

bool Tokenizer::finishRow(plugin::RowWriter& writer, std::size_t end) {
  if (cellsInRow_ != columns_)
    refuse(fmt::format("De regel heeft {} cellen in plaats van {}; controleer scheidingstekens en aanhalingstekens.",
                       cellsInRow_, columns_));
  const bool blank = isBlank(writer.rowText());
  if (blank)
    writer.dropRow();
  else
    writer.endRow();
  line_ += 1 + innerLines_;
  innerLines_ = 0;
  cellsInRow_ = 0;
  cell_ = end + 1;
  return !blank;
}

void Tokenizer::refuseTooManyCells() const {
  refuse(fmt::format("De regel heeft meer dan {} cellen; controleer scheidingstekens en aanhalingstekens.", columns_));
}

void Tokenizer::takeCell(plugin::RowWriter& writer, std::size_t end, bool endsRow, bool quoted) {
  const char* begin = buffer_.data() + cell_;
  std::size_t size = end - cell_;
  if (endsRow) {
    if (size > 0 && begin[size - 1] == '\r') --size;
    if (size == 0 && cellsInRow_ == 0) {  // a blank line
      ++line_;
      cell_ = end + 1;
      return;
    }
  }
  if (cellsInRow_ == columns_) refuseTooManyCells();
  writer.cell(quoted ? unquoted({begin, size}) : std::string_view(begin, size));
  ++cellsInRow_;
  if (endsRow)
    finishRow(writer, end);
  else
    cell_ = end + 1;
}

// The cells that end in the block at `at`, none of which has a quote. false, and nothing done, when they may not fit.
bool Tokenizer::takeBlock(plugin::RowWriter& writer, std::size_t at, std::uint64_t delimiters, std::uint64_t feeds) {
  auto room = writer.pen(kBlock, at + kBlock - cell_ + kShort);
  if (!room) return false;
  // Locals: what is written to the batch could be any member, as far as a compiler knows.
  plugin::RowWriter::Pen pen = *room;
  const char* const text = buffer_.data();
  std::size_t cell = cell_;
  std::uint32_t inRow = cellsInRow_;
  const auto put = [&](std::size_t size) {
    // Which cells are empty nobody can predict: a fixed number of bytes needs no branch on it.
    std::memcpy(pen.text + pen.used, text + cell, kShort);
    if (size > kShort) [[unlikely]]
      std::memcpy(pen.text + pen.used + kShort, text + cell + kShort, size - kShort);
    pen.used += static_cast<std::uint32_t>(size);
    *pen.ends++ = pen.used;
  };
  for (;;) {
    const std::uint64_t feed = feeds & (0 - feeds);
    const std::uint32_t* const before = pen.ends;
    // Up to the feed; all of them when there is none.
    for (std::uint64_t here = delimiters & (feed - 1); here != 0; here &= here - 1) {
      const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(here));
      put(end - cell);
      cell = end + 1;
    }
    inRow += static_cast<std::uint32_t>(pen.ends - before);
    if (feed == 0) break;
    delimiters &= ~(feed - 1);
    feeds ^= feed;
    const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(feed));
    std::size_t size = end - cell;
    if (size > 0 && text[end - 1] == '\r') --size;
    if (size == 0 && inRow == 0) {  // a blank line
      ++line_;
      cell = end + 1;
      continue;
    }
    if (inRow >= columns_) refuseTooManyCells();
    put(size);
    cellsInRow_ = inRow + 1;
    writer.written(pen);
    if (!finishRow(writer, end)) pen = *writer.pen(0, 0);
    inRow = 0;
    cell = end + 1;
  }
  if (inRow > columns_) refuseTooManyCells();
  writer.written(pen);
  cellsInRow_ = inRow;
  cell_ = cell;
  return true;
}

void Tokenizer::readRows(plugin::RowWriter& writer) {
  std::size_t at = cell_;    // what is not classified yet
  std::uint64_t inside = 0;  // all ones when `at` lies inside quotes
  bool quoted = false;       // the cell in hand has a quote
  for (;;) {
    const std::size_t left = filled_ - at;
    if (left < kBlock && !ended_) {
      const std::size_t before = cell_;
      fill();
      at -= before;
      continue;
    }
    if (left == 0) break;
    const std::uint64_t whole = left >= kBlock ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
    const BlockMasks masks = classify(buffer_.data() + at, delimiter_);
    const std::uint64_t quotes = masks.quote & whole;
    std::uint64_t separators = masks.separator & whole;
    if ((quotes | inside) != 0) {
      const std::uint64_t covered = insideQuotes(quotes) ^ inside;
      separators &= ~covered;
      inside = 0 - (covered >> 63);
    }
    if (quotes == 0 && !quoted) {
      const std::uint64_t feeds = masks.feed & separators;
      if (takeBlock(writer, at, separators ^ feeds, feeds)) separators = 0;
      for (; separators != 0; separators &= separators - 1) {
        const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(separators));
        takeCell(writer, end, buffer_[end] == '\n', false);
      }
    } else {
      quoted |= quotes != 0;
      for (; separators != 0; separators &= separators - 1) {
        const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(separators));
        takeCell(writer, end, buffer_[end] == '\n', true);
        quoted = false;
        if (cell_ < at + kBlock) quoted = (quotes >> (cell_ - at)) != 0;
      }
    }
    at += std::min(left, kBlock);
  }
  if (inside != 0) refuse("Een aanhalingsteken is geopend en niet gesloten; het bestand is misschien afgebroken.");
  if (cell_ < filled_ || cellsInRow_ > 0) takeCell(writer, filled_, true, true);
}

}  // namespace sluis::csv
