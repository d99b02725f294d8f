// The findings of one delivery as rows: at most kFindingsKeptPerRule of each rule one by one, and exact counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"
#include "postgres/connection.h"

namespace sluis::delivery {

/// As read back: owns its texts.
struct StoredFinding {
  std::uint32_t row = 0;
  std::optional<std::string> field{};
  std::string rule{};
  std::string severity{};
};

struct RuleCount {
  std::string rule{};
  std::string severity{};
  std::uint64_t count = 0;
};

/// Kept in the order given; by COPY, once per delivery. A rule's severity is that of its kept findings.
void writeFindings(postgres::Transaction& transaction, std::string_view delivery, const Findings& findings);
/// In the order written, from number `from` on.
std::vector<StoredFinding> findings(postgres::Connection& connection, std::string_view delivery, std::size_t from = 0,
                                    std::size_t limit = 1'000'000);
/// By rule.
std::vector<RuleCount> findingCounts(postgres::Connection& connection, std::string_view delivery);

}  // namespace sluis::delivery
