#include "snapshot/header.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"

namespace sluis::snapshot {

namespace {

static_assert(std::endian::native == std::endian::little, "columns are used as they lie in the file");

constexpr std::array<std::string_view, kColumns> kNames = {
    "child",        "key",      "keyYouth",   "keyParent", "provider",
    "form",         "referrer", "reason",     "profile",   "productCategory",
    "perspective",  "severity", "complexity", "start",     "end",
    "satisfaction", "goOn",     "goals",      "flags"};

constexpr std::size_t kFactsAt = kPreambleBytes + kColumns * kEntryBytes;
constexpr std::size_t kDigestBytes = sizeof(crypto::Sha256);
// 9999-12-31T23:59:59.999999Z, and the quarter it lies in.
constexpr std::int64_t kLastInstant = 253402300799999999;
constexpr std::int32_t kLastQuarter = 9999 * 4 + 3;
constexpr std::size_t kMostProviders = 65535;

class Writer {
 public:
  template <typename T>
  void number(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void raw(BytesView bytes) { bytes_.append(asText(bytes)); }
  void text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }
  void zerosUpTo(std::size_t size) { bytes_.resize(size, '\0'); }
  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

class Reader {
 public:
  Reader(BytesView bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string text() { return std::string(asText(take(number<std::uint32_t>()))); }
  BytesView take(std::size_t size) {
    if (size > bytes_.size()) damaged();
    const auto taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  BytesView rest() const { return bytes_; }
  [[noreturn]] void damaged() const {
    throw Error(ErrorKind::disk, fmt::format("{} is damaged: its header contradicts itself", name_));
  }

 private:
  BytesView bytes_;
  const std::string& name_;
};

bool isDigits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Facts readFacts(Reader& in) {
  Facts facts;
  facts.rows = in.number<std::uint64_t>();
  facts.children = in.number<std::uint64_t>();
  facts.made = Instant(std::chrono::microseconds(in.number<std::int64_t>()));
  facts.firstQuarter = in.number<std::int32_t>();
  facts.lastQuarter = in.number<std::int32_t>();
  facts.minimumChildren = in.number<std::uint32_t>();
  facts.windowDays = in.number<std::uint16_t>();
  if (in.number<std::uint16_t>() != 0) in.damaged();
  facts.id = in.text();
  facts.domain = in.text();
  facts.ruleSet = in.text();
  facts.table = in.text();
  const auto providers = in.number<std::uint32_t>();
  if (providers > kMostProviders) in.damaged();
  for (std::uint32_t i = 0; i < providers; ++i) {
    auto code = in.text();
    facts.providers.push_back({std::move(code), in.text()});
  }
  return facts;
}

}  // namespace

std::string_view toString(Column column) {
  return kNames.at(static_cast<std::size_t>(column));
}

std::size_t widthOf(Column column) {
  switch (column) {
    case Column::child:
    case Column::key:
    case Column::keyYouth:
    case Column::keyParent:
      return 4;
    case Column::provider:
      return 2;
    default:
      return 1;
  }
}

std::string problemIn(const Facts& facts) {
  if (facts.domain.size() != 6 || !facts.domain.starts_with("GM") || !isDigits(facts.domain.substr(2)))
    return "its domain is not a municipality";
  const auto number = facts.id.starts_with(facts.domain + "-") ? facts.id.substr(7) : std::string();
  if (number.size() < 6 || number.size() > 9 || !isDigits(number)) return "its id is not one of its domain";
  const auto made = facts.made.time_since_epoch().count();
  if (made < 0 || made > kLastInstant) return "it was made at no possible time";
  if (facts.firstQuarter < 0 || facts.lastQuarter > kLastQuarter || facts.lastQuarter < facts.firstQuarter ||
      facts.lastQuarter - facts.firstQuarter >= kMostQuarters)
    return fmt::format("its quarters are not a range of at most {}", kMostQuarters);
  if (facts.rows > kMostRows || facts.children > facts.rows || (facts.children == 0) != (facts.rows == 0))
    return "its numbers of rows and children are not possible together";
  if (facts.minimumChildren == 0) return "it has no least number of children";
  if (facts.providers.size() > kMostProviders) return "it has too many providers";
  if (std::ranges::any_of(facts.providers, [](const Provider& provider) { return provider.code.empty(); }) ||
      std::ranges::adjacent_find(facts.providers, std::ranges::greater_equal{}, &Provider::code) !=
          facts.providers.end())
    return "its providers are not in order";
  return {};
}

std::string encodeHeader(const Facts& facts, const ColumnDigests& digests) {
  Writer out;
  out.zerosUpTo(kFactsAt);
  out.number(facts.rows);
  out.number(facts.children);
  out.number<std::int64_t>(facts.made.time_since_epoch().count());
  out.number(facts.firstQuarter);
  out.number(facts.lastQuarter);
  out.number(facts.minimumChildren);
  out.number(facts.windowDays);
  out.number<std::uint16_t>(0);
  out.text(facts.id);
  out.text(facts.domain);
  out.text(facts.ruleSet);
  out.text(facts.table);
  out.number(static_cast<std::uint32_t>(facts.providers.size()));
  for (const auto& provider : facts.providers) {
    out.text(provider.code);
    out.text(provider.name);
  }
  const std::uint64_t size = aligned(out.bytes().size() + kDigestBytes);
  out.zerosUpTo(size - kDigestBytes);

  Writer first;
  std::uint64_t offset = size;
  Writer directory;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto width = widthOf(static_cast<Column>(i));
    directory.number(static_cast<std::uint32_t>(i));
    directory.number(static_cast<std::uint32_t>(width));
    directory.number(offset);
    directory.number<std::uint64_t>(facts.rows * width);
    directory.raw(digests[i]);
    offset += aligned(facts.rows * width);
  }
  first.raw(asBytes(kMagic));
  first.number(kVersion);
  first.number(kByteOrder);
  first.number(size);
  first.number(offset);
  first.number(static_cast<std::uint32_t>(kColumns));
  first.zerosUpTo(kPreambleBytes);
  first.raw(asBytes(directory.bytes()));
  std::memcpy(out.bytes().data(), first.bytes().data(), kFactsAt);
  out.raw(crypto::sha256(asBytes(out.bytes())));
  return std::move(out.bytes());
}

std::size_t headerBytes(BytesView preamble, const std::string& name) {
  const auto magic = asText(preamble.first(std::min(preamble.size(), kMagic.size())));
  if (magic != kMagic) throw Error(ErrorKind::disk, fmt::format("{} is not a snapshot", name));
  if (preamble.size() < kPreambleBytes) throw Error(ErrorKind::disk, fmt::format("{} is cut short", name));
  Reader in(preamble.subspan(kMagic.size()), name);
  const auto version = in.number<std::uint32_t>();
  if (version > kVersion) {
    throw Error(ErrorKind::disk,
                fmt::format("{} was made by a newer version of Sluis: format {}, and this one knows {}", name, version,
                            kVersion));
  }
  const auto order = in.number<std::uint32_t>();
  const auto size = in.number<std::uint64_t>();
  if (version != kVersion || order != kByteOrder || size < kFactsAt + kDigestBytes || size > kMostHeaderBytes ||
      size % kAlignment != 0)
    in.damaged();
  return size;
}

Header decodeHeader(BytesView bytes, const std::string& name) {
  const auto size = headerBytes(bytes.first(std::min(bytes.size(), kPreambleBytes)), name);
  if (bytes.size() != size) throw Error(ErrorKind::disk, fmt::format("{} is cut short", name));
  const auto covered = bytes.first(size - kDigestBytes);
  Header header;
  std::memcpy(header.facts.digest.data(), bytes.data() + covered.size(), kDigestBytes);
  const auto digest = header.facts.digest;
  if (crypto::sha256(covered) != digest) {
    throw Error(ErrorKind::disk, fmt::format("{} is damaged: its header does not have the digest it should", name));
  }

  Reader facts(covered.subspan(kFactsAt), name);
  header.facts = readFacts(facts);
  header.facts.digest = digest;
  if (const auto problem = problemIn(header.facts); !problem.empty())
    throw Error(ErrorKind::disk, fmt::format("{} is damaged: {}", name, problem));
  const auto isZero = [](std::byte byte) { return byte == std::byte{0}; };
  if (facts.rest().size() >= kAlignment || !std::ranges::all_of(facts.rest(), isZero)) facts.damaged();

  Reader in(covered.subspan(24), name);
  header.fileBytes = in.number<std::uint64_t>();
  if (in.number<std::uint32_t>() != kColumns || !std::ranges::all_of(in.take(kPreambleBytes - 36), isZero))
    in.damaged();
  std::uint64_t offset = size;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto width = widthOf(static_cast<Column>(i));
    if (in.number<std::uint32_t>() != i || in.number<std::uint32_t>() != width ||
        in.number<std::uint64_t>() != offset || in.number<std::uint64_t>() != header.facts.rows * width)
      in.damaged();
    std::memcpy(header.digests[i].data(), in.take(kDigestBytes).data(), kDigestBytes);
    header.offsets[i] = offset;
    offset += aligned(header.facts.rows * width);
  }
  if (header.fileBytes != offset) in.damaged();
  return header;
}

}  // namespace sluis::snapshot
