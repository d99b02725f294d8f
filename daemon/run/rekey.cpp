#include "run/rekey.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "audit/audit.h"
#include "base/error.h"
#include "base/log.h"
#include "base/step.h"
#include "load/load.h"
#include "load/parts.h"
#include "load/unkeyed.h"
#include "postgres/advisory_lock.h"
#include "pseudonymise/late_keys.h"
#include "run/coverage.h"

namespace sluis::run {

using namespace std::chrono_literals;
using crypto::Keyring;

namespace {

constexpr auto kStretch = 1min;  // the watchdog wants to see us now and then
constexpr auto kWhenBlocked = 200ms;
constexpr auto kLook = 500ms;

std::string domainOf(const load::Rotation& rotation) {
  return fmt::format("GM{:04}", rotation.municipality);
}

audit::Event event(const char* what, const load::Rotation& rotation, Instant at) {
  return {.what = what,
          .at = at,
          .subject = Keyring::domainName(rotation.municipality),
          .system = "sluisd",
          .actor = rotation.askedBy,
          .responsible = "TTP",
          .details = {{"rotation", std::to_string(rotation.id)},
                      {"from_version", std::to_string(rotation.from)},
                      {"to_version", std::to_string(rotation.to)}}};
}

bool hasAll(const Keyring& keys, const std::map<std::uint16_t, std::uint16_t>& versions) {
  return std::all_of(versions.begin(), versions.end(), [&](const auto& each) {
    return keys.find(Keyring::domainName(each.first), each.second) != nullptr;
  });
}

class Work {
 public:
  Work(postgres::Connection& connection, const Keyring& keys, const Clock& clock, const std::function<bool()>& stop)
      : connection_(connection), rekeying_(keys), clock_(clock), stop_(stop) {}

  void on(load::Rotation rotation) {
    while (!isOver()) {
      const load::Pass pass = some(rotation);
      if (pass == load::Pass::over) {
        if (finish(rotation)) return;
        nap();
      } else if (pass == load::Pass::blocked) {
        nap();
      }
    }
  }
  // Records of before there were keys of the counted units.
  void onUnkeyed(const Keyring& keys) {
    pseudonymise::LateKeys late(keys);
    std::uint64_t keyed = 0;
    for (load::Pass pass = load::Pass::going; pass != load::Pass::over && !isOver();) {
      postgres::Transaction transaction(connection_);
      pass = load::keySome(
          transaction,
          [&](std::uint16_t municipality, std::uint16_t version, std::span<PseudonymousTrajectory> records) {
            late.fill(municipality, version, records);
          },
          keyed);
      transaction.commit();
      if (pass == load::Pass::blocked) nap();
    }
    if (keyed > 0) log::notice("{} records of before were given the keys of what they count for", keyed);
  }
  bool isOver() const { return stop_() || std::chrono::steady_clock::now() >= end_; }

 private:
  load::Pass some(load::Rotation& rotation) {
    postgres::Transaction transaction(connection_);
    const auto pass = load::rekeySome(
        transaction, rotation,
        [this](std::uint16_t municipality, std::uint16_t from, std::uint16_t to, std::span<std::byte> pseudonyms) {
          rekeying_.apply(municipality, from, to, pseudonyms);
        });
    if (pass == load::Pass::over) return pass;
    passed("rekey.changed");
    transaction.commit();
    passed("rekey.committed");
    return pass;
  }

  bool finish(load::Rotation& rotation) {
    if (load::remaining(connection_, rotation) > 0) {
      // A run had some of them, or the table was restored from a backup and lies otherwise.
      postgres::Transaction transaction(connection_);
      load::startPass(transaction, rotation);
      transaction.commit();
      return false;
    }
    postgres::Transaction transaction(connection_);
    const Instant at = clock_.now();
    load::finishRotation(transaction, rotation, at);
    auto entry = event("key.rotated", rotation, at);
    entry.details["records"] = std::to_string(rotation.records);
    audit::append(transaction, entry);
    transaction.commit();
    passed("rekey.finished");
    log::notice("the key of {} is at version {}: {} records re-keyed", domainOf(rotation), rotation.to,
                rotation.records);
    return true;
  }

  static void nap() { std::this_thread::sleep_for(kWhenBlocked); }

