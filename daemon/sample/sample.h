// A synthetic delivery and, beside it, what a check of it must find: for demonstrations, for providers who try their
// own side, for measuring.
//
// Reads nothing and asks nobody: the same order gives the same bytes on every machine. Nothing appears under its final
// name before it is whole. Errors are those of the disk and of wrong use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "sample/population.h"
#include "sample/writer.h"

namespace sluis::sample {

/// More would use up the test numbers.
inline constexpr std::uint32_t kMostRecords = 9'000'000;

struct Order {
  Setting setting;
  std::uint32_t records = 1000;
  double errors = 0;  ///< share of the records that get one fault each, 0 to 1
  Dress dress;
  std::filesystem::path file;
  bool replace = false;  ///< files that are there already
  /// Now and then, with the number of records so far.
  std::function<void(std::uint64_t)> progress;
};

struct Sample {
  std::filesystem::path file;
  std::filesystem::path expected;
  std::uint64_t records = 0;
  bool accepted = true;
  std::map<std::string, std::uint64_t> counts;
};

/// "<dataset>_<period>_sample-<records>-<seed>.<extension>", "-fouten" behind it where there are; a seed that looks
/// like a number of somebody is left out (CONTRACT §3).
std::string fileName(const Order& order);

/// "<file>.expected.json".
std::filesystem::path expectedPath(const std::filesystem::path& file);

Sample writeSample(const Order& order);

}  // namespace sluis::sample
