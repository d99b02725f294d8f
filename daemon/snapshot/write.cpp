#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "snapshot/check.h"
#include "snapshot/header.h"
#include "snapshot/table.h"

namespace sluis::snapshot {

namespace {

namespace fs = std::filesystem;

constexpr std::byte kZeros[kAlignment] = {};

BytesView paddingAfter(BytesView column) {
  return {kZeros, aligned(column.size()) - column.size()};
}

void mustBeRight(const Table& table) {
  const auto must = [&](bool right, std::string_view problem) {
    if (!right) throw std::logic_error(fmt::format("this snapshot cannot be written: {}", problem));
  };
  if (const auto problem = problemIn(table.facts); !problem.empty()) must(false, problem);
  const auto columns = [&](Column column) { return columnOf(table, column); };
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto column = static_cast<Column>(i);
    must(columnOf(table, column).size() == table.facts.rows * widthOf(column),
         "a column has not as many values as rows");
  }
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto problem = problemIn(static_cast<Column>(i), table.facts, columns);
    must(problem.empty(), problem);
  }
}

ColumnDigests digestsOf(const Table& table) {
  ColumnDigests digests;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto bytes = columnOf(table, static_cast<Column>(i));
    crypto::Digest digest(crypto::DigestAlgorithm::sha256);
    digest.update(bytes);
    digest.update(paddingAfter(bytes));
    std::ranges::copy(digest.finish(), digests[i].begin());
  }
  return digests;
}

void writeTo(const fs::path& temporary, const std::string& header, const Table& table) {
  const auto name = temporary.string();
  const Fd fd = openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0640);
  if (::fchmod(fd.get(), 0640) != 0) throwErrno(fmt::format("cannot set the mode of {}", name));
  writeAll(fd.get(), header, name);
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto bytes = columnOf(table, static_cast<Column>(i));
    writeAll(fd.get(), bytes, name);
    writeAll(fd.get(), paddingAfter(bytes), name);
  }
  if (::fsync(fd.get()) != 0) throwErrno(fmt::format("cannot sync {}", name));
}

}  // namespace

std::array<std::byte, 32> write(const fs::path& file, const Table& table) {
  mustBeRight(table);
  const auto header = encodeHeader(table.facts, digestsOf(table));
  if (header.size() > kMostHeaderBytes)
    throw std::logic_error("this snapshot cannot be written: its header is too long");
  const fs::path temporary = file.parent_path() / fmt::format(".{}.{}.tmp", file.filename().string(), ::getpid());
  try {
    writeTo(temporary, header, table);
    if (::rename(temporary.c_str(), file.c_str()) != 0)
      throwErrno(fmt::format("cannot put {} in place", file.string()));
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  syncFolder(file.parent_path());
  std::array<std::byte, 32> digest;
  std::ranges::copy(asBytes(header).last(digest.size()), digest.begin());
  return digest;
}

}  // namespace sluis::snapshot
