#include "snapshot/snapshot.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <mutex>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "snapshot/check.h"
#include "snapshot/header.h"

namespace sluis::snapshot {

namespace {

// Faults the pages in where a disk that cannot read them, or a file that was cut meanwhile, is an error and not a
// signal. Kernels before 5.14 do not know how; there it is left to the first touch.
int populate(BytesView bytes) {
#ifdef MADV_POPULATE_READ
  constexpr std::uintptr_t kPage = 4096;
  if (bytes.empty()) return 0;
  const auto first = reinterpret_cast<std::uintptr_t>(bytes.data()) / kPage * kPage;
  const auto end = reinterpret_cast<std::uintptr_t>(bytes.data()) + bytes.size();
  if (::madvise(reinterpret_cast<void*>(first), end - first, MADV_POPULATE_READ) != 0 && errno != EINVAL) return errno;
#endif
  return 0;
}

std::size_t readUpTo(const Fd& fd, std::span<std::byte> buffer, const std::string& name) {
  std::size_t have = 0;
  while (have < buffer.size()) {
    const auto more = readSomeAt(fd.get(), have, buffer.subspan(have), name);
    if (more == 0) break;
    have += more;
  }
  return have;
}

Header readHeader(const Fd& fd, const std::string& name) {
  Bytes bytes(kPreambleBytes);
  bytes.resize(readUpTo(fd, bytes, name));
  bytes.resize(headerBytes(bytes, name));
  bytes.resize(readUpTo(fd, bytes, name));
  return decodeHeader(bytes, name);
}

}  // namespace

struct Snapshot::Map {
  struct Checked {
    std::once_flag once;
    std::string problem;
  };

  ~Map() {
    if (address != nullptr) ::munmap(address, size);
  }
  BytesView at(std::uint64_t offset, std::uint64_t bytes) const {
    return {static_cast<const std::byte*>(address) + offset, bytes};
  }

  std::string name;
  void* address = nullptr;
  std::size_t size = 0;
  ColumnDigests digests{};
  std::array<std::uint64_t, kColumns> offsets{};
  mutable std::array<Checked, kColumns> checked;

  BytesView column(const Facts& facts, Column column) const;
  std::string problemWith(const Facts& facts, Column column, BytesView bytes) const;
};

BytesView Snapshot::Map::column(const Facts& facts, Column column) const {
  const auto number = static_cast<std::size_t>(column);
  auto& [once, problem] = checked.at(number);
  const auto bytes = at(offsets[number], facts.rows * widthOf(column));
  std::call_once(once, [&, &found = problem] { found = problemWith(facts, column, bytes); });
  if (!problem.empty())
    throw Error(ErrorKind::disk, fmt::format("{} is damaged: column {}: {}", name, toString(column), problem));
  return bytes;
}

std::string Snapshot::Map::problemWith(const Facts& facts, Column column, BytesView bytes) const {
  const auto number = static_cast<std::size_t>(column);
  const auto whole = at(offsets[number], aligned(bytes.size()));
  if (populate(whole) != 0) return "it cannot be read from the disk";
  if (crypto::sha256(whole) != digests[number]) return "it does not have the digest it should";
  return problemIn(column, facts, [&](Column other) { return other == column ? bytes : this->column(facts, other); });
}

Snapshot::Snapshot() : map_(std::make_unique<Map>()) {}
Snapshot::~Snapshot() = default;

std::shared_ptr<const Snapshot> Snapshot::open(const std::filesystem::path& file, const std::string& domain) {
  const auto name = file.string();
  const Fd fd = openFile(file, O_RDONLY | O_NONBLOCK);
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) throwErrno(fmt::format("cannot look at {}", name));
  if (!S_ISREG(found.st_mode)) throw Error(ErrorKind::disk, fmt::format("{} is not a snapshot", name));

  auto header = readHeader(fd, name);
  const auto size = static_cast<std::uint64_t>(found.st_size);
  if (size < header.fileBytes)
    throw Error(ErrorKind::disk, fmt::format("{} is cut short: {} of {} bytes", name, size, header.fileBytes));
  if (size > header.fileBytes)
    throw Error(ErrorKind::disk, fmt::format("{} is damaged: something stands after its end", name));
  if (!domain.empty() && header.facts.domain != domain)
    throw Error(ErrorKind::disk, fmt::format("{} is of {}, not of {}", name, header.facts.domain, domain));

  std::shared_ptr<Snapshot> snapshot(new Snapshot);
  auto& map = *snapshot->map_;
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (address == MAP_FAILED) throwErrno(fmt::format("cannot map {}", name));
  map.address = address;
  map.size = size;
  map.name = name;
  map.digests = header.digests;
  map.offsets = header.offsets;
  snapshot->facts_ = std::move(header.facts);
  return snapshot;
}

namespace {

template <typename T>
std::span<const T> as(BytesView bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

void mustHaveWidth(Column column, std::size_t width) {
  if (widthOf(column) != width) throw std::logic_error(fmt::format("{} is of another width", toString(column)));
}

}  // namespace

std::span<const std::uint8_t> Snapshot::bytes(Column column) const {
  mustHaveWidth(column, 1);
  return as<std::uint8_t>(map_->column(facts_, column));
}

std::span<const std::uint16_t> Snapshot::shorts(Column column) const {
  mustHaveWidth(column, 2);
  return as<std::uint16_t>(map_->column(facts_, column));
}

std::span<const std::uint32_t> Snapshot::words(Column column) const {
  mustHaveWidth(column, 4);
  return as<std::uint32_t>(map_->column(facts_, column));
}

void Snapshot::verify() const {
  for (std::size_t i = 0; i < kColumns; ++i) map_->column(facts_, static_cast<Column>(i));
}

}  // namespace sluis::snapshot
