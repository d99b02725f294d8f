#include "postgres/copy_writer.h"

#include <fmt/format.h>
#include <libpq-fe.h>

namespace sluis::postgres {

namespace {

// Signature, flags, length of the header extension.
constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view kTrailer("\377\377", 2);

// Reads results to the end; the first that failed decides.
Rows lastResult(pg_conn* connection) {
  Rows kept(nullptr);
  bool failed = false;
  while (auto* result = PQgetResult(connection)) {
    Rows rows(result);
    const auto status = PQresultStatus(result);
    if (status == PGRES_COPY_IN) break;
    if (!failed) kept = std::move(rows);
    failed = failed || status == PGRES_FATAL_ERROR;
  }
  return kept;
}

}  // namespace

CopyWriter::CopyWriter(Transaction& transaction, std::string_view target)
    : connection_(transaction.connection()), buffer_(new std::byte[kBufferBytes]) {
  connection_.startCopy(fmt::format("COPY {} FROM STDIN (FORMAT binary)", target));
  std::memcpy(buffer_.get(), kHeader.data(), kHeader.size());
  used_ = kHeader.size();
}

CopyWriter::~CopyWriter() {
  abandon();
}

void CopyWriter::send() {
  if (!open_) throw DatabaseError("the copy has ended", "55000", false);
  if (used_ > 0 &&
      PQputCopyData(connection_.raw(), reinterpret_cast<const char*>(buffer_.get()), static_cast<int>(used_)) != 1) {
    connection_.fail("copying records");
  }
  used_ = 0;
}

std::uint64_t CopyWriter::finish() {
  std::memcpy(room(kTrailer.size()), kTrailer.data(), kTrailer.size());
  used_ += kTrailer.size();
  send();
  open_ = false;
  if (PQputCopyEnd(connection_.raw(), nullptr) != 1) connection_.fail("copying records");
  return connection_.copied(lastResult(connection_.raw()));
}

void CopyWriter::abandon() noexcept {
  if (!open_) return;
  open_ = false;
  if (!connection_.isConnected()) return;
  PQputCopyEnd(connection_.raw(), "abandoned");
  lastResult(connection_.raw());
}

}  // namespace sluis::postgres
