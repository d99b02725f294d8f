// What an intruder who knows the method and the table can say of a true count from published ones (docs/attacks.md):
// the posterior over its exact values, from a prior uniform over those that the published counts allow.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ptable/ptable.h"

namespace sluis::protect {

/// Published counts that together count the same units: their sum, and how many of them carry noise.
struct Observation {
  std::int64_t sum = 0;
  std::uint32_t noises = 0;
};

/// A distribution over `first`, `first` + 1, …
struct Posterior {
  std::int64_t first = 0;
  std::vector<double> of;

  double at(std::int64_t value) const {
    const std::int64_t i = value - first;
    return i < 0 || i >= static_cast<std::int64_t>(of.size()) ? 0 : of[static_cast<std::size_t>(i)];
  }
};

/// How sure the intruder is, and of what.
struct Guess {
  double confidence = 0;
  std::int64_t value = 0;
};

class Intruder {
 public:
  explicit Intruder(const ptable::PerturbationTable& table);

  /// log P(the sum of `noises` independent noises of large counts is `x`); -infinity when it cannot be.
  double logSum(std::uint32_t noises, std::int64_t x) const;

  /// Of a count published as `own`, and seen in `others` as well.
  Posterior posterior(std::int64_t own, std::span<const Observation> others) const;
  /// Of a count that is not published itself. Empty when there are no observations.
  Posterior posterior(std::span<const Observation> others) const;
  /// Of a difference of counts (it may be negative), from differences of published ones.
  Posterior change(std::span<const Observation> seen) const;
  /// Of a count less those that are visible within it, when `visible` says what is known of their sum.
  static Posterior remainder(const Posterior& whole, const Posterior& visible);
  /// Of the sum of two counts.
  static Posterior sum(const Posterior& a, const Posterior& b);
  /// What the sum of the published tells of the sum of the true counts.
  Posterior sumOf(const Observation& seen) const;

  /// The best linear estimate's certainty: of the nearest whole number, from its variance alone.
  double linear(std::span<const Observation> all) const;

 private:
  Posterior over(std::int64_t first, std::int64_t last, std::int64_t const* own,
                 std::span<const Observation> others) const;

  const ptable::PerturbationTable& table_;
  int bound_;
  std::vector<std::vector<double>> logSums_;  ///< by the number of noises, from 0
  double logZeroOfOne_;                       ///< log P(one unit is published as zero)
};

/// The likeliest value between `from` and `to`, both inside.
Guess guessOf(const Posterior& posterior, std::int64_t from, std::int64_t to);

}  // namespace sluis::protect