  postgres::Connection& connection_;
  pseudonymise::Rekeying rekeying_;
  const Clock& clock_;
  const std::function<bool()>& stop_;
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + kStretch;
};

}  // namespace

KeysInForce::KeysInForce(const Installation& installation, postgres::Transaction& transaction,
                         const std::vector<std::uint16_t>& municipalities)
    : versions_(load::versionsInForce(transaction, municipalities,
                                      [&](std::uint16_t municipality) {
                                        return pseudonymise::latestDomainKey(installation.keys, municipality).version;
                                      })),
      keys_(&installation.keys) {
  if (hasAll(*keys_, versions_)) return;
  fresh_ = std::make_shared<const Keyring>(Keyring::loadCredentialsOr(installation.config.keys));
  keys_ = fresh_.get();
}

std::unique_ptr<pseudonymise::Pseudonymiser> KeysInForce::pseudonymiser() const {
  auto made = std::make_unique<pseudonymise::Pseudonymiser>(*keys_);
  for (const auto& [municipality, version] : versions_) made->use(municipality, version);
  return made;
}

void KeysInForce::bringToForce(postgres::Transaction& transaction, std::string_view provider, std::string_view dataset,
                               const std::vector<Period>& periods) const {
  if (load::rotationsUnderWay(transaction.connection()).empty()) return;
  std::vector<std::int64_t> deliveries;
  for (const Period& period : periods)
    if (const auto delivery = load::loadedDelivery(transaction, provider, dataset, period))
      deliveries.push_back(*delivery);
  pseudonymise::Rekeying rekeying(*keys_);
  const auto brought =
      load::bringToForce(transaction, deliveries,
                         [&](std::uint16_t municipality, std::uint16_t from, std::uint16_t to,
                             std::span<std::byte> pseudonyms) { rekeying.apply(municipality, from, to, pseudonyms); });
  if (brought > 0) log::info("run: {} earlier records re-keyed to be compared", brought);
}

load::Rotation startRotation(const Installation& installation, postgres::Connection& connection,
                             std::string_view domain, const std::string& actor, const Clock& clock) {
  const std::uint16_t municipality = municipalityNumber(domain);
  for (auto& each : load::rotationsUnderWay(connection))
    if (each.municipality == municipality) return each;
  const auto* newest = installation.keys.latest(Keyring::domainName(municipality));
  if (newest == nullptr)
    throw Error(ErrorKind::usage, fmt::format("sluisd has no key for {}", domain), "sluis key list");
  postgres::Transaction transaction(connection);
  const auto rotation = load::beginRotation(transaction, {municipality, newest->version, actor, clock.now()});
  audit::append(transaction, event("key.rotation-begun", rotation, rotation.started));
  transaction.commit();
  passed("rekey.begun");
  log::notice("rotating the key of {} from version {} to {}", domainOf(rotation), rotation.from, rotation.to);
  return rotation;
}

nlohmann::json followRotation(postgres::Connection& connection, load::Rotation rotation,
                              const std::function<void(const std::string&)>& progress,
                              const std::function<bool()>& stop) {
  if (progress) progress(fmt::format("{}: version {} to {}", domainOf(rotation), rotation.from, rotation.to));
  std::uint64_t told = 0;
  while (!rotation.finished && !stop()) {
    std::this_thread::sleep_for(kLook);
    rotation = load::findRotation(connection, rotation.id).value();
    if (!progress || rotation.records == told) continue;
    told = rotation.records;
    progress(fmt::format("{}: {} records, part {} of {}", domainOf(rotation), rotation.records, rotation.nextPart,
                         load::kParts));
  }
  return {{"domain", domainOf(rotation)},
          {"from", rotation.from},
          {"to", rotation.to},
          {"started", toRfc3339(rotation.started)},
          {"finished", rotation.finished ? nlohmann::json(toRfc3339(*rotation.finished)) : nlohmann::json(nullptr)},
          {"records", rotation.records}};
}

void continueRotations(const Installation& installation, postgres::Connection& connection, const Clock& clock,
                       const std::function<bool()>& stop) {
  const auto waiting = load::rotationsUnderWay(connection);
  const bool unkeyed = load::anyUnkeyed(connection);
  if (waiting.empty() && !unkeyed) return;
  const auto lock = postgres::SessionLock::tryTake(connection, postgres::Lock::rekey);
  if (!lock) return;
  Work work(connection, installation.keys, clock, stop);
  for (const auto& each : waiting) {
    if (work.isOver()) return;
    // Read again under the lock: another daemon may have just moved on with it.
    if (auto rotation = load::findRotation(connection, each.id); rotation && !rotation->finished) work.on(*rotation);
  }
  if (unkeyed) work.onUnkeyed(installation.keys);
}

}  // namespace sluis::run
