// A snapshot of any bytes: opened and looked at whole, it is right in everything the engine takes for granted, or it is
// an Error. The bytes are tried as they are, and again with all digests made right, which a fuzzer never hits.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"
#include "crypto/digest.h"
#include "snapshot/header.h"
#include "snapshot/snapshot.h"

namespace {

using namespace sluis;
using namespace sluis::snapshot;

void look(const std::string& bytes) {
  const Fd file(::memfd_create("snapshot", MFD_CLOEXEC));
  if (::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
  try {
    const auto snapshot = Snapshot::open(fmt::format("/proc/self/fd/{}", file.get()));
    const auto& facts = snapshot->facts();
    const auto quarters = facts.lastQuarter - facts.firstQuarter + 1;
    const auto child = snapshot->words(Column::child);
    const auto provider = snapshot->shorts(Column::provider);
    const auto start = snapshot->bytes(Column::start);
    const auto end = snapshot->bytes(Column::end);
    const auto marks = snapshot->bytes(Column::satisfaction);
    snapshot->verify();
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < facts.rows; ++i) {
      if (child[i] != next && child[i] + 1 != next) std::abort();
      if (child[i] == next) ++next;
      if (provider[i] >= facts.providers.size() || start[i] == 0 || start[i] > quarters || end[i] > quarters)
        std::abort();
      if ((marks[i] & 15) > 10 || marks[i] >> 4 > 10) std::abort();
    }
    if (next != facts.children) std::abort();
  } catch (const Error&) {
    return;
  }
}

void put(std::string& bytes, std::size_t at, const crypto::Sha256& digest) {
  std::memcpy(bytes.data() + at, digest.data(), digest.size());
}

void seal(std::string& bytes) {
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof(value));
    return value;
  };
  if (bytes.size() < kPreambleBytes + kColumns * kEntryBytes) return;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto entry = kPreambleBytes + i * kEntryBytes;
    const auto offset = number(entry + 8);
    const auto size = number(entry + 16);
    if (offset > bytes.size() || size > bytes.size() || aligned(size) > bytes.size() - offset) continue;
    put(bytes, entry + 24, crypto::sha256(asBytes(bytes).subspan(offset, aligned(size))));
  }
  const auto header = number(16);
  if (header < 32 || header > bytes.size()) return;
  put(bytes, header - 32, crypto::sha256(asBytes(bytes).first(header - 32)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  look(bytes);
  seal(bytes);
  look(bytes);
  return 0;
}
