#include "gate/sftp_codec.h"

#include <sys/stat.h>

#include <array>
#include <ctime>

#include <fmt/format.h>

namespace sluis::gate {

namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kStatus = 101;
constexpr std::uint8_t kHandle = 102;
constexpr std::uint8_t kData = 103;
constexpr std::uint8_t kName = 104;
constexpr std::uint8_t kAttributes = 105;
constexpr std::uint8_t kExtendedReply = 201;

constexpr std::uint32_t kHasSize = 0x1;
constexpr std::uint32_t kHasOwner = 0x2;
constexpr std::uint32_t kHasPermissions = 0x4;
constexpr std::uint32_t kHasTimes = 0x8;
constexpr std::uint32_t kHasExtended = 0x80000000;

template <typename Number>
Number bigEndian(BytesView bytes) {
  Number value = 0;
  for (const std::byte byte : bytes) value = static_cast<Number>((value << 8) | std::to_integer<Number>(byte));
  return value;
}

std::string permissionText(std::uint32_t mode) {
  std::string text = S_ISDIR(mode) ? "d" : "-";
  constexpr std::string_view kLetters = "rwxrwxrwx";
  for (std::size_t i = 0; i < kLetters.size(); ++i) text += (mode & (0400U >> i)) != 0 ? kLetters[i] : '-';
  return text;
}

}  // namespace

Frame nextFrame(BytesView bytes) {
  if (bytes.size() < 4) return {};
  const std::size_t length = bigEndian<std::uint32_t>(bytes.first(4));
  if (length == 0 || length > kMaxFrame) return {.kind = Frame::Kind::broken, .body = {}, .length = 0};
  if (bytes.size() - 4 < length) return {};
  return {.kind = Frame::Kind::whole, .body = bytes.subspan(4, length), .length = length + 4};
}

BytesView Fields::take(std::size_t size) {
  if (!all_ || rest_.size() < size) {
    all_ = false;
    rest_ = {};
    return {};
  }
  const BytesView taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint8_t Fields::u8() {
  return bigEndian<std::uint8_t>(take(1));
}
std::uint32_t Fields::u32() {
  return bigEndian<std::uint32_t>(take(4));
}
std::uint64_t Fields::u64() {
  return bigEndian<std::uint64_t>(take(8));
}
BytesView Fields::bytes() {
  return take(u32());
}
std::string_view Fields::text() {
  return asText(bytes());
}

Attributes Fields::attributes() {
  Attributes attributes;
  const std::uint32_t has = u32();
  if ((has & kHasSize) != 0) attributes.size = u64();
  if ((has & kHasOwner) != 0) take(8);
  if ((has & kHasPermissions) != 0) attributes.permissions = u32();
  if ((has & kHasTimes) != 0) {
    attributes.accessed = u32();
    attributes.modified = u32();
  }
  if ((has & kHasExtended) != 0) {
    // Each pair takes at least eight bytes, so that a giant count ends at the packet's end.
    for (std::uint32_t left = u32(); left > 0 && all_; --left) {
      text();
      text();
    }
  }
  return attributes;
}

void Replies::put32(std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) put8(static_cast<std::uint8_t>(value >> shift));
}

void Replies::put64(std::uint64_t value) {
  put32(static_cast<std::uint32_t>(value >> 32));
  put32(static_cast<std::uint32_t>(value));
}

void Replies::putText(std::string_view text) {
  put32(static_cast<std::uint32_t>(text.size()));
  buffer_ += text;
}

void Replies::putAttributes(const Attributes& attributes) {
  const bool times = attributes.accessed && attributes.modified;
  put32((attributes.size ? kHasSize : 0) | (attributes.permissions ? kHasPermissions : 0) | (times ? kHasTimes : 0));
  if (attributes.size) put64(*attributes.size);
  if (attributes.permissions) put32(*attributes.permissions);
  if (times) {
    put32(*attributes.accessed);
    put32(*attributes.modified);
  }
}

std::size_t Replies::begin(std::uint8_t type) {
  const std::size_t start = buffer_.size();
  put32(0);
  put8(type);
  return start;
}

void Replies::end(std::size_t start) {
  const auto length = static_cast<std::uint32_t>(buffer_.size() - start - 4);
  for (std::size_t i = 0; i < 4; ++i) buffer_[start + i] = static_cast<char>(length >> (24 - 8 * i));
}

void Replies::version(std::uint32_t number, const std::vector<std::pair<std::string, std::string>>& extensions) {
  const auto start = begin(kVersion);
  put32(number);
  for (const auto& [name, value] : extensions) {
    putText(name);
    putText(value);
  }
  end(start);
}

void Replies::status(std::uint32_t id, Status status, std::string_view message) {
  const auto start = begin(kStatus);
  put32(id);
  put32(static_cast<std::uint32_t>(status));
  putText(message);
  putText("en");
  end(start);
}

void Replies::handle(std::uint32_t id, std::string_view handle) {
  const auto start = begin(kHandle);
  put32(id);
  putText(handle);
  end(start);
}

void Replies::attributes(std::uint32_t id, const Attributes& attributes) {
  const auto start = begin(kAttributes);
  put32(id);
  putAttributes(attributes);
  end(start);
}

void Replies::names(std::uint32_t id, const std::vector<NamedAttributes>& names) {
  const auto start = begin(kName);
  put32(id);
  put32(static_cast<std::uint32_t>(names.size()));
  for (const NamedAttributes& entry : names) {
    putText(entry.name);
    putText(longName(entry));
    putAttributes(entry.attributes);
  }
  end(start);
}

void Replies::path(std::uint32_t id, std::string_view path) {
  const auto start = begin(kName);
  put32(id);
  put32(1);
  putText(path);
  putText(path);
  putAttributes({});
  end(start);
}

void Replies::extended(std::uint32_t id, const std::vector<std::uint64_t>& numbers) {
  const auto start = begin(kExtendedReply);
  put32(id);
  for (const std::uint64_t number : numbers) put64(number);
  end(start);
}

std::size_t Replies::beginData(std::uint32_t id, std::size_t most) {
  const auto start = begin(kData);
  put32(id);
  put32(0);
  buffer_.resize(buffer_.size() + most);
  return start;
}

void Replies::endData(std::size_t start, std::optional<std::size_t> filled) {
  if (!filled) {
    buffer_.resize(start);
    return;
  }
  buffer_.resize(start + kDataHeader + *filled);
  for (std::size_t i = 0; i < 4; ++i) buffer_[start + 9 + i] = static_cast<char>(*filled >> (24 - 8 * i));
  end(start);
}

void Replies::sent(std::size_t size) {
  sent_ += size;
  if (sent_ == buffer_.size()) {
    buffer_.clear();
    sent_ = 0;
  } else if (sent_ > (256 << 10)) {
    buffer_.erase(0, sent_);
    sent_ = 0;
  }
}

std::string longName(const NamedAttributes& entry) {
  const std::time_t modified = entry.attributes.modified.value_or(0);
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&modified, &parts);
  std::array<char, 32> when{};
  // As ls does: the year instead of the time for what is older than half a year.
  const bool recent = modified > now - 182L * 86400 && modified < now + 86400;
  std::strftime(when.data(), when.size(), recent ? "%b %e %H:%M" : "%b %e  %Y", &parts);
  return fmt::format("{} {:>4} {:<8} {:<8} {:>12} {} {}", permissionText(entry.attributes.permissions.value_or(0)), 1,
                     "sluis", "sluis", entry.attributes.size.value_or(0), when.data(), entry.name);
}

}  // namespace sluis::gate
