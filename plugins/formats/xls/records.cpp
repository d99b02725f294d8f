#include "xls/records.h"

#include "xls/bytes.h"

namespace sluis::xls {

namespace {

constexpr std::size_t kHeader = 4;
constexpr std::size_t kWindow = 128 << 10;  // more than the longest record

}  // namespace

Records::Records(const Stream& stream) : stream_(stream), buffer_(kWindow) {}

// `size` bytes from at_ on; fewer when the stream ends.
std::string_view Records::window(std::size_t size) {
  if (at_ < begin_ || at_ + size > begin_ + filled_) {
    begin_ = at_;
    filled_ = stream_.readAt(at_, buffer_);
  }
  const auto within = static_cast<std::size_t>(at_ - begin_);
  return std::string_view(buffer_.data(), filled_).substr(within, size);
}

void Records::next() {
  const std::string_view header = window(kHeader);
  kind_ = static_cast<Kind>(u16(header, 0));
  const std::size_t size = u16(header, 2);
  data_ = part(window(kHeader + size), kHeader, size);
  at_ += kHeader + size;
}

bool Records::nextIf(Kind kind) {
  const std::string_view header = window(kHeader);
  if (header.size() < kHeader || static_cast<Kind>(u16(header, 0)) != kind) return false;
  next();
  return true;
}

}  // namespace sluis::xls
