#include "ascii/lines.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "ascii/scan.h"

namespace sluis::ascii {

namespace {

// Behind the text: a block may be classified, and a short cell looked at, past its end.
constexpr std::size_t kPadding = 2 * kBlock;
constexpr char kEndMark = '\x1A';

bool isBlank(const char* text, std::size_t size) {
  return std::all_of(text, text + size, [](char c) { return c == ' '; });
}

// Leading zeros that a number of fixed width is padded with, beyond `digits` of it.
std::uint32_t padding(std::string_view cell, std::uint32_t digits) {
  if (cell.size() <= digits || cell.front() != '0' || cell.find_first_not_of("0123456789") != cell.npos) return 0;
  const std::size_t zeros = std::min(cell.find_first_not_of('0'), cell.size());
  return static_cast<std::uint32_t>(std::min(zeros, cell.size() - digits));
}

// Names of the layout in a first line: somebody left a header there, or it is another format.
bool holdsNames(std::string_view line, const Layout& layout) {
  std::string lower(line.substr(0, 4096));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto found = std::count_if(layout.names.begin(), layout.names.end(), [&](const std::string& name) {
    return name.size() >= 3 && lower.find(name) != std::string::npos;
  });
  return found >= (layout.names.size() == 1 ? 1 : 2);
}

bool looksDelimited(std::string_view line) {
  return std::count(line.begin(), line.end(), ';') >= 3 || std::count(line.begin(), line.end(), '|') >= 3;
}

}  // namespace

Lines::Lines(plugin::ByteSource& source, const Layout& layout)
    : layout_(layout),
      decoder_(source, "ASCII met vaste posities"),
      buffer_(kLongestLine + kPadding),
      padded_(layout.width + kPadding) {}

void Lines::refuse(const std::string& text) const {
  throw plugin::Unreadable(text, number_);
}

// More text behind what is in the buffer; lines that are done make room. false at the end of the source.
bool Lines::fill() {
  std::memmove(buffer_.data(), buffer_.data() + line_, filled_ - line_);
  filled_ -= line_;
  line_ = 0;
  if (kLongestLine - filled_ < kBlock)
    refuse("Een regel is langer dan 256 KiB; elke regel is één record en eindigt op een regeleinde.");
  try {
    const std::size_t got = decoder_.read(buffer_.data() + filled_, kLongestLine - filled_);
    filled_ += got;
    ended_ = got == 0;
  } catch (const plugin::Unreadable& e) {
    // What is wrong lies right behind the text in the buffer, which is less than a block and the line in hand.
    const auto feeds = std::count(buffer_.data(), buffer_.data() + filled_, '\n');
    throw plugin::Unreadable(e.what(), number_ + static_cast<std::uint64_t>(feeds));
  }
  return !ended_;
}

void Lines::run(plugin::BatchSink& sink) {
  sink_ = &sink;
  std::size_t at = 0;  // what is not classified yet
  for (;;) {
    const std::size_t left = filled_ - at;
    if (left < kBlock && !ended_) {
      at -= line_;
      fill();
      continue;
    }
    if (left == 0) break;
    std::uint64_t found = controls(buffer_.data() + at);
    if (left < kBlock) found &= (std::uint64_t{1} << left) - 1;
    for (; found != 0; found &= found - 1) {
      const std::size_t control = at + static_cast<std::size_t>(std::countr_zero(found));
      if (buffer_[control] == '\n')
        endLine(control);
      else
        takeControl(control);
      if (ended_ && line_ >= filled_) break;
    }
    at = std::min(at + kBlock, filled_);
  }
  if (line_ < filled_) endLine(filled_);
  if (!begun_) begin({}, false);
  if (rows_ > 0) sink.commit(rows_, static_cast<std::uint32_t>(layout_.names.size()));
}

void Lines::takeControl(std::size_t at) {
  if (buffer_[at] == '\r') {
    ++returns_;
  } else if (buffer_[at] == kEndMark) {
    takeEndMark(at);
  } else if (buffer_[at] == '\t') {
    refuse(
        "De regel bevat een tab; in een bestand met vaste posities staan alleen spaties tussen de velden. Is dit een "
        "bestand met scheidingstekens, geef het dan de extensie .csv.");
  } else {
    refuse("De regel bevat een stuurteken dat niet in een tekstbestand hoort; exporteer het bestand opnieuw.");
  }
}

// DOS closed a text with this mark; some exports still do. Nothing may follow it.
void Lines::takeEndMark(std::size_t at) {
  if (at > line_) endLine(at);
  line_ = at;
  do {
    const bool more = std::any_of(buffer_.data() + line_, buffer_.data() + filled_,
                                  [](char c) { return c != kEndMark && c != '\r' && c != '\n' && c != ' '; });
    if (more)
      refuse("Na het teken voor het einde van het bestand (0x1A) staat nog tekst; exporteer het bestand opnieuw.");
    line_ = filled_;
  } while (fill());
}

void Lines::endLine(std::size_t feed) {
  const char* line = buffer_.data() + line_;
  std::size_t size = feed - line_;
  const bool crlf = size > 0 && line[size - 1] == '\r';
  if (crlf) --size;
  if (returns_ != (crlf ? 1 : 0))
    refuse("In de regel staat een los CR-teken; exporteer het bestand met regeleinden LF of CRLF.");
  if (!begun_) begin({line, size}, crlf);
  if (size > 0) takeLine(line, size);
  returns_ = 0;
  line_ = feed + 1;
  ++number_;
}

void Lines::begin(std::string_view line, bool crlf) {
  if (looksDelimited(line))
    refuse("Tussen de velden staan scheidingstekens: dit is een CSV-bestand; geef het de extensie .csv.");
  if (holdsNames(line, layout_))
    refuse(
        "De eerste regel bevat kolomnamen. Een bestand met vaste posities begint meteen met het eerste record; is het "
        "een "
        "CSV-bestand, geef het dan de extensie .csv.");
  sink_->header(layout_.names,
                fmt::format("{}, vaste posities, {}", text::describe(decoder_.encoding()), crlf ? "CRLF" : "LF"));
  begun_ = true;
}

// `line` has kPadding readable bytes behind it.
void Lines::takeLine(const char* line, std::size_t size) {
  if (decoder_.encoding() != text::Encoding::ascii && text::asciiBytes({line, size}) != size)
    return takeWideLine({line, size});
  if (size >= layout_.width) {
    if (size > layout_.width && !isBlank(line + layout_.width, size - layout_.width))
      refuse(fmt::format("De regel is langer dan de {} posities van de indeling.", layout_.width));
    if (isBlank(line, layout_.width)) return;
    return cellsOf(line);
  }
  if (isBlank(line, size)) return;
  // Editors strip the spaces that an empty last field is made of.
  std::memcpy(padded_.data(), line, size);
  std::memset(padded_.data() + size, ' ', layout_.width - size);
  cellsOf(padded_.data());
}

// Room for `text` bytes and one more row; a cell may be written 16 bytes wide.
void Lines::makeRoom(std::size_t text) {
  const std::size_t columns = layout_.positions.size();
  const auto fits = [&] {
    return batch_.text.size() >= used_ + text + 16 && batch_.ends.size() >= (rows_ + 1) * columns;
  };
  if (fits()) return;
  if (rows_ > 0) sink_->commit(rows_, static_cast<std::uint32_t>(columns));
  if (rows_ > 0 || batch_.text.data() == nullptr) batch_ = sink_->acquire();
  rows_ = used_ = 0;
  if (!fits()) refuse("De regel is te lang.");
}

// `line` is ASCII and as wide as the layout.
void Lines::cellsOf(const char* line) {
  makeRoom(layout_.cells);
  char* const text = batch_.text.data();
  std::uint32_t used = used_;
  std::uint32_t* end = batch_.ends.data() + std::size_t{rows_} * layout_.positions.size();
  for (const Position& position : layout_.positions) {
    const char* cell = line + position.offset;
    if (position.length <= 16) [[likely]] {
      const std::uint32_t mask = letters(cell, position.length);
      // The bit behind a run of them, which is all there is unless a space lies between: to look for the last bit is
      // slow on many processors. Without any both counts are 16, and what is copied does not count.
      const std::uint32_t behind = mask + (mask & (0 - mask));
      auto first = static_cast<std::uint32_t>(std::countr_zero(mask | 0x10000U));
      auto last = static_cast<std::uint32_t>(std::countr_zero(behind | 0x10000U));
      if ((mask & behind) != 0) [[unlikely]]
        last = static_cast<std::uint32_t>(std::bit_width(mask));
      if (last - first > position.digits && cell[first] == '0') [[unlikely]]
        first += padding({cell + first, last - first}, position.digits);
      std::memcpy(text + used, cell + first, 16);
      used += last - first;
    } else {
      std::uint32_t size = position.length;
      while (size > 0 && cell[size - 1] == ' ') --size;
      while (size > 0 && *cell == ' ') ++cell, --size;
      const std::uint32_t zeros = padding({cell, size}, position.digits);
      cell += zeros;
      size -= zeros;
      std::memcpy(text + used, cell, size);
      used += size;
    }
    *end++ = used;
  }
  used_ = used;
  ++rows_;
}

// Positions count characters: a line is as wide in UTF-8 as in Windows-1252.
void Lines::takeWideLine(std::string_view line) {
  std::vector<std::uint32_t> starts;  // of each character, and the end
  for (std::size_t i = 0; i < line.size(); ++i)
    if ((static_cast<unsigned char>(line[i]) & 0xC0) != 0x80) starts.push_back(static_cast<std::uint32_t>(i));
  starts.push_back(static_cast<std::uint32_t>(line.size()));
  const std::size_t characters = starts.size() - 1;
  if (characters > layout_.width && !isBlank(line.data() + starts[layout_.width], line.size() - starts[layout_.width]))
    refuse(fmt::format("De regel is langer dan de {} posities van de indeling.", layout_.width));
  makeRoom(std::size_t{layout_.cells} * 4);
  std::uint32_t* end = batch_.ends.data() + std::size_t{rows_} * layout_.positions.size();
  for (const Position& position : layout_.positions) {
    const std::size_t from = std::min<std::size_t>(position.offset, characters);
    const std::size_t to = std::min<std::size_t>(position.offset + position.length, characters);
    std::string_view cell = line.substr(starts[from], starts[to] - starts[from]);
    while (cell.ends_with(' ')) cell.remove_suffix(1);
    while (cell.starts_with(' ')) cell.remove_prefix(1);
    cell.remove_prefix(padding(cell, position.digits));
    if (!cell.empty()) std::memcpy(batch_.text.data() + used_, cell.data(), cell.size());
    used_ += static_cast<std::uint32_t>(cell.size());
    *end++ = used_;
  }
  ++rows_;
}

}  // namespace sluis::ascii
