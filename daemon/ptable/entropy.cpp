#include "ptable/entropy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace sluis::ptable {

namespace {

constexpr double kExact = 1e-12;
constexpr int kMostSteps = 500;

/// p(d) is proportional to exp(first * d + second * d^2): what Lagrange leaves of the problem.
struct Multipliers {
  double first = 0;
  double second = 0;
};

struct Moments {
  double logSum = 0;                ///< of the weights
  std::array<double, 5> of{1};      ///< of[k] is the mean of d^k
  std::vector<double> probability;  ///< of each value
};

Moments momentsOf(std::span<const int> support, const Multipliers& multipliers) {
  std::vector<double> exponent(support.size());
  std::transform(support.begin(), support.end(), exponent.begin(),
                 [&](int d) { return (multipliers.first + multipliers.second * d) * d; });
  const double largest = *std::max_element(exponent.begin(), exponent.end());
  Moments moments;
  double sum = 0;
  for (const double e : exponent) sum += std::exp(e - largest);
  moments.logSum = largest + std::log(sum);
  for (std::size_t i = 0; i < support.size(); ++i) {
    const double p = std::exp(exponent[i] - moments.logSum);
    moments.probability.push_back(p);
    double power = p;
    for (std::size_t k = 1; k < moments.of.size(); ++k) moments.of[k] += power *= support[i];
  }
  return moments;
}

/// All of the mass on two values: where the variance is the least or the most there can be.
std::vector<double> onTwo(std::span<const int> support, int below, int above) {
  std::vector<double> probability(support.size());
  for (std::size_t i = 0; i < support.size(); ++i) {
    if (below == 0 && above == 0)
      probability[i] = support[i] == 0 ? 1 : 0;
    else if (support[i] == below)
      probability[i] = static_cast<double>(above) / (above - below);
    else if (support[i] == above)
      probability[i] = static_cast<double>(-below) / (above - below);
  }
  return probability;
}

}  // namespace

VarianceRange varianceRange(std::span<const int> support) {
  if (support.empty() || support.front() > 0 || support.back() < 0) return {1, 0};
  const auto above = std::lower_bound(support.begin(), support.end(), 0);
  const double most = -static_cast<double>(support.front()) * support.back();
  return {*above == 0 ? 0 : -static_cast<double>(*(above - 1)) * *above, most};
}

std::optional<std::vector<double>> greatestEntropy(std::span<const int> support, double variance) {
  const VarianceRange range = varianceRange(support);
  if (variance < range.least - kExact || variance > range.most + kExact) return std::nullopt;
  // At either end the multipliers would be infinite.
  if (variance >= range.most - kExact) return onTwo(support, support.front(), support.back());
  if (variance <= range.least + kExact) {
    const auto above = std::lower_bound(support.begin(), support.end(), 0);
    return *above == 0 ? onTwo(support, 0, 0) : onTwo(support, *(above - 1), *above);
  }

  // The dual is convex: log sum exp(first d + second d^2) - second * variance. Newton, halving steps that go too far.
  Multipliers at;
  Moments moments = momentsOf(support, at);
  for (int step = 0; step < kMostSteps; ++step) {
    const double offMean = moments.of[1];
    const double offVariance = moments.of[2] - variance;
    if (std::abs(offMean) < kExact && std::abs(offVariance) < kExact) return moments.probability;
    const double a = moments.of[2] - moments.of[1] * moments.of[1];
    const double b = moments.of[3] - moments.of[1] * moments.of[2];
    const double c = moments.of[4] - moments.of[2] * moments.of[2];
    const double determinant = a * c - b * b;
    if (!(determinant > 0)) return std::nullopt;
    const Multipliers change = {-(c * offMean - b * offVariance) / determinant,
                                -(a * offVariance - b * offMean) / determinant};
    const double now = moments.logSum - at.second * variance;
    const double slope = offMean * change.first + offVariance * change.second;
    double length = 1;
    Multipliers next;
    Moments there;
    for (int halving = 0; halving < 60; ++halving, length /= 2) {
      next = {at.first + length * change.first, at.second + length * change.second};
      there = momentsOf(support, next);
      // Near the end the values differ by less than rounding; then the full step is right.
      if (there.logSum - next.second * variance <= now + 1e-4 * length * slope + 1e-14) break;
    }
    at = next;
    moments = std::move(there);
  }
  return std::nullopt;
}

}  // namespace sluis::ptable
