#include "postgres/copy_reader.h"

#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace sluis::postgres {

namespace {

constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
constexpr std::size_t kHeaderBytes = kSignature.size() + 4 + 4;

struct Clear {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

std::uint32_t bigEndian(BytesView bytes) {
  std::uint32_t value = 0;
  for (const auto byte : bytes) value = value << 8 | std::to_integer<std::uint32_t>(byte);
  return value;
}

}  // namespace

CopyReader::CopyReader(Transaction& transaction, std::string_view query, std::size_t fields)
    : connection_(transaction.connection()), count_(fields) {
  if (fields == 0 || fields > kMostFields) throw std::logic_error("a copy of 1 to 32 fields");
  transaction.exec("SELECT");  // whatever the transaction has put off
  const Result begun(PQexec(connection_.raw(), fmt::format("COPY ({}) TO STDOUT (FORMAT binary)", query).c_str()));
  if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) connection_.fail("reading records", begun.get());
}

CopyReader::~CopyReader() {
  release();
  if (!open_ || !connection_.isConnected()) return;
  if (auto* cancel = PQgetCancel(connection_.raw())) {
    char reason[256];
    PQcancel(cancel, reason, sizeof(reason));
    PQfreeCancel(cancel);
  }
  while (PQgetCopyData(connection_.raw(), &message_, 0) > 0) release();
  while (auto* result = PQgetResult(connection_.raw())) PQclear(result);
}

void CopyReader::misread() {
  throw DatabaseError("the database sent records in another form than asked for", "", false);
}

void CopyReader::release() noexcept {
  PQfreemem(message_);
  message_ = nullptr;
}

// The server sends a message for each row; the first begins with the header, the last says that there are no more.
bool CopyReader::receive() {
  release();
  const int size = PQgetCopyData(connection_.raw(), &message_, 0);
  if (size == -2) {
    open_ = false;
    connection_.fail("reading records");
  }
  if (size < 0) {
    end();
    return false;
  }
  rest_ = {reinterpret_cast<const std::byte*>(message_), static_cast<std::size_t>(size)};
  if (begun_) return true;
  begun_ = true;
  if (rest_.size() < kHeaderBytes || asText(rest_.first(kSignature.size())) != kSignature) misread();
  const auto extension = bigEndian(rest_.subspan(kHeaderBytes - 4, 4));
  if (bigEndian(rest_.subspan(kSignature.size(), 4)) != 0 || extension > rest_.size() - kHeaderBytes) misread();
  rest_ = rest_.subspan(kHeaderBytes + extension);
  return !rest_.empty() || receive();
}

bool CopyReader::next() {
  if (!open_) return false;
  if (!receive()) misread();  // there is always a message that says there are no more
  if (rest_.size() < 2) misread();
  const auto count = bigEndian(rest_.first(2));
  rest_ = rest_.subspan(2);
  if (count == 0xffff) {
    if (!rest_.empty() || receive()) misread();
    return false;
  }
  if (count != count_) misread();
  for (std::size_t i = 0; i < count_; ++i) {
    if (rest_.size() < 4) misread();
    const auto length = bigEndian(rest_.first(4));
    rest_ = rest_.subspan(4);
    fields_[i] = {};
    if (length == 0xffffffff) continue;
    if (length > rest_.size()) misread();
    fields_[i] = rest_.first(length);
    rest_ = rest_.subspan(length);
  }
  if (!rest_.empty()) misread();
  return true;
}

void CopyReader::end() {
  open_ = false;
  // To the last, so that the connection is free again; the first that failed decides.
  Result failed;
  while (Result result{PQgetResult(connection_.raw())})
    if (!failed && PQresultStatus(result.get()) != PGRES_COMMAND_OK) failed = std::move(result);
  if (failed) connection_.fail("reading records", failed.get());
}

}  // namespace sluis::postgres
