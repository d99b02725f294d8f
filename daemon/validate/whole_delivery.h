// What is counted over the whole delivery for the rules that look at its pattern: JH204 (all scores of an indicator the
// same) and JH205 (many ends on one day). Exact; its memory does not grow with the delivery.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "model/trajectory.h"
#include "validate/calendar.h"

namespace sluis::validate {

class WholeDelivery {
 public:
  /// What of the records could be read: a value that could not is none.
  void add(std::span<const Trajectory> records) {
    // In registers while the records pass: three pairs of counters are waited for at every record otherwise.
    std::array<Scores, 3> scores = scores_;
    for (const Trajectory& record : records) {
      for (const Measurement& measurement : record.measurements) {
        add(scores[0], measurement.satisfaction);
        add(scores[1], measurement.goOn);
        add(scores[2], measurement.goals);
      }
    }
    scores_ = scores;
    for (const Trajectory& record : records) {
      if (record.end == kNoDay) continue;
      ++endsOn_[static_cast<std::size_t>(record.end - kFirst)];
      ++ends_;
    }
  }

  /// What another counted, of other records.
  void add(const WholeDelivery& other) {
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      scores_[i].count += other.scores_[i].count;
      scores_[i].seen |= other.scores_[i].seen;
    }
    for (std::size_t day = 0; day < endsOn_.size(); ++day) endsOn_[day] += other.endsOn_[day];
    ends_ += other.ends_;
  }

  /// How many indicators have at least `least` scores, all of them the same.
  unsigned monotonous(std::uint64_t least) const {
    unsigned found = 0;
    for (const Scores& scores : scores_)
      if (scores.count >= least && std::has_single_bit(scores.seen)) ++found;
    return found;
  }
  /// Whether one day has more than `percent` % of all ends; false with fewer than `least` of them.
  bool endsTogether(std::uint64_t percent, std::uint64_t least) const {
    return ends_ >= least && *std::max_element(endsOn_.begin(), endsOn_.end()) * std::uint64_t{100} > ends_ * percent;
  }

 private:
  static constexpr DayNumber kFirst = kCalendar.find(kFirstYear * 10000 + 101);
  static constexpr DayNumber kLast = kCalendar.find(kLastYear * 10000 + 1231);

  struct Scores {
    std::uint64_t count = 0;
    std::uint32_t seen = 0;  // one bit a score
  };
  static void add(Scores& scores, std::uint8_t score) {
    scores.count += score != 0;
    scores.seen |= (std::uint32_t{1} << score) & ~std::uint32_t{1};
  }

  std::array<Scores, 3> scores_{};
  std::uint64_t ends_ = 0;
  std::vector<std::uint32_t> endsOn_ = std::vector<std::uint32_t>(static_cast<std::size_t>(kLast - kFirst) + 1);
};

}  // namespace sluis::validate
