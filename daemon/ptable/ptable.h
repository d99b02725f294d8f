// The perturbation table of the cell key method (JEUGDHULP §9.2; Giessing 2016; SDC Handbook ch. 5): which noise a
// count gets, chosen by the cell's key.
//
// For each count the noise has mean zero, the fixed variance, is bounded, keeps zero at zero and never leads to a
// published value of 1 to js. The table is public; the keys are the secret. A file of text (docs/formats/ptable.md).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::ptable {

struct Parameters {
  int bound = 5;        ///< D: the largest change
  double variance = 3;  ///< V
  int js = 2;           ///< nothing from 1 to js is ever published
};

/// The largest bound there can be, and the least variance that is called protection: neither make() nor parse() goes
/// beyond them.
inline constexpr int kMostBound = 50;
inline constexpr double kLeastVariance = 1;

class PerturbationTable {
 public:
  /// By maximum entropy under those conditions. Error (usage) that names the row, and what to change, when none exists.
  static PerturbationTable make(const Parameters& parameters);
  /// Reads what text() wrote. Error (config) with the line when it is not a table, or its rows are not right (mean,
  /// variance, bound, zero, js: to 1e-6).
  static PerturbationTable parse(std::string_view text);
  /// Nothing is ever added: bound 0, variance 0. For unit tests; parse() refuses its text.
  static PerturbationTable withoutNoise();
  std::string text() const;

  const Parameters& parameters() const { return parameters_; }
  /// What is added to `count` in a cell whose units' keys sum to `key` / 2^32 modulo 1.
  int noise(std::uint64_t count, std::uint32_t key) const;
  /// The probabilities of -bound … +bound for a cell of `count` units: 2 * bound + 1 values. Counts above the last row
  /// share it.
  std::span<const double> row(std::uint64_t count) const;
  std::size_t rows() const { return rows_.size(); }

 private:
  PerturbationTable(const Parameters& parameters, std::vector<std::vector<double>> rows);

  Parameters parameters_;
  std::vector<std::vector<double>> rows_;               ///< by count, from 0
  std::vector<std::vector<std::uint64_t>> thresholds_;  ///< cumulative, of 2^32
};

}  // namespace sluis::ptable
