#include "run/content.h"

#include <exception>
#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/step.h"
#include "validate/validator.h"

namespace sluis::run {

namespace {

constexpr std::size_t kPiece = 1 << 18;

// Feeds the worker on a thread of its own, digesting what passes. Ends by itself when the worker does.
class Feeder {
 public:
  Feeder(reader::FormatJob& job, Fd data) : job_(job), data_(std::move(data)), thread_([this] { feed(); }) {}
  ~Feeder() { join(); }

  void join() {
    if (thread_.joinable()) thread_.join();
  }
  /// After join(): what went wrong on our side is thrown here; the digest of all bytes otherwise, when all were taken.
  std::optional<crypto::Sha256> outcome() {
    if (failed_) std::rethrow_exception(failed_);
    return digest_;
  }

 private:
  void feed() {
    try {
      crypto::MultiDigest digest(false, false);
      std::vector<std::byte> piece(kPiece);
      bool taken = true;
      while (const std::size_t n = readSome(data_.get(), piece, "the spool")) {
        const BytesView bytes(piece.data(), n);
        digest.update(bytes);
        if (!(taken = job_.feed(bytes))) break;
      }
      wipe(piece);
      if (taken) digest_ = digest.finish().sha256;
      job_.endOfInput();
    } catch (...) {
      failed_ = std::current_exception();
      job_.stop();
    }
  }

  reader::FormatJob& job_;
  Fd data_;
  std::optional<crypto::Sha256> digest_;
  std::exception_ptr failed_;
  std::thread thread_;
};

// Reads to the end; the refusal, when the file cannot be read or its columns do not fit.
std::optional<Refusal> readAll(reader::FormatJob& job, validate::Validator& validator, ContentVerdict& verdict,
                               const TakeRecords& take) {
  const auto header = job.header();
  if (!header) return header.error();
  verdict.detected = header->detected;
  if (auto bound = validator.bind(header->columns); !bound) return bound.error();
  std::vector<Trajectory> good;
  bool wanted = static_cast<bool>(take);
  for (;;) {
    auto batch = job.next();
    if (!batch) return batch.error();
    if (!*batch) return std::nullopt;
    validator.check(**batch, good);
    if (wanted && !good.empty()) {
      wanted = take(good, validator.wrongRecords());
      passed("content.batch");
    }
    validate::wipeRecords(good);
  }
}

}  // namespace

ContentVerdict examine(const ContentQuestion& question, Fd data, const TakeRecords& take) {
  ContentVerdict verdict;
  if (!question.worker.has("format", question.format)) {
    verdict.refusal =
        Refusal{RefusalCode::FMT01, "Dit bestandsformaat wordt hier niet gelezen. Lever het bestand aan als .csv."};
    return verdict;
  }
  validate::Validator validator(question.definition, question.period, question.received, question.coverage);
  reader::FormatJob job = question.worker.startFormat(question.format);
  Feeder feeder(job, std::move(data));
  passed("content.started");
  try {
    verdict.refusal = readAll(job, validator, verdict, take);
  } catch (...) {
    job.stop();
    throw;
  }
  if (verdict.refusal) job.stop();
  feeder.join();
  const auto digest = feeder.outcome();
  if (!verdict.refusal && question.expected && digest != question.expected)
    throw Error(ErrorKind::disk, "the bytes in the spool are not the bytes that were received",
                "check the disk; the delivery stays queued");
  if (verdict.refusal) return verdict;  // findings in a file that was not read whole would mislead

  auto findings = validator.finish();
  if (!findings) {
    verdict.refusal = findings.error();
    return verdict;
  }
  verdict.findings = std::move(*findings);
  verdict.records = validator.records();
  verdict.wrongRecords = validator.wrongRecords();
  if (verdict.wrongRecords > question.wrongRecordsAllowed)
    verdict.refusal = Refusal{
        RefusalCode::VAL01, fmt::format("{} van de {} records hebben fouten.", verdict.wrongRecords, verdict.records)};
  for (std::uint32_t row = 1; !verdict.refusal && verdict.wrongRows.size() < verdict.wrongRecords; ++row)
    if (validator.isWrong(row)) verdict.wrongRows.push_back(row);
  return verdict;
}

}  // namespace sluis::run
