#include "reader/worker.h"

#include <fmt/format.h>

#include "base/error.h"
#include "reader/line.h"
#include "reader/memory_file.h"
#include "reader/safe_text.h"
#include "reader/standby.h"

namespace sluis::reader {

namespace {

// What validate/ can number; a file of 4 GiB has fewer.
constexpr std::uint64_t kMostRows = (1U << 28) - 1;

Refusal nonsense() {
  return {RefusalCode::FMT01,
          "Het leesprogramma is op dit bestand vastgelopen; exporteer het opnieuw en lever het nog eens aan."};
}

}  // namespace

class FormatJob::Impl {
 public:
  Impl(std::shared_ptr<Standby> starter, std::unique_ptr<Line> line)
      : starter_(std::move(starter)), line_(std::move(line)) {}
  ~Impl() {
    if (starter_) starter_->bury(std::move(line_));
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<Header, Refusal> header();
  Result<std::optional<plugin::CellBatch>, Refusal> next();
  void stop() noexcept { line_->stop(); }

 private:
  Refusal refuse(Refusal refusal) {
    line_->stop();
    refused_ = refusal;
    return refusal;
  }
  Refusal refused(const Message& message);

  std::shared_ptr<Standby> starter_;  // its thread started the worker, and the worker dies with it
  std::unique_ptr<Line> line_;
  std::optional<Header> header_;
  std::optional<Refusal> refused_;
  std::uint64_t rows_ = 0;
  bool done_ = false;
};

// The plugin could not read the file, and says why.
Refusal FormatJob::Impl::refused(const Message& message) {
  if (message.kind != Kind::unreadable) return refuse(nonsense());
  const auto cells = line_->take(message);
  if (!cells || cells->rows() != 1) return refuse(nonsense());
  const std::string sentence = safeText(cells->cell(0, 0));
  return refuse({RefusalCode::FMT01, message.number > 0 && message.number < kMostRows
                                         ? fmt::format("Regel {}: {}", message.number, sentence)
                                         : sentence});
}

Result<Header, Refusal> FormatJob::Impl::header() {
  if (refused_) return failure(*refused_);
  if (header_) return *header_;
  const auto message = line_->receive();
  if (!message) return failure(refuse(message.error()));
  if (message->kind != Kind::header) return failure(refused(*message));
  const auto cells = line_->take(*message);
  if (!cells || cells->rows() != 1 || cells->columns() < 2) return failure(refuse(nonsense()));
  Header header;
  for (std::uint32_t column = 0; column + 1 < cells->columns(); ++column)
    header.columns.emplace_back(cells->cell(0, column));
  header.detected = safeText(cells->cell(0, cells->columns() - 1));
  header_ = std::move(header);
  return *header_;
}

Result<std::optional<plugin::CellBatch>, Refusal> FormatJob::Impl::next() {
  if (refused_) return failure(*refused_);
  if (done_) return std::nullopt;
  if (!header_)
    if (const auto known = header(); !known) return failure(known.error());
  const auto message = line_->receive();
  if (!message) return failure(refuse(message.error()));
  if (message->kind == Kind::done) {
    done_ = true;
    return std::nullopt;
  }
  if (message->kind != Kind::rows) return failure(refused(*message));
  const auto cells = line_->take(*message);
  if (!cells) return failure(refuse(cells.error()));
  rows_ += cells->rows();
  if (cells->columns() != header_->columns.size() || rows_ > kMostRows) return failure(refuse(nonsense()));
  return *cells;
}

FormatJob::FormatJob(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FormatJob::FormatJob(FormatJob&&) noexcept = default;
FormatJob& FormatJob::operator=(FormatJob&&) noexcept = default;
FormatJob::~FormatJob() = default;

Result<Header, Refusal> FormatJob::header() {
  return impl_->header();
}
Result<std::optional<plugin::CellBatch>, Refusal> FormatJob::next() {
  return impl_->next();
}
void FormatJob::stop() noexcept {
  impl_->stop();
}

Worker::Worker(Settings settings)
    : settings_(std::move(settings)),
      standby_(settings_.startAhead ? std::make_shared<Standby>(settings_) : nullptr),
      expected_(std::make_shared<Guarded<std::unique_ptr<Line>>>()) {}

void Worker::expectFormat(std::string_view name) {
  auto line = std::make_unique<Line>(settings_, std::string(name));
  expected_->with([&](std::unique_ptr<Line>& expected) { expected.swap(line); });
}

std::unique_ptr<Line> Worker::start(JobKind kind, std::string_view name, std::string_view layout,
                                    const Fd& input) const {
  auto waiting = expected_->with([](std::unique_ptr<Line>& expected) { return std::move(expected); });
  if (!waiting && standby_) waiting = standby_->take(kind == JobKind::format ? name : std::string_view());
  if (waiting) {
    try {
      waiting->begin(kind, name, layout, input);
      return waiting;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::system) throw;
      // It died while it waited: as good as none.
    }
  }
  auto line = std::make_unique<Line>(settings_);
  line->begin(kind, name, layout, input);
  return line;
}

FormatJob Worker::startFormat(std::string_view name, std::string_view layout, const Fd& input) const {
  return FormatJob(std::make_unique<FormatJob::Impl>(standby_, start(JobKind::format, name, layout, input)));
}

std::optional<plugin::SignatureFacts> Worker::parseSignature(std::string_view name, BytesView bytes) const {
  if (bytes.size() > kLongestSignature) return std::nullopt;
  const auto line = start(JobKind::signature, name, {}, memoryFile(bytes));
  const auto message = line->receive();
  if (!message || message->kind != Kind::facts) return std::nullopt;
  const auto cells = line->take(*message);
  if (!cells || cells->rows() != 1 || cells->columns() != kFactCount) return std::nullopt;
  for (std::uint32_t i = 0; i < kFactCount; ++i)
    if (cells->cell(0, i).size() > kLongestFact) return std::nullopt;
  const auto text = [&](std::uint32_t i) { return std::string(cells->cell(0, i)); };
  const auto raw = [&](std::uint32_t i) {
    const BytesView view = asBytes(cells->cell(0, i));
    return Bytes(view.begin(), view.end());
  };
  return plugin::SignatureFacts{.scheme = text(0),
                                .nameSpace = text(1),
                                .digestAlgorithm = text(2),
                                .signatureAlgorithm = text(3),
                                .signatureDigest = text(4),
                                .signerKey = raw(5),
                                .signerId = raw(6),
                                .signedAttributes = raw(7),
                                .signature = raw(8)};
}

bool Worker::has(std::string_view kind, std::string_view name) const {
  std::error_code failed;
  return std::filesystem::is_regular_file(settings_.pluginDirectory / fmt::format("{}-{}.so", kind, name), failed);
}

}  // namespace sluis::reader
