#include "publication/ledger.h"

#include <fmt/format.h>

namespace sluis::publication {

namespace {

// Rows of one table on their way: a statement takes them column by column.
class Columns {
 public:
  explicit Columns(std::size_t count) : columns_(count) {}

  template <typename... Values>
  void add(const Values&... values) {
    std::size_t at = 0;
    (columns_[at++].push_back(values), ...);
  }
  const std::vector<std::string>& operator[](std::size_t at) const { return columns_[at]; }
  bool isEmpty() const { return columns_[0].empty(); }

 private:
  std::vector<std::vector<std::string>> columns_;
};

// NULL cannot stand in a text[] parameter; none of these values is ever empty.
const std::string kNone;

// What every row of an outcome has in common, and the two tables it is written to.
class Writing {
 public:
  void add(const PublishedTable& table) {
    indicator_ = std::string(report::toString(table.outcome.query.indicator));
    by_ = std::string(report::toString(table.outcome.query.by));
    provider_ = table.provider.value_or(kNone);
    for (const report::Row& row : table.outcome.rows) {
      const std::string scope = table.provider ? "own" : "municipality";
      add(scope, row.value, kNone, row.figure);
      for (const auto& each : row.respondents) add(scope, row.value, each.who.key, each.figure);
      if (row.municipality) add("municipality", row.value, kNone, *row.municipality);
      for (const auto& each : row.municipalityRespondents) add("municipality", row.value, each.who.key, each.figure);
    }
  }

  void write(postgres::Transaction& transaction, const std::string& domain, const std::string& snapshot) const {
    if (!figures_.isEmpty())
      transaction.exec(
          "INSERT INTO report.figure (snapshot, domain, provider, scope, indicator, by_dimension, key, label,"
          " respondent, shown, count, mean)"
          " SELECT $1, $2, nullif(provider, ''), scope, indicator, by_dimension, key, label, nullif(respondent, ''),"
          " count <> '', nullif(count, '')::bigint, nullif(mean, '')::numeric"
          " FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],"
          " $10::text[], $11::text[]) AS row (provider, scope, indicator, by_dimension, key, label, respondent, count,"
          " mean)",
          snapshot, domain, figures_[0], figures_[1], figures_[2], figures_[3], figures_[4], figures_[5], figures_[6],
          figures_[7], figures_[8]);
    if (!parts_.isEmpty())
      transaction.exec(
          "INSERT INTO report.part (snapshot, domain, provider, scope, indicator, by_dimension, key, label, respondent,"
          " part, part_label, count, share)"
          " SELECT $1, $2, nullif(provider, ''), scope, indicator, by_dimension, key, label, nullif(respondent, ''),"
          " part, part_label, count::bigint, share::double precision"
          " FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],"
          " $10::text[], $11::text[], $12::text[], $13::text[]) AS row (provider, scope, indicator, by_dimension, key,"
          " label, respondent, part, part_label, count, share)",
          snapshot, domain, parts_[0], parts_[1], parts_[2], parts_[3], parts_[4], parts_[5], parts_[6], parts_[7],
          parts_[8], parts_[9], parts_[10]);
  }

 private:
  void add(const std::string& scope, const report::Value& value, const std::string& respondent,
           const report::Figure& figure) {
    figures_.add(provider_, scope, indicator_, by_, value.key, value.label, respondent,
                 figure.shown ? std::to_string(figure.count) : kNone,
                 figure.shown && figure.mean ? fmt::format("{:.1f}", *figure.mean) : kNone);
    if (!figure.shown) return;
    for (const report::Part& part : figure.parts)
      parts_.add(provider_, scope, indicator_, by_, value.key, value.label, respondent, part.key, part.label,
                 std::to_string(part.count), fmt::format("{}", part.share));
  }

  std::string indicator_, by_, provider_;
  Columns figures_{9};
  Columns parts_{11};
};

}  // namespace

std::vector<std::string> domains(postgres::Connection& connection) {
  std::vector<std::string> all;
  for (const auto& row : connection.exec("SELECT municipality FROM care.domain ORDER BY municipality"))
    all.push_back(fmt::format("GM{:04}", row.integer("municipality")));
  return all;
}

std::string stateOfRecords(postgres::Connection& connection) {
  return connection
      .exec("SELECT md5(coalesce(string_agg(delivery::text, ',' ORDER BY delivery), '')) AS state FROM care.batch")
      .first()
      ->get<std::string>("state");
}

std::int64_t nextNumber(postgres::Connection& connection, const std::string& domain) {
  return connection
             .exec("SELECT coalesce(max(substr(id, 8)::bigint), 0) AS last FROM report.snapshot WHERE domain = $1",
                   domain)
             .first()
             ->integer("last") +
         1;
}

std::vector<std::string> published(postgres::Connection& connection, const std::string& domain) {
  std::vector<std::string> ids;
  for (const auto& row : connection.exec(
           "SELECT id FROM report.snapshot WHERE domain = $1 AND erased IS NULL ORDER BY substr(id, 8)::bigint",
           domain))
    ids.push_back(row.get<std::string>("id"));
  return ids;
}

void enter(postgres::Transaction& transaction, const LedgerEntry& entry) {
  transaction.exec(
      "INSERT INTO report.snapshot (id, domain, made, run, rows, children, most_dimensions, withheld, digest, "
      "published)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      entry.id, entry.domain, entry.made, entry.run, entry.rows, entry.children, entry.mostDimensions, entry.withheld,
      entry.digest, entry.published);
}

void enterTables(postgres::Transaction& transaction, const std::string& domain, const std::string& snapshot,
                 const std::vector<PublishedTable>& tables) {
  transaction.exec("DELETE FROM report.part WHERE domain = $1", domain);
  transaction.exec("DELETE FROM report.figure WHERE domain = $1", domain);
  Writing writing;
  for (const PublishedTable& table : tables) writing.add(table);
  writing.write(transaction, domain, snapshot);
}

bool markErased(postgres::Transaction& transaction, const std::string& id, Instant at, const std::string& actor) {
  const auto row = transaction
                       .exec(
                           "UPDATE report.snapshot SET erased = $2, erased_by = $3 WHERE id = $1 AND erased IS NULL"
                           " RETURNING id",
                           id, at, actor)
                       .first();
  if (!row) return false;
  transaction.exec("DELETE FROM report.part WHERE snapshot = $1", id);
  transaction.exec("DELETE FROM report.figure WHERE snapshot = $1", id);
  return true;
}

}  // namespace sluis::publication
