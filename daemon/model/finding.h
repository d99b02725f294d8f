// A finding: one rule that one record, or a group of records, does not keep. Never the value itself.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluis {

enum class Severity : std::uint8_t { fout, signaal };

constexpr std::string_view toString(Severity severity) {
  return severity == Severity::fout ? "fout" : "signaal";
}

struct Finding {
  std::uint32_t row;  ///< 1-based record number, header not counted
  std::string_view
      field;  ///< column name, empty for a rule over several; points into the dataset definition or a literal
  std::string_view rule;  ///< "JH101"; likewise
  Severity severity;
};

/// How many findings of each rule are kept one by one; counts are exact beyond (CONTRACT §5).
inline constexpr std::size_t kFindingsKeptPerRule = 1000;

/// The findings of one delivery: at most kFindingsKeptPerRule of each rule, ordered by row, then rule; exact counts.
struct Findings {
  std::vector<Finding> kept;
  std::map<std::string, std::uint64_t, std::less<>> counts;
  std::uint64_t errors = 0;    ///< findings of severity fout, all
  std::uint64_t warnings = 0;  ///< findings of severity signaal, all
};

}  // namespace sluis
