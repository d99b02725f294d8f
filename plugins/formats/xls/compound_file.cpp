#include "xls/compound_file.h"

#include <algorithm>

#include "xls/bytes.h"

namespace sluis::xls {

namespace {

constexpr std::uint32_t kLastSector = 0xFFFFFFFA;  // above it: ends of chains and free sectors ([MS-CFB] 2.1)
constexpr std::size_t kHeader = 512;
constexpr std::size_t kInHeader = 109;  // FAT sectors that the header names itself
constexpr std::uint32_t kMiniShift = 6;
constexpr std::uint32_t kMostSmall = 4096;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool sameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::size_t Stream::readAt(std::uint64_t offset, std::span<char> buffer) const {
  if (offset >= size_) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size_ - offset));
  if (sectors_.empty()) return small_.copy(buffer.data(), wanted, static_cast<std::size_t>(offset));
  const std::uint64_t bytes = std::uint64_t{1} << shift_;
  std::size_t done = 0;
  while (done < wanted) {
    // Neighbouring sectors are read at once.
    const auto first = static_cast<std::size_t>((offset + done) >> shift_);
    const std::uint64_t within = (offset + done) & (bytes - 1);
    std::size_t last = first;
    while (((last - first + 1) << shift_) - within < wanted - done && sectors_[last + 1] == sectors_[last] + 1) ++last;
    const auto run = std::min<std::size_t>(wanted - done, ((last - first + 1) << shift_) - within);
    const std::uint64_t at = ((std::uint64_t{sectors_[first]} + 1) << shift_) + within;
    const std::size_t got = source_->readAt(at, buffer.subspan(done, run));
    done += got;
    if (got < run) break;
  }
  return done;
}

CompoundFile::CompoundFile(plugin::ByteSource& source) : source_(source) {
  const std::uint64_t size = source.size();
  if (size > kLargest) refuse("De werkmap is groter dan 128 MiB; sla haar op als .xlsx of lever CSV aan.");
  std::string header(kHeader, '\0');
  header.resize(source.readAt(0, header));
  if (header.size() < kHeader || !isOne(header)) refuse(kDamaged);
  shift_ = u16(header, 30);
  if (shift_ != 9 && shift_ != 12) refuse(kDamaged);
  // The last sector may be cut off: some writers do not fill it.
  sectors_ = static_cast<std::uint32_t>(((size - 1) >> shift_));
  cutoff_ = u32(header, 56);
  miniFat_ = u32(header, 60);
  readFat(header);
  readDirectory(u32(header, 48));
}

std::string CompoundFile::sector(std::uint32_t number) const {
  if (number >= sectors_) refuse(kDamaged);
  std::string bytes(std::size_t{1} << shift_, '\0');
  source_.readAt((std::uint64_t{number} + 1) << shift_, bytes);
  return bytes;
}

void CompoundFile::readFat(std::string_view header) {
  const std::size_t entries = (std::size_t{1} << shift_) / 4;
  const std::size_t most = sectors_ / entries + 1;  // FAT sectors that a file of this size can need
  std::vector<std::uint32_t> places;
  const auto take = [&](std::string_view bytes, std::size_t at, std::size_t count) {
    for (std::size_t i = 0; i < count && places.size() < most; ++i) {
      const std::uint32_t place = u32(bytes, at + i * 4);
      if (place < kLastSector) places.push_back(place);
    }
  };
  take(header, 76, kInHeader);
  std::uint32_t next = u32(header, 68);
  for (std::size_t steps = 0; next < kLastSector && places.size() < most; ++steps) {
    if (steps > most) refuse(kDamaged);
    const std::string bytes = sector(next);
    take(bytes, 0, entries - 1);
    next = u32(bytes, (entries - 1) * 4);
  }
  fat_.reserve(places.size() * entries);
  for (const std::uint32_t place : places) {
    const std::string bytes = sector(place);
    for (std::size_t i = 0; i < entries; ++i) fat_.push_back(u32(bytes, i * 4));
  }
}

void CompoundFile::readDirectory(std::uint32_t start) {
  std::uint32_t at = start;
  bool first = true;
  for (std::uint32_t steps = 0; at < kLastSector; ++steps) {
    if (steps > sectors_ || at >= fat_.size() || entries_.size() > kMostEntries) refuse(kDamaged);
    const std::string bytes = sector(at);
    for (std::size_t entry = 0; entry < bytes.size(); entry += 128, first = false) {
      const std::uint8_t type = u8(bytes, entry + 66);
      const std::size_t length = u16(bytes, entry + 64);
      if ((type != 1 && type != 2 && type != 5) || length < 2 || length > 64) continue;
      Entry found{.name = {}, .start = u32(bytes, entry + 116), .size = u32(bytes, entry + 120)};
      for (std::size_t i = 0; i + 2 < length; i += 2) {
        const std::uint16_t unit = u16(bytes, entry + i);
        found.name += unit < 0x80 ? static_cast<char>(unit) : '?';
      }
      if (first && type == 5) root_ = found;
      entries_.push_back(std::move(found));
    }
    at = fat_[at];
  }
  if (entries_.empty()) refuse(kDamaged);
}

const CompoundFile::Entry* CompoundFile::find(std::string_view name) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return sameName(entry.name, name); });
  return found == entries_.end() ? nullptr : &*found;
}

// As many sectors as `size` takes.
std::vector<std::uint32_t> CompoundFile::chain(std::uint32_t start, std::uint64_t size) const {
  const std::uint64_t wanted = (size + (std::uint64_t{1} << shift_) - 1) >> shift_;
  if (wanted > sectors_) refuse(kDamaged);
  std::vector<std::uint32_t> found;
  found.reserve(static_cast<std::size_t>(wanted));
  std::vector<bool> seen(sectors_);
  for (std::uint32_t at = start; found.size() < wanted; at = fat_[at]) {
    if (at >= fat_.size() || at >= sectors_ || seen[at]) refuse(kDamaged);
    seen[at] = true;
    found.push_back(at);
  }
  return found;
}

Stream CompoundFile::open(std::string_view name) const {
  const Entry* entry = find(name);
  if (entry == nullptr) refuse(kDamaged);
  Stream stream;
  stream.source_ = &source_;
  stream.shift_ = shift_;
  stream.size_ = entry->size;
  if (entry->size < cutoff_ && entry->size <= kMostSmall)
    stream.small_ = readSmall(*entry);
  else
    stream.sectors_ = chain(entry->start, entry->size);
  return stream;
}

// Small streams lie in sectors of 64 bytes within one stream of the root ([MS-CFB] 2.4).
std::string CompoundFile::readSmall(const Entry& entry) const {
  Stream host;
  host.source_ = &source_;
  host.shift_ = shift_;
  host.size_ = root_.size;
  host.sectors_ = chain(root_.start, root_.size);
  std::string bytes;
  std::uint32_t at = entry.start;
  const std::uint32_t perSector = (1U << shift_) / 4;
  while (bytes.size() < entry.size) {
    std::string piece(std::size_t{1} << kMiniShift, '\0');
    if (host.sectors_.empty() || host.readAt(std::uint64_t{at} << kMiniShift, piece) == 0) refuse(kDamaged);
    bytes += piece;
    if (bytes.size() >= entry.size) break;
    std::uint32_t table = miniFat_;
    for (std::uint32_t steps = at / perSector; steps > 0; --steps) {
      if (table >= fat_.size()) refuse(kDamaged);
      table = fat_[table];
    }
    at = u32(sector(table), std::size_t{at % perSector} * 4);
  }
  bytes.resize(static_cast<std::size_t>(entry.size));
  return bytes;
}

}  // namespace sluis::xls
