#include "crypto/der.h"

namespace sluis::crypto {

void appendDer(Bytes& out, std::uint8_t tag, BytesView content) {
  out.push_back(std::byte{tag});
  const std::size_t size = content.size();
  if (size < 0x80) {
    out.push_back(std::byte(size));
  } else {
    int bytes = 1;
    while (bytes < 8 && (size >> (8 * bytes)) != 0) ++bytes;
    out.push_back(std::byte(0x80 | bytes));
    for (int i = bytes - 1; i >= 0; --i) out.push_back(std::byte(size >> (8 * i)));
  }
  out.insert(out.end(), content.begin(), content.end());
}

bool DerFields::next(Element& element) {
  if (rest_.size() < 2) return false;
  const auto at = [&](std::size_t i) { return std::to_integer<std::uint8_t>(rest_[i]); };
  const std::uint8_t tag = at(0);
  if ((tag & 0x1f) == 0x1f) return false;  // tags of several bytes do not occur in what is walked here
  std::size_t header = 2;
  std::size_t size = at(1);
  if (size >= 0x80) {
    const std::size_t bytes = size & 0x7f;
    if (bytes == 0 || bytes > 4 || rest_.size() < 2 + bytes) return false;
    size = 0;
    for (std::size_t i = 0; i < bytes; ++i) size = size << 8 | at(2 + i);
    if (size < 0x80 || (bytes > 1 && size >> (8 * (bytes - 1)) == 0)) return false;
    header += bytes;
  }
  if (size > rest_.size() - header) return false;
  element = {tag, rest_.subspan(header, size), rest_.first(header + size)};
  rest_ = rest_.subspan(header + size);
  return true;
}

}  // namespace sluis::crypto
