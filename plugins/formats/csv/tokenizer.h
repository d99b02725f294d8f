// Text -> cells. Walks the decoded text once, 64 bytes a step, and writes each cell straight into the batch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/format.h"
#include "text/decoder.h"

namespace sluis::csv {

class Tokenizer {
 public:
  /// The longest line, quoted line feeds included.
  static constexpr std::size_t kLongestLine = 256 << 10;
  static constexpr std::uint32_t kMostColumns = 1000;
  static constexpr std::size_t kLongestName = 200;

  explicit Tokenizer(plugin::ByteSource& source);

  /// Reads everything; throws plugin::Unreadable.
  void run(plugin::BatchSink& sink);

 private:
  bool fill();
  void readHeader(plugin::BatchSink& sink);
  std::size_t headerEnd();
  void chooseDelimiter(std::string_view line);
  void readRows(plugin::RowWriter& writer);
  bool takeBlock(plugin::RowWriter& writer, std::size_t at, std::uint64_t delimiters, std::uint64_t feeds);
  void takeCell(plugin::RowWriter& writer, std::size_t end, bool endsRow, bool quoted);
  /// false when the row was none.
  bool finishRow(plugin::RowWriter& writer, std::size_t end);
  [[noreturn]] void refuseTooManyCells() const;
  std::string_view unquoted(std::string_view cell);
  [[noreturn]] void refuse(const std::string& text) const;

  text::Decoder decoder_;
  std::vector<char> buffer_;
  std::string unquoted_;    // scratch for a cell with doubled quotes
  std::size_t filled_ = 0;  // decoded bytes in the buffer
  std::size_t cell_ = 0;    // where the cell in hand begins
  bool ended_ = false;      // the source has no more
  char delimiter_ = ';';
  std::uint32_t columns_ = 0;
  std::uint32_t cellsInRow_ = 0;
  std::uint64_t line_ = 1;        // of the row in hand
  std::uint64_t innerLines_ = 0;  // line feeds inside quotes in the row in hand
};

}  // namespace sluis::csv
