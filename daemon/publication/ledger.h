// What schema `report` says of snapshots: which were published, which are erased, and the standard tables that BI tools
// read. Each query of that schema that writes lives here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "postgres/connection.h"
#include "report/outcome.h"

namespace sluis::publication {

struct LedgerEntry {
  std::string id;
  std::string domain;
  Instant made{};
  std::optional<std::int64_t> run;  ///< none = it was asked for
  std::uint64_t rows = 0;
  std::uint64_t children = 0;
  int mostDimensions = 3;
  std::uint64_t withheld = 0;
  std::array<std::byte, 32> digest{};
  Instant published{};
};

/// A published outcome and who may see it; `municipality` figures of its rows are that provider's comparison.
struct PublishedTable {
  std::optional<std::string> provider;  ///< none = the municipality's
  report::Outcome outcome;
};

/// Municipalities that records were ever loaded for: "GM0034", ascending.
std::vector<std::string> domains(postgres::Connection& connection);
/// What is loaded, in one word that changes when anything is loaded or replaced.
std::string stateOfRecords(postgres::Connection& connection);
/// Of the next snapshot of the domain; numbers of erased ones are not given again.
std::int64_t nextNumber(postgres::Connection& connection, const std::string& domain);
/// Published and not erased, oldest first.
std::vector<std::string> published(postgres::Connection& connection, const std::string& domain);

void enter(postgres::Transaction& transaction, const LedgerEntry& entry);
/// In place of all tables of the domain that there were.
void enterTables(postgres::Transaction& transaction, const std::string& domain, const std::string& snapshot,
                 const std::vector<PublishedTable>& tables);
/// false when there is none with that id, or it was erased before. Its tables go too.
bool markErased(postgres::Transaction& transaction, const std::string& id, Instant at, const std::string& actor);

}  // namespace sluis::publication
