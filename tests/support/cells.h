// A byte source and a sink in plain memory, for what would otherwise need the worker.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/cell_batch.h"
#include "plugin/format.h"

namespace sluis::support {

/// Gives `text` in pieces of at most `piece` bytes.
class TextSource final : public plugin::ByteSource {
 public:
  explicit TextSource(std::string_view text, std::size_t piece = 1 << 16) : text_(text), piece_(piece) {}
  std::size_t read(std::span<char> buffer) override {
    const std::size_t got = readAt(at_, buffer.first(std::min(buffer.size(), piece_)));
    at_ += got;
    return got;
  }
  std::uint64_t size() override { return text_.size(); }
  std::size_t readAt(std::uint64_t offset, std::span<char> buffer) override {
    if (offset >= text_.size()) return 0;
    const std::size_t got = std::min(buffer.size(), text_.size() - static_cast<std::size_t>(offset));
    std::memcpy(buffer.data(), text_.data() + offset, got);
    return got;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t piece_;
};

/// Checks each batch as reader/ would and hands it to `take`.
template <typename Take>
class BatchTaker : public plugin::BatchSink {
 public:
  explicit BatchTaker(Take take, std::size_t cells = 48 << 10, std::size_t text = 256 << 10)
      : take_(std::move(take)), ends_(cells), text_(text) {}

  void header(std::span<const std::string> columns, std::string_view detected) override {
    columns_.assign(columns.begin(), columns.end());
    detected_ = detected;
  }
  plugin::BatchBuffer acquire() override { return {ends_, text_}; }
  void commit(std::uint32_t rows, std::uint32_t columns) override {
    const auto batch = plugin::CellBatch::checked(std::span(ends_).first(std::size_t{rows} * columns),
                                                  {text_.data(), text_.size()}, rows, columns);
    if (!batch) throw std::logic_error("a batch that cannot be");
    take_(*batch);
  }

  const std::vector<std::string>& columns() const { return columns_; }
  const std::string& detected() const { return detected_; }

 private:
  Take take_;
  std::vector<std::uint32_t> ends_;
  std::vector<char> text_;
  std::vector<std::string> columns_;
  std::string detected_;
};

/// All cells as one text, or "unreadable": what a fuzz target compares.
inline std::string outcome(plugin::FormatReader& reader, std::string_view bytes, std::string_view layout,
                           std::size_t piece) {
  std::string cells;
  auto take = [&](const plugin::CellBatch& batch) {
    for (std::uint32_t row = 0; row < batch.rows(); ++row)
      for (std::uint32_t column = 0; column < batch.columns(); ++column)
        cells.append(batch.cell(row, column)).push_back(column + 1 < batch.columns() ? '\x1f' : '\x1e');
  };
  BatchTaker sink(take, 64, 512);
  TextSource source(bytes, piece);
  try {
    reader.read(source, layout, sink);
  } catch (const plugin::Unreadable&) {
    return "unreadable";
  }
  return cells;
}

using Rows = std::vector<std::vector<std::string>>;

/// All that a format plugin made of a delivery.
struct Parsed {
  std::vector<std::string> columns;
  std::string detected;
  Rows rows;
};

/// How the bytes come and the batches go; the defaults are of no consequence.
struct Pieces {
  std::size_t bytes = 1 << 16;  ///< at most, a read
  std::size_t cells = 48 << 10;
  std::size_t text = 256 << 10;
};

/// Reads it all as the worker would; throws what the reader throws.
inline Parsed parse(plugin::FormatReader& reader, std::string_view bytes, std::string_view layout = {},
                    const Pieces& pieces = {}) {
  Parsed parsed;
  auto take = [&](const plugin::CellBatch& batch) {
    for (std::uint32_t row = 0; row < batch.rows(); ++row) {
      parsed.rows.emplace_back();
      for (std::uint32_t column = 0; column < batch.columns(); ++column)
        parsed.rows.back().emplace_back(batch.cell(row, column));
    }
  };
  BatchTaker sink(take, pieces.cells, pieces.text);
  TextSource source(bytes, pieces.bytes);
  reader.read(source, layout, sink);
  parsed.columns = sink.columns();
  parsed.detected = sink.detected();
  return parsed;
}

/// "<line>: <text>" of the Unreadable, or "read".
inline std::string refusalOf(plugin::FormatReader& reader, std::string_view bytes, std::string_view layout = {}) {
  try {
    parse(reader, bytes, layout);
  } catch (const plugin::Unreadable& e) {
    return std::to_string(e.line) + ": " + e.what();
  }
  return "read";
}

/// As UTF-16 with its mark, little or big endian.
inline std::string utf16(std::u16string_view text, bool little) {
  std::string bytes = little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    bytes += little ? std::string{low, high} : std::string{high, low};
  }
  return bytes;
}

}  // namespace sluis::support
