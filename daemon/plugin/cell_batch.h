// A batch of cells as a format plugin committed it, made safe to read: what reader/ hands over and validate/ takes.
//
// It is a view: the memory belongs to who made it and must not be shared with the worker any more. checked() is the
// only way to make one, so that no cell of a CellBatch ever lies outside its text.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace sluis::plugin {

class CellBatch {
 public:
  CellBatch() = default;

  /// nullopt unless there are exactly rows * columns ends (columns > 0), in ascending order, the last within `text`,
  /// which is shorter than 2 GiB.
  static std::optional<CellBatch> checked(std::span<const std::uint32_t> ends, std::string_view text,
                                          std::uint32_t rows, std::uint32_t columns) {
    if (columns == 0 || std::uint64_t{rows} * columns != ends.size()) return std::nullopt;
    if (!ends.empty() && (!ascending(ends) || ends.back() > text.size())) return std::nullopt;
    return CellBatch(ends, text, rows, columns);
  }

  std::uint32_t rows() const { return rows_; }
  std::uint32_t columns() const { return columns_; }
  /// row < rows(), column < columns(): the caller's duty.
  std::string_view cell(std::uint32_t row, std::uint32_t column) const {
    const std::size_t at = std::size_t{row} * columns_ + column;
    const std::uint32_t begin = at == 0 ? 0 : ends_[at - 1];
    return text_.substr(begin, ends_[at] - begin);
  }
  /// For loops that want the raw shape: ends()[row * columns() + column], see plugin::BatchBuffer.
  std::span<const std::uint32_t> ends() const { return ends_; }
  std::string_view text() const { return text_; }

 private:
  // Of the ends and the differences between them none may have its highest bit: no end lies before the other then. No
  // text is so long that it could need that bit.
  static bool ascending(std::span<const std::uint32_t> ends) {
    constexpr std::uint32_t kHighest = std::uint32_t{1} << 31;
    std::uint32_t any = ends.front();
    std::size_t at = 1;
#if defined(__GNUC__)
    using Four = std::uint32_t __attribute__((vector_size(16)));
    Four four{};
    for (; at + 4 <= ends.size(); at += 4) {
      Four before, here;
      std::memcpy(&before, ends.data() + at - 1, sizeof before);
      std::memcpy(&here, ends.data() + at, sizeof here);
      four |= here | (here - before);
    }
    any |= four[0] | four[1] | four[2] | four[3];
#endif
    for (; at < ends.size(); ++at) any |= ends[at] | (ends[at] - ends[at - 1]);
    return (any & kHighest) == 0;
  }

  CellBatch(std::span<const std::uint32_t> ends, std::string_view text, std::uint32_t rows, std::uint32_t columns)
      : ends_(ends), text_(text), rows_(rows), columns_(columns) {}

  std::span<const std::uint32_t> ends_;
  std::string_view text_;
  std::uint32_t rows_ = 0;
  std::uint32_t columns_ = 0;
};

}  // namespace sluis::plugin
