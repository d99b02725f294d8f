#include "sample/records.h"

#include <algorithm>
#include <utility>

namespace sluis::sample {

namespace {

constexpr std::size_t kMostLater = 64;
constexpr std::uint32_t kFurthest = 400;

}  // namespace

Records::Records(const Setting& setting, std::uint32_t count, std::uint32_t faulty)
    : population_(setting), faults_(faultsFor(population_)), left_(count), faultyLeft_(faulty) {
  Random order(mix(setting.seed ^ 0x5A));
  for (std::size_t i = faults_.size(); i > 1; --i)
    std::swap(faults_[i - 1], faults_[order.below(static_cast<std::uint32_t>(i))]);
}

bool Records::next(Record& record) {
  ++row_;
  if (!later_.empty() && later_.front().row <= row_) {
    record = later_.front().record;
    later_.pop_front();
    return true;
  }
  if (given_ == made_.size() && left_ > 0) refill();
  if (given_ < made_.size()) {
    record = made_[given_++];
    return true;
  }
  if (later_.empty()) return false;
  record = later_.front().record;
  later_.pop_front();
  return true;
}

// Each of the records that are left is as likely as any other to be one of the faulty ones that are left, so that in
// the end their number is exact.
void Records::refill() {
  made_.clear();
  given_ = 0;
  if (population_.random().below(left_) < faultyLeft_) {
    plant(std::min(left_, faultyLeft_));
    return;
  }
  population_.addChild(left_ - faultyLeft_, made_);
  left_ -= static_cast<std::uint32_t>(made_.size());
}

void Records::plant(std::uint32_t room) {
  const Fault* fault = nullptr;
  do fault = &faults_[turn_++ % faults_.size()];
  while (fault->rows > room);
  fault->plant(population_, made_);
  for (Record& record : made_) record.broken = fault->rule;
  left_ -= static_cast<std::uint32_t>(made_.size());
  faultyLeft_ -= static_cast<std::uint32_t>(made_.size());
  if (made_.size() > 1 && later_.size() < kMostLater) {
    Later later{row_ + 1 + population_.random().below(kFurthest), made_.back()};
    made_.pop_back();
    later_.insert(std::upper_bound(later_.begin(), later_.end(), later,
                                   [](const Later& a, const Later& b) { return a.row < b.row; }),
                  std::move(later));
  }
}

}  // namespace sluis::sample
