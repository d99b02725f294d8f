#include "xlsx/shared_strings.h"

#include <array>
#include <cstring>
#include <functional>
#include <optional>

#include "plugin/format.h"
#include "xlsx/string_item.h"
#include "xlsx/xml.h"

namespace sluis::xlsx {

namespace {

constexpr std::size_t kMostDigits = 9;

// Where the codes of texts of n digits begin: those of all shorter ones lie before.
constexpr std::array<std::uint32_t, kMostDigits + 2> kFirstCode = [] {
  std::array<std::uint32_t, kMostDigits + 2> first{};
  std::uint32_t power = 1;
  for (std::size_t n = 1; n <= kMostDigits; ++n) {
    power *= 10;
    first[n + 1] = first[n] + power;
  }
  return first;
}();
static_assert(kFirstCode[kMostDigits + 1] < 1U << 31);

std::optional<std::uint32_t> codeOf(std::string_view text) {
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return kFirstCode[text.size()] + number;
}

class StringItems final : public XmlContent {
 public:
  explicit StringItems(SharedStrings& strings) : strings_(strings) {}

  void start(int depth, const char* name, Attributes) override {
    if (depth == 2 && std::strcmp(name, "si") == 0)
      item_.begin();
    else if (depth > 2)
      item_.start(depth - 2, name);
  }
  void end(int depth) override {
    if (depth > 2) return item_.end(depth - 2);
    if (depth == 2 && item_.isOpen()) strings_.add(item_.finish());
  }
  void text(const char* data, std::size_t size) override { item_.text({data, size}); }

 private:
  SharedStrings& strings_;
  StringItem item_;
};

}  // namespace

void SharedStrings::load(Part& part) {
  StringItems items(*this);
  walkXml(part, items);
}

void SharedStrings::checkRoom(std::size_t more) const {
  if (index_.size() * kIndexSize * sizeof(std::uint32_t) + texts_.size() * kTextSize + more > mostMemory_)
    throw plugin::Unreadable(
        "De werkmap bevat te veel verschillende teksten om in beperkt geheugen te lezen; lever haar aan als CSV.");
}

void SharedStrings::add(std::string_view text) {
  if ((count_ & (kIndexSize - 1)) == 0) {
    checkRoom(kIndexSize * sizeof(std::uint32_t));
    index_.emplace_back(new std::uint32_t[kIndexSize]);
  }
  const auto code = codeOf(text);
  index_.back()[count_ & (kIndexSize - 1)] = code ? kDigits | *code : keep(text);
  ++count_;
}

void SharedStrings::appendDigits(std::string& out, std::uint32_t code) {
  std::size_t size = 1;
  while (code >= kFirstCode[size + 1]) ++size;
  code -= kFirstCode[size];
  std::array<char, kMostDigits> digits;
  for (std::size_t i = size; i-- > 0; code /= 10) digits[i] = static_cast<char>('0' + code % 10);
  out.append(digits.data(), size);
}

std::string_view SharedStrings::at(std::uint32_t offset) const {
  const char* begin = texts_[offset >> kTextBits].get() + (offset & (kTextSize - 1));
  std::uint32_t size = static_cast<unsigned char>(*begin++);
  if (size == 255) {
    std::memcpy(&size, begin, sizeof(size));
    begin += sizeof(size);
  }
  return {begin, size};
}

// Where `text` lies, put there unless it was not long ago.
std::uint32_t SharedStrings::keep(std::string_view text) {
  if (recent_.empty()) recent_.resize(kRecent);
  std::uint32_t& recent = recent_[std::hash<std::string_view>()(text) % kRecent];
  if (recent != 0 && at(recent - 1) == text) return recent - 1;
  const bool isLong = text.size() >= 255;
  const auto size = static_cast<std::uint32_t>(text.size());
  const std::uint32_t wanted = size + (isLong ? 5 : 1);
  if (wanted > kTextSize - used_) {
    checkRoom(kTextSize);
    texts_.emplace_back(new char[kTextSize]);
    used_ = 0;
  }
  const auto offset = static_cast<std::uint32_t>((texts_.size() - 1) << kTextBits) + used_;
  char* out = texts_.back().get() + used_;
  *out++ = static_cast<char>(isLong ? 255 : size);
  if (isLong) {
    std::memcpy(out, &size, sizeof(size));
    out += sizeof(size);
  }
  if (size > 0) std::memcpy(out, text.data(), size);
  used_ += wanted;
  recent = offset + 1;
  return offset;
}

}  // namespace sluis::xlsx
