// The generator behind a sample: splitmix64 (Steele, Lea, Flood 2014), written out here so that one seed gives the same
// bytes on every machine; the distributions of <random> differ between libraries.
//
// Never fit for keys.
#pragma once

#include <cstdint>
#include <span>

namespace sluis::sample {

/// The finishing step of splitmix64: a one-to-one map of 64 bits onto themselves.
constexpr std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15ULL); }

  /// 0 up to, not including, `count` (at least 1): the upper 32 bits, scaled.
  constexpr std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>((next() >> 32) * count >> 32);
  }
  /// Both inside.
  constexpr int between(int least, int most) {
    return least + static_cast<int>(below(static_cast<std::uint32_t>(most - least) + 1));
  }
  constexpr bool chance(std::uint32_t perMille) { return below(1000) < perMille; }

  /// The place of one of the weights, each as likely as its share of their sum (at least 1).
  constexpr std::size_t pick(std::span<const std::uint32_t> weights) {
    std::uint32_t sum = 0;
    for (const std::uint32_t weight : weights) sum += weight;
    std::uint32_t left = below(sum);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (left < weights[i]) return i;
      left -= weights[i];
    }
    return weights.size() - 1;
  }

 private:
  std::uint64_t state_;
};

}  // namespace sluis::sample
