// Text -> lines -> cells at their positions. Walks the decoded text once, 64 bytes a step, and writes each cell
// straight into the batch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ascii/layout.h"
#include "plugin/format.h"
#include "text/decoder.h"

namespace sluis::ascii {

class Lines {
 public:
  /// Trailing spaces included.
  static constexpr std::size_t kLongestLine = 256 << 10;

  /// `layout` must outlive this.
  Lines(plugin::ByteSource& source, const Layout& layout);

  /// Reads everything; throws plugin::Unreadable.
  void run(plugin::BatchSink& sink);

 private:
  bool fill();
  void endLine(std::size_t feed);
  void takeControl(std::size_t at);
  void takeEndMark(std::size_t at);
  void takeLine(const char* line, std::size_t size);
  void takeWideLine(std::string_view line);
  void begin(std::string_view line, bool crlf);
  void cellsOf(const char* line);
  void makeRoom(std::size_t text);
  [[noreturn]] void refuse(const std::string& text) const;

  const Layout& layout_;
  text::Decoder decoder_;
  std::vector<char> buffer_;
  std::vector<char> padded_;  // a line whose trailing spaces were stripped, with spaces again
  std::size_t filled_ = 0;    // decoded bytes in the buffer
  std::size_t line_ = 0;      // where the line in hand begins
  std::size_t returns_ = 0;   // carriage returns in it
  std::uint64_t number_ = 1;  // of the line in hand
  bool ended_ = false;        // the source has no more, or an end-of-file mark was met
  bool begun_ = false;        // the header was given out

  plugin::BatchSink* sink_ = nullptr;
  plugin::BatchBuffer batch_{};
  std::uint32_t rows_ = 0;  // in batch_
  std::uint32_t used_ = 0;  // bytes of its text
};

}  // namespace sluis::ascii
