#include "run/content.h"

#include <pthread.h>

#include <atomic>
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

// Digests the file on a thread of its own while the worker reads it: proof that these are the bytes that were sealed,
// and that the disk gives them.
class Proof {
 public:
  Proof(const Fd& data, const std::optional<crypto::Sha256>& expected)
      : data_(data), expected_(expected), thread_([this] { read(); }) {}
  /// A proof that nobody waits for is broken off.
  ~Proof() {
    abandoned_ = true;
    if (thread_.joinable()) thread_.join();
  }

  /// Waits for it. Error (disk) when the bytes are others, or cannot be read.
  void complete() {
    thread_.join();
    if (failed_) std::rethrow_exception(failed_);
    if (expected_ && digest_ != *expected_)
      throw Error(ErrorKind::disk, "the bytes in the spool are not the bytes that were received",
                  "check the disk; the delivery stays queued");
  }

 private:
  void read() {
    ::pthread_setname_np(::pthread_self(), "proof");
    try {
      crypto::MultiDigest digest(false, false);
      std::vector<std::byte> piece(kPiece);
      std::uint64_t done = 0;
      while (!abandoned_) {
        const std::size_t n = readSomeAt(data_.get(), done, piece, "the delivery");
        if (n == 0) break;
        if (expected_) digest.update(BytesView(piece.data(), n));
        done += n;
      }
      wipe(piece);
      digest_ = digest.finish().sha256;
    } catch (...) {
      failed_ = std::current_exception();
    }
  }

  const Fd& data_;
  const std::optional<crypto::Sha256>& expected_;
  std::atomic<bool> abandoned_ = false;
  crypto::Sha256 digest_{};
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
  std::optional<Proof> proof;
  if (question.expected) proof.emplace(data, question.expected);
  {
    reader::FormatJob job =
        question.worker.startFormat(question.format, question.definition.layoutFor(question.format), data);
    passed("content.started");
    verdict.refusal = readAll(job, validator, verdict, take);
  }
  // What a failing disk does to the worker looks like a bad file: nobody is refused before the bytes are proved.
  if (verdict.refusal && !proof) proof.emplace(data, question.expected);
  if (proof) proof->complete();
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
