// An example of a plugin by a third party: the format "psv", cells separated by '|', no quotes, UTF-8, one header line.
//
// Needs nothing of Sluis but the headers. docs/plugins.md goes through it line by line.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/format.h"
#include "plugin/plugin.h"

namespace {

using sluis::plugin::BatchSink;
using sluis::plugin::ByteSource;
using sluis::plugin::RowWriter;
using sluis::plugin::Unreadable;

constexpr std::size_t kLongestLine = 64 << 10;

/// Lines out of pieces of bytes; memory is bounded by the longest line, never by the file.
class Lines {
 public:
  explicit Lines(ByteSource& source) : source_(source) {}

  bool next(std::string_view& line) {
    for (;;) {
      const auto end = buffer_.find('\n', at_);
      if (end != std::string::npos) {
        line = std::string_view(buffer_).substr(at_, end - at_);
        at_ = end + 1;
        ++number_;
        return true;
      }
      buffer_.erase(0, at_);
      at_ = 0;
      if (buffer_.size() > kLongestLine) throw Unreadable("Een regel is te lang.", number_ + 1);
      const std::size_t n = source_.read(piece_);
      if (n == 0) break;
      buffer_.append(piece_.data(), n);
    }
    // A last line without its end: the file may have been cut off.
    if (!buffer_.empty())
      throw Unreadable("De laatste regel is niet afgesloten; exporteer het bestand opnieuw.", number_ + 1);
    return false;
  }
  std::uint64_t number() const { return number_; }

 private:
  ByteSource& source_;
  std::string buffer_;
  std::array<char, 16384> piece_;
  std::size_t at_ = 0;
  std::uint64_t number_ = 0;
};

class PsvReader final : public sluis::plugin::FormatReader {
 public:
  void read(ByteSource& source, std::string_view, BatchSink& sink) override {
    Lines lines(source);
    std::string_view line;
    if (!lines.next(line)) throw Unreadable("Het bestand is leeg.");
    std::vector<std::string> columns;
    forEachCell(line, [&](std::string_view cell) { columns.emplace_back(cell); });
    sink.header(columns, "psv, UTF-8");
    const auto width = static_cast<std::uint32_t>(columns.size());
    RowWriter rows(sink, width);
    while (lines.next(line)) {
      std::uint32_t cells = 0;
      forEachCell(line, [&](std::string_view cell) {
        if (++cells <= width) rows.cell(cell);
      });
      if (cells != width)
        throw Unreadable("Deze regel heeft een ander aantal kolommen dan de kopregel.", lines.number());
      rows.endRow();
    }
    rows.finish();
  }

 private:
  template <typename Take>
  static void forEachCell(std::string_view line, Take&& take) {
    for (;;) {
      const auto bar = line.find('|');
      take(line.substr(0, bar));
      if (bar == std::string_view::npos) return;
      line.remove_prefix(bar + 1);
    }
  }
};

constexpr sluis::plugin::Descriptor kDescriptor = {
    .api = sluis::plugin::kPluginApi,
    .kind = "format",
    .name = "psv",
    .version = "1.0",
    .create = []() -> void* { return static_cast<sluis::plugin::FormatReader*>(new PsvReader); },
    .destroy = [](void* instance) { delete static_cast<sluis::plugin::FormatReader*>(instance); },
};

}  // namespace

const sluis::plugin::Descriptor* sluis_plugin() {
  return &kDescriptor;
}
