#include "validate/validator.h"

#include "base/secret.h"
#include "validate/bench.h"

namespace sluis::validate {

Validator::Validator(const dataset::Definition& definition, const Period& period, Day received,
                     const Coverage& coverage)
    : bench_(std::make_unique<Bench>(definition, period, received, coverage)) {}
Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;
Validator& Validator::operator=(Validator&&) noexcept = default;

Result<void, Refusal> Validator::bind(std::span<const std::string> columns) {
  return bench_->bind(columns);
}

void Validator::check(const plugin::CellBatch& batch, std::vector<Trajectory>& good) {
  bench_->check(batch, good);
}

Result<Findings, Refusal> Validator::finish() {
  return bench_->finish();
}

std::uint64_t Validator::records() const {
  return bench_->records();
}
std::uint64_t Validator::wrongRecords() const {
  return bench_->findings().wrongRecords();
}
bool Validator::isWrong(std::uint32_t row) const {
  return bench_->findings().isWrong(row);
}

void wipeRecords(std::vector<Trajectory>& records) noexcept {
  // The whole allocation: earlier, longer batches lie behind the end.
  records.resize(records.capacity());
  wipe(std::as_writable_bytes(std::span(records)));
  records.clear();
}

}  // namespace sluis::validate
