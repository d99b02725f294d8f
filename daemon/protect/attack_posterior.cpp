#include "protect/attack_posterior.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace sluis::protect {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();
constexpr std::uint32_t kExactSums = 48;  ///< beyond, a sum of noises is normal to all purposes
constexpr std::int64_t kWidest = 60;      ///< values to either side: far more than ever matter

std::vector<double> convolved(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> sum(a.size() + b.size() - 1);
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size(); ++j) sum[i + j] += a[i] * b[j];
  return sum;
}

/// From logarithms to probabilities.
void normalise(std::vector<double>& logs) {
  const double largest = logs.empty() ? kNever : *std::max_element(logs.begin(), logs.end());
  if (largest == kNever) {
    logs.clear();
    return;
  }
  double sum = 0;
  for (double& value : logs) sum += value = std::exp(value - largest);
  for (double& value : logs) value /= sum;
}

}  // namespace

Intruder::Intruder(const ptable::PerturbationTable& table) : table_(table), bound_(table.parameters().bound) {
  const auto row = table.row(table.rows() - 1);
  const std::vector<double> one(row.begin(), row.end());
  std::vector<double> sum = {1};
  for (std::uint32_t noises = 0; noises <= kExactSums; ++noises) {
    std::vector<double>& logs = logSums_.emplace_back();
    for (const double p : sum) logs.push_back(p > 0 ? std::log(p) : kNever);
    sum = convolved(sum, one);
  }
  const double zeroOfOne = bound_ == 0 ? 0 : table.row(1)[static_cast<std::size_t>(bound_ - 1)];
  logZeroOfOne_ = zeroOfOne > 0 ? std::log(zeroOfOne) : kNever;
}

double Intruder::logSum(std::uint32_t noises, std::int64_t x) const {
  const std::int64_t most = std::int64_t{bound_} * noises;
  if (x < -most || x > most) return kNever;
  if (noises <= kExactSums) return logSums_[noises][static_cast<std::size_t>(x + most)];
  const double variance = table_.parameters().variance * noises;
  const auto square = static_cast<double>(x * x);
  return -0.5 * (square / variance + std::log(2 * std::numbers::pi * variance));
}

Posterior Intruder::over(std::int64_t first, std::int64_t last, std::int64_t const* own,
                         std::span<const Observation> others) const {
  Posterior posterior{first, {}};
  for (std::int64_t n = first; n <= last; ++n) {
    double log = 0;
    if (own != nullptr) {
      const std::int64_t noise = *own - n;
      const double p = noise < -bound_ || noise > bound_
                           ? 0
                           : table_.row(static_cast<std::uint64_t>(n))[static_cast<std::size_t>(noise + bound_)];
      log = p > 0 ? std::log(p) : kNever;
    }
    for (const Observation& seen : others) {
      if (log == kNever) break;
      // All of them zero: each is zero, or a few that became zero, most often one by one.
      if (seen.sum == 0)
        log += n == 0 ? 0 : static_cast<double>(n) * logZeroOfOne_;
      else
        log += logSum(seen.noises, seen.sum - n);
    }
    posterior.of.push_back(log);
  }
  normalise(posterior.of);
  return posterior;
}

Posterior Intruder::posterior(std::int64_t own, std::span<const Observation> others) const {
  return over(std::max<std::int64_t>(0, own - bound_), own + bound_, &own, others);
}

Posterior Intruder::posterior(std::span<const Observation> others) const {
  if (others.empty()) return {};
  const auto& sharpest =
      *std::min_element(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.noises < b.noises; });
  const std::int64_t reach = std::min(kWidest, std::int64_t{bound_} * std::max(1U, sharpest.noises));
  return over(std::max<std::int64_t>(0, sharpest.sum - reach), sharpest.sum + reach, nullptr, others);
}

Posterior Intruder::change(std::span<const Observation> seen) const {
  if (seen.empty()) return {};
  const auto& sharpest =
      *std::min_element(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.noises < b.noises; });
  const std::int64_t reach = std::min(kWidest, std::int64_t{bound_} * sharpest.noises);
  Posterior posterior{sharpest.sum - reach, {}};
  for (std::int64_t c = sharpest.sum - reach; c <= sharpest.sum + reach; ++c) {
    double log = 0;
    for (const Observation& one : seen) log += logSum(one.noises, one.sum - c);
    posterior.of.push_back(log);
  }
  normalise(posterior.of);
  return posterior;
}

Posterior Intruder::sumOf(const Observation& seen) const {
  const std::int64_t reach = std::min(kWidest, std::int64_t{bound_} * seen.noises);
  Posterior posterior{seen.sum - reach, {}};
  for (std::int64_t n = seen.sum - reach; n <= seen.sum + reach; ++n)
    posterior.of.push_back(logSum(seen.noises, seen.sum - n));
  normalise(posterior.of);
  return posterior;
}

Posterior Intruder::sum(const Posterior& a, const Posterior& b) {
  if (a.of.empty() || b.of.empty()) return {};
  return {a.first + b.first, convolved(a.of, b.of)};
}

Posterior Intruder::remainder(const Posterior& whole, const Posterior& visible) {
  if (whole.of.empty() || visible.of.empty()) return {};
  const std::int64_t last = whole.first + static_cast<std::int64_t>(whole.of.size()) - 1 - visible.first;
  if (last < 0) return {};
  Posterior left{0, std::vector<double>(static_cast<std::size_t>(last) + 1)};
  double sum = 0;
  for (std::size_t i = 0; i < whole.of.size(); ++i)
    for (std::size_t j = 0; j < visible.of.size(); ++j) {
      const std::int64_t value =
          whole.first + static_cast<std::int64_t>(i) - visible.first - static_cast<std::int64_t>(j);
      if (value < 0) continue;
      left.of[static_cast<std::size_t>(value)] += whole.of[i] * visible.of[j];
      sum += whole.of[i] * visible.of[j];
    }
  if (sum <= 0) return {};
  for (double& p : left.of) p /= sum;
  return left;
}

double Intruder::linear(std::span<const Observation> all) const {
  double precision = 0;
  for (const Observation& seen : all)
    if (seen.noises > 0) precision += 1.0 / seen.noises;
  const double variance = table_.parameters().variance;
  if (precision == 0 || variance == 0) return variance == 0 && !all.empty() ? 1 : 0;
  return std::erf(0.5 * std::sqrt(precision / variance) / std::numbers::sqrt2);
}

Guess guessOf(const Posterior& posterior, std::int64_t from, std::int64_t to) {
  Guess best;
  for (std::int64_t value = std::max(from, posterior.first);
       value <= to && value - posterior.first < static_cast<std::int64_t>(posterior.of.size()); ++value)
    if (const double p = posterior.at(value); p > best.confidence) best = {p, value};
  return best;
}

}  // namespace sluis::protect
