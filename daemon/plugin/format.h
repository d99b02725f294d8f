// A format plugin turns a delivery file into rows of cells: bytes in, batches out, inside the sluis-reader worker only.
//
// It never sees a file name, a dataset's rules or a network; it may throw nothing but plugin::Unreadable. Memory must
// not grow with the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::plugin {

/// Thrown by a format plugin: the file is not what its name says (FMT01). The text is Dutch, says what to do, and holds
/// no delivered value; `line` is 1-based, 0 = unknown.
struct Unreadable : std::runtime_error {
  Unreadable(const std::string& text, std::uint64_t atLine = 0) : std::runtime_error(text), line(atLine) {}
  std::uint64_t line;
};

/// The delivery's bytes: front to back, or anywhere for formats that jump about (xlsx, xls). Use one way or the other.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to buffer.size() bytes; 0 at the end.
  virtual std::size_t read(std::span<char> buffer) = 0;
  /// Of the whole delivery.
  virtual std::uint64_t size() = 0;
  /// The bytes from `offset` on, as many as buffer.size(), fewer only at the end.
  virtual std::size_t readAt(std::uint64_t offset, std::span<char> buffer) = 0;
};

/// Where one batch of cells is written: a slot of memory shared with sluisd, or plain memory in `sluis validate`.
/// Row r's cells are cells[r*columns .. r*columns+columns): each an end offset into `text`; it starts where the one
/// before ended (0 for the very first).
struct BatchBuffer {
  std::span<std::uint32_t> ends;
  std::span<char> text;
};

/// What takes the batches.
class BatchSink {
 public:
  virtual ~BatchSink() = default;
  /// Once, before any row: the column names as they stand in the file, and what was detected ("UTF-8, ;, LF"), for the
  /// receipt.
  virtual void header(std::span<const std::string> columns, std::string_view detected) = 0;
  /// A free buffer to fill; blocks until there is one. Valid until the next commit().
  virtual BatchBuffer acquire() = 0;
  /// Hands over the first `rows` rows, of `columns` cells each, of the buffer last acquired.
  virtual void commit(std::uint32_t rows, std::uint32_t columns) = 0;
};

class FormatReader {
 public:
  virtual ~FormatReader() = default;
  /// Reads all of `source`. `layout` is what the dataset says of this format, in plain lines, empty when it says
  /// nothing. For ascii one line for each field: "name offset length" (offset from 0, in characters), and behind it
  /// "digits" for a number that may be padded with zeros there: it loses those beyond so many digits. For xlsx and xls
  /// one line for each column name or alias whose cells are digits of a fixed number: "name digits"; a number that a
  /// spreadsheet stored there has lost its leading zeros and gets them back.
  virtual void read(ByteSource& source, std::string_view layout, BatchSink& sink) = 0;
};

/// Fills batches row by row and commits them when they are full: what a format plugin writes through.
/// A row whose cells do not fit an empty buffer throws Unreadable.
class RowWriter {
 public:
  RowWriter(BatchSink& sink, std::uint32_t columns) : sink_(sink), columns_(columns) {}

  std::uint32_t columns() const { return columns_; }

  /// One cell of the current row. More than columns() cells in a row is the caller's error (checked by the plugin).
  void cell(std::string_view value) {
    if (value.size() > buffer_.text.size() - used_ || cells_ == buffer_.ends.size()) makeRoom(value.size());
    if (!value.empty()) std::memcpy(buffer_.text.data() + used_, value.data(), value.size());
    used_ += static_cast<std::uint32_t>(value.size());
    buffer_.ends[cells_++] = used_;
  }
  /// Where the next cells go: each one's text to text + used, then the new `used` to *ends++.
  struct Pen {
    std::uint32_t* ends;
    char* text;
    std::uint32_t used;
  };
  /// For a plugin that writes many cells without a check for each; nullopt when `cells` of them, or `bytes` of text, do
  /// not fit the buffer in hand: cell() makes room.
  std::optional<Pen> pen(std::size_t cells, std::size_t bytes) {
    if (cells > buffer_.ends.size() - cells_ || bytes > buffer_.text.size() - used_) return std::nullopt;
    return Pen{buffer_.ends.data() + cells_, buffer_.text.data(), used_};
  }
  /// What was written with a pen counts from here on.
  void written(const Pen& pen) {
    cells_ = static_cast<std::uint32_t>(pen.ends - buffer_.ends.data());
    used_ = pen.used;
  }
  /// All cells of the current row, one behind the other; good until the next call.
  std::string_view rowText() const { return {buffer_.text.data() + rowText_, used_ - rowText_}; }
  /// The current row, or what there is of it, is none; an older Pen no longer counts.
  void dropRow() {
    cells_ = rowCells_;
    used_ = rowText_;
  }
  void endRow() {
    rowCells_ = cells_;
    rowText_ = used_;
    ++rows_;
  }
  /// Commits what is left.
  void finish() {
    if (rows_ > 0) sink_.commit(rows_, columns_);
    rows_ = 0;
  }

 private:
  // Commits the whole rows and carries the begun one over into a fresh buffer.
  void makeRoom(std::size_t wanted) {
    std::vector<std::uint32_t> ends;
    std::string text;
    if (buffer_.text.data() != nullptr) {
      for (std::uint32_t i = rowCells_; i < cells_; ++i) ends.push_back(buffer_.ends[i] - rowText_);
      text.assign(buffer_.text.data() + rowText_, used_ - rowText_);
      if (rows_ == 0) throw Unreadable("Een regel is te lang; controleer de aanhalingstekens en regeleinden.");
      sink_.commit(rows_, columns_);
    }
    buffer_ = sink_.acquire();
    if (ends.size() + 1 > buffer_.ends.size() || text.size() + wanted > buffer_.text.size())
      throw Unreadable("Een regel is te lang; controleer de aanhalingstekens en regeleinden.");
    if (!text.empty()) std::memcpy(buffer_.text.data(), text.data(), text.size());
    std::copy(ends.begin(), ends.end(), buffer_.ends.begin());
    cells_ = static_cast<std::uint32_t>(ends.size());
    used_ = static_cast<std::uint32_t>(text.size());
    rows_ = rowCells_ = rowText_ = 0;
  }

  BatchSink& sink_;
  std::uint32_t columns_;
  BatchBuffer buffer_{};
  std::uint32_t cells_ = 0;     // in the buffer, the begun row included
  std::uint32_t used_ = 0;      // bytes of text
  std::uint32_t rows_ = 0;      // whole ones
  std::uint32_t rowCells_ = 0;  // cells of the whole rows
  std::uint32_t rowText_ = 0;   // text of the whole rows
};

}  // namespace sluis::plugin
