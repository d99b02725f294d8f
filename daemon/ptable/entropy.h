// The distribution of greatest entropy on some whole numbers, with mean zero and a given variance.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace sluis::ptable {

/// The smallest and largest variance that a distribution with mean zero on `support` (ascending, with a value on either
/// side of zero, or zero itself) can have.
struct VarianceRange {
  double least = 0;
  double most = 0;
};
VarianceRange varianceRange(std::span<const int> support);

/// A probability for each of `support`; sum, mean and variance are right to 1e-12. nullopt when there is no such
/// distribution.
std::optional<std::vector<double>> greatestEntropy(std::span<const int> support, double variance);

}  // namespace sluis::ptable
