#include "publication/publisher.h"

#include <algorithm>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "audit/audit.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/step.h"
#include "protect/attack.h"
#include "publication/ledger.h"
#include "publication/tables.h"
#include "snapshot/build.h"
#include "snapshot/changes.h"

namespace sluis::publication {

namespace {

constexpr std::uint64_t kMostTableBytes = 1 << 20;

bool holds(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// Removes a snapshot that did not come to anything, whatever it failed of.
class Unfinished {
 public:
  Unfinished(const Store& store, std::string id) : store_(store), id_(std::move(id)) {}
  ~Unfinished() {
    if (kept_) return;
    try {
      store_.remove(id_);
    } catch (const Error& error) {
      log::error("{}; the next snapshot of its domain tries again", error.what());
    }
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  void keep() { kept_ = true; }

 private:
  const Store& store_;
  std::string id_;
  bool kept_ = false;
};

/// The newest that is whole; none when there is none. Damaged ones are said and passed by.
std::optional<protect::Published> newestOf(const Store& store, const std::string& domain) {
  auto ids = store.published();
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) try {
      return protect::Published::open(store.snapshot(*id), domain);
    } catch (const Error& error) {
      log::error("{}", error.what());
    }
  return std::nullopt;
}

audit::Event event(const char* what, const std::string& id, const Asked& asked, Instant at) {
  audit::Event event;
  event.what = what;
  event.at = at;
  event.subject = id;
  event.system = "sluis-snapshot";
  event.actor = asked.actor;
  event.responsible = "TTP";
  return event;
}

std::string inPercent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

unsigned threadsOf(const config::Config& config) {
  return config.figures.threads > 0 ? static_cast<unsigned>(config.figures.threads)
                                    : std::max(std::thread::hardware_concurrency(), 1U);
}

// The day on the wall where the records are. PostgreSQL knows the time zones.
Day localDay(postgres::Connection& connection, const std::string& timezone) {
  return connection.exec("SELECT (now() AT TIME ZONE $1)::date AS today", timezone).first()->get<Day>("today");
}

// The versions of the rules that judged what is in a snapshot.
std::string ruleSetOf(const dataset::Definitions& definitions) {
  std::string versions;
  for (const auto& each : definitions.all())
    versions += fmt::format("{}{} {}", versions.empty() ? "" : ", ", each.dataset(), each.version());
  return fmt::format("{}; sluis {}", versions, SLUIS_VERSION);
}

}  // namespace

Publisher::Publisher(const config::Config& config, const dataset::Definitions& definitions,
                     postgres::Connection& connection, const Clock& clock)
    : config_(config),
      definitions_(definitions),
      connection_(connection),
      clock_(clock),
      lock_(postgres::SessionLock::take(connection, postgres::Lock::snapshot)) {}

void Publisher::tell(const Asked& asked, const std::string& text) const {
  if (asked.progress) asked.progress(text);
}

void Publisher::makeUp(const Store& store, const std::string& domain) {
  const auto decided = published(connection_, domain);
  const auto visible = store.published();
  for (const std::string& id : store.all()) {
    std::error_code ignored;
    if (!holds(decided, id)) {
      store.remove(id);
    } else if (!holds(visible, id) && std::filesystem::exists(store.building(id), ignored)) {
      store.publish(id);
    }
  }
}

snapshot::Wanted Publisher::wanted(const std::string& domain) const {
  snapshot::Wanted wanted;
  wanted.id = Store::idOf(domain, nextNumber(connection_, domain));
  wanted.domain = domain;
  wanted.today = localDay(connection_, config_.run.timezone);
  wanted.windowDays = static_cast<std::uint16_t>(config_.figures.windowDays);
  wanted.minimumChildren = static_cast<std::uint32_t>(config_.figures.minimum);
  wanted.ruleSet = ruleSetOf(definitions_);
  wanted.table = readFile(config_.figures.table, kMostTableBytes);
  return wanted;
}

Result Publisher::publish(const std::string& domain, const Asked& asked) {
  const Store store(config_.figures.snapshots, domain);
  makeUp(store, domain);
  const auto previous = newestOf(store, domain);
  Result result{.domain = domain, .id = std::nullopt, .published = false, .reason = {}};
  if (previous) result.id = previous->snapshot->facts().id;
  const std::string state = stateOfRecords(connection_);
  if (store.lookedAt() == state) {
    result.reason = fmt::format("nothing was loaded since {}", result.id.value_or("it was last looked at"));
    return result;
  }

  tell(asked, fmt::format("{}: reading the records", domain));
  const auto wanted = this->wanted(domain);
  Unfinished files(store, wanted.id);
  if (!write(store, wanted, previous)) {
    store.setLookedAt(state);
    result.reason = previous
                        ? fmt::format("fewer than {} children changed since {}", wanted.minimumChildren, *result.id)
                        : fmt::format("there are fewer than {} children", wanted.minimumChildren);
    return result;
  }
  const Attacked fresh = attack(store, wanted.id, previous, asked);
  if (fresh.above > 0) {
    result.reason = refuse(fresh, asked);
    store.setLookedAt(state);
    return result;
  }

  postgres::Transaction transaction(connection_);
  decide(transaction, fresh, asked);
  passed("snapshot.decided");
  files.keep();  // of a commit that breaks off nobody knows the outcome: the next one looks
  transaction.commit();
  passed("snapshot.committed");
  makeUp(store, domain);
  store.setLookedAt(state);
  passed("snapshot.published");
  result.id = wanted.id;
  result.published = true;
  return result;
}

bool Publisher::write(const Store& store, const snapshot::Wanted& wanted,
                      const std::optional<protect::Published>& previous) {
  const snapshot::Table built = snapshot::build(connection_, wanted);
  const std::uint64_t changed = previous ? snapshot::changedChildren(*previous->snapshot, built) : built.facts.children;
  if (changed < wanted.minimumChildren) return false;
  snapshot::write(store.building(wanted.id), built);
  passed("snapshot.written");
  return true;
}

Publisher::Attacked Publisher::attack(const Store& store, const std::string& id,
                                      const std::optional<protect::Published>& previous, const Asked& asked) {
  const auto written = snapshot::Snapshot::open(store.building(id));
  written->verify();
  const auto& facts = written->facts();
  tell(asked, fmt::format("{}: attacking {} records", facts.domain, facts.rows));
  protect::AttackOptions options;
  options.limit = config_.figures.confidence;
  options.threads = threadsOf(config_);
  if (previous) {
    options.previous = previous->snapshot.get();
    options.previousWithheld = &previous->withheld;
    options.previousTable = &previous->table;
  }
  options.progress = [&](std::string_view text) { tell(asked, fmt::format("{}: {}", facts.domain, text)); };
  auto table = ptable::PerturbationTable::parse(facts.table);
  protect::AttackReport report = protect::attack(*written, table, options);
  protect::writeWithheld(store.withheld(id), report.withheld, facts.digest);
  passed("snapshot.withheld");
  const double surest = report.strongestAfter().confidence;
  const std::uint64_t above = report.aboveAfter();
  return {{written, std::move(table), std::move(report.withheld)}, surest, above};
}

std::string Publisher::refuse(const Attacked& fresh, const Asked& asked) {
  const std::string& id = fresh.snapshot.snapshot->facts().id;
  const std::string why =
      fmt::format("an intruder would be {} sure of something, whatever is withheld", inPercent(fresh.surest));
  log::error("{} is not published: {}", id, why);
  postgres::Transaction transaction(connection_);
  auto entry = event("snapshot.refused", id, asked, clock_.now());
  entry.details = {{"surest", inPercent(fresh.surest)}, {"above_limit", std::to_string(fresh.above)}};
  audit::append(transaction, entry);
  transaction.commit();
  return why;
}

void Publisher::decide(postgres::Transaction& transaction, const Attacked& attacked, const Asked& asked) {
  const protect::Published& fresh = attacked.snapshot;
  const auto& facts = fresh.snapshot->facts();
  const Instant at = clock_.now();
  enter(transaction, {.id = facts.id,
                      .domain = facts.domain,
                      .made = facts.made,
                      .run = asked.run,
                      .rows = facts.rows,
                      .children = facts.children,
                      .mostDimensions = fresh.withheld.mostDimensions,
                      .withheld = fresh.withheld.cells.size(),
                      .digest = facts.digest,
                      .published = at});
  enterTables(transaction, facts.domain, facts.id, standardTables(fresh, definitions_, threadsOf(config_)));
  const auto all = published(connection_, facts.domain);
  const auto keep = static_cast<std::size_t>(config_.figures.keep);
  for (std::size_t i = 0; i + keep < all.size(); ++i) {
    markErased(transaction, all[i], at, "sluis-snapshot");
    audit::append(transaction, event("snapshot.expired", all[i], asked, at));
  }
  auto entry = event("snapshot.published", facts.id, asked, at);
  entry.details = {{"digest", toHex(facts.digest)},
                   {"withheld_cells", std::to_string(fresh.withheld.cells.size())},
                   {"most_dimensions", std::to_string(fresh.withheld.mostDimensions)},
                   {"surest", inPercent(attacked.surest)}};
  audit::append(transaction, entry);
}

void Publisher::erase(const std::string& id, const Asked& asked) {
  postgres::Transaction transaction(connection_);
  const Instant at = clock_.now();
  if (!markErased(transaction, id, at, asked.actor))
    throw Error(ErrorKind::usage, "there is no such snapshot", "sluis report snapshots");
  audit::append(transaction, event("snapshot.erased", id, asked, at));
  transaction.commit();
  passed("snapshot.erased");
  const std::string domain = id.substr(0, id.find('-'));
  const Store store(config_.figures.snapshots, domain);
  makeUp(store, domain);
  store.setLookedAt({});  // what is there now may be asked for anew
}

}  // namespace sluis::publication
