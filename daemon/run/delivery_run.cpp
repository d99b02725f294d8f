#include "run/delivery_run.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "base/step.h"
#include "delivery/findings.h"
#include "load/load.h"
#include "model/delivery_name.h"
#include "pseudonymise/pseudonymiser.h"
#include "registry/registry.h"
#include "run/background_stage.h"
#include "run/content.h"
#include "run/coverage.h"
#include "run/history.h"
#include "run/rekey.h"
#include "validate/validator.h"

namespace sluis::run {

namespace {

constexpr int kMoveTries = 100;
constexpr auto kMovePause = std::chrono::milliseconds(50);

}  // namespace

DeliveryRun::Decided DeliveryRun::readAndLoad(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                                              const registry::Provider& provider, const Period& period) {
  postgres::Connection& connection = transaction.connection();
  const auto name = DeliveryName::parse(delivery.file);
  const auto* definition = installation_.definitions.find(delivery.dataset.value(), period);
  if (!name || definition == nullptr)
    return {Refusal{RefusalCode::PER01, "Voor deze periode is geen versie van de dataset beschreven."}, {}, {}};
  const Day received = installation_.schedule.today(delivery.received.value());
  const auto coverage = coverageOf(connection, delivery.provider, definition->dataset(), received);
  const KeysInForce keys(installation_, transaction, coverage.municipalities());
  const auto pseudonymiser = keys.pseudonymiser();
  crypto::Sha256 expected{};
  std::ranges::copy(delivery.sha256.value(), expected.begin());
  const ContentQuestion question{
      installation_.worker,       *definition, formatOf(name->extension), period, received, coverage, expected,
      provider.maxRejectedRecords};

  postgres::Savepoint beforeLoad(transaction);
  Decided decided;
  {
    // The connection and the pseudonymiser are these threads' until finish() or abandon().
    load::Load load(transaction, delivery.number);
    BackgroundStage<PseudonymousTrajectory> loading(
        "load", [&](auto& records) { load.write(records); }, [](auto& records) { records.clear(); });
    std::vector<PseudonymousTrajectory> pseudonymous;
    BackgroundStage<Trajectory> pseudonyms(
        "pseudonyms",
        [&](auto& records) {
          pseudonymiser->apply(records, pseudonymous);
          validate::wipeRecords(records);  // the next stage may have to wait
          loading.write(pseudonymous);
        },
        validate::wipeRecords);
    const auto abandon = [&] {
      pseudonyms.abandon();
      loading.abandon();
      load.abandon();
    };
    const auto take = [&](std::vector<Trajectory>& records, std::uint64_t wrongSoFar) {
      if (wrongSoFar > question.wrongRecordsAllowed) {  // a delivery is loaded whole or not at all
        abandon();
        return false;
      }
      pseudonyms.write(records);
      return true;
    };
    ContentVerdict verdict = examine(question, spool_.openData(delivery.id), take);
    decided.refusal = std::move(verdict.refusal);
    decided.findings = std::move(verdict.findings);
    decided.outcome.records = verdict.records;
    decided.outcome.wrongRecords = verdict.wrongRecords;
    decided.outcome.errors = decided.findings.errors;
    decided.outcome.warnings = decided.findings.warnings;
    decided.outcome.detected = std::move(verdict.detected);
    if (decided.refusal) {
      abandon();
    } else {
      pseudonyms.finish();
      loading.finish();
      decided.outcome.loaded = load.finish();
    }
    // What file rules found wrong had been loaded by then.
    if (!decided.refusal && !verdict.wrongRows.empty())
      decided.outcome.loaded -= load::leaveOut(transaction, delivery.number, verdict.wrongRows);
  }
  passed("run.read");
  if (!decided.refusal) {
    keys.bringToForce(transaction, delivery.provider, definition->dataset(), {period, period.previous()});
    judgeHistory(transaction, *definition, delivery, period, decided.outcome.loaded, decided.findings);
    decided.outcome.warnings = decided.findings.warnings;
    decided.refusal = replaceEarlier(transaction, delivery, provider, period, decided.outcome);
  }
  if (decided.refusal) {
    beforeLoad.rollback();
    decided.outcome.loaded = 0;
  } else {
    beforeLoad.release();
  }
  return decided;
}

std::optional<Refusal> DeliveryRun::replaceEarlier(postgres::Transaction& transaction,
                                                   const delivery::Delivery& delivery,
                                                   const registry::Provider& provider, const Period& period,
                                                   delivery::Outcome& outcome) {
  const auto& dataset = delivery.dataset.value();
  const auto earlier = load::loadedDelivery(transaction, delivery.provider, dataset, period);
  load::Replacement replacement;
  if (earlier) replacement = load::compareWith(transaction, *earlier, delivery.number);
  // A hold keeps these counts as well: they say what would happen.
  outcome.replaced = replacement.replaced;
  outcome.deleted = replacement.deleted;
  if (auto held = toBeHeld(delivery, provider, outcome.loaded, replacement)) return held;
  if (earlier) {
    outcome.replaces = delivery::idOf(*earlier);
    load::removeEarlier(transaction, *earlier);
  }
  load::enterBatch(transaction, {delivery.number, delivery.provider, dataset, period, delivery.received.value()},
                   outcome.loaded);
  return std::nullopt;
}

std::optional<Refusal> DeliveryRun::toBeHeld(const delivery::Delivery& delivery, const registry::Provider& provider,
                                             std::uint64_t loaded, const load::Replacement& replacement) {
  if (delivery.confirmedDeleted) {  // somebody has said yes to so many, not to more
    if (replacement.deleted <= *delivery.confirmedDeleted) return std::nullopt;
    return Refusal{RefusalCode::DEL01,
                   fmt::format("Van de {} eerder geladen records zouden er nu {} verdwijnen; bevestigd is {}.",
                               replacement.earlier, replacement.deleted, *delivery.confirmedDeleted)};
  }
  if (loaded == 0)
    return Refusal{RefusalCode::DEL01,
                   replacement.earlier == 0
                       ? "Het bestand bevat geen records."
                       : fmt::format("Het bestand bevat geen records; de {} eerder geladen records zouden verdwijnen.",
                                     replacement.earlier)};
  if (replacement.deleted == 0) return std::nullopt;
  const auto share = provider.maxDeletedShare;
  if (static_cast<double>(replacement.deleted) <= share * static_cast<double>(replacement.earlier)) return std::nullopt;
  return Refusal{RefusalCode::DEL01,
                 fmt::format("Van de {} eerder geladen records zouden er {} verdwijnen; toegestaan is {:.0f} procent.",
                             replacement.earlier, replacement.deleted, share * 100)};
}

DeliveryRun::Recorded DeliveryRun::record(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                                          const registry::Provider& provider, const Decided& decided) {
  postgres::Connection& connection = transaction.connection();
  const Occasion occasion{clock_.now(), actor_};
  const Announcer announcer(installation_, provider);
  delivery::writeFindings(transaction, delivery.id, decided.findings);
  const bool held = decided.refusal && kindOf(decided.refusal->code).state == DeliveryState::held;
  const auto now = decided.refusal
                       ? delivery::reject(transaction, delivery.id, run_, kindOf(decided.refusal->code).state,
                                          *decided.refusal, decided.outcome, occasion.at)
                       : delivery::accept(transaction, delivery.id, run_, decided.outcome, occasion.at);

  std::vector<std::string> ended;
  if (!decided.refusal || held) {
    for (const auto& each : delivery::supersedeOlder(transaction, delivery, run_, occasion.at)) {
      announcer.refused(transaction, delivery::find(connection, each.id).value(), occasion);
      ended.push_back(each.id);
    }
  }
  if (held) {
    announcer.held(transaction, now, occasion);
    return {now, ended};  // its own bytes wait for a release
  }
  if (decided.refusal)
    announcer.refused(transaction, now, occasion);
  else
    announcer.accepted(transaction, now, occasion);
  ended.push_back(delivery.id);
  return {now, ended};
}

delivery::Delivery DeliveryRun::execute(postgres::Transaction& transaction, const delivery::Delivery& delivery) {
  // Just committed as queued: the folder follows in a moment.
  for (int tries = 0; tries < kMoveTries && spool_.isIncoming(delivery.id); ++tries)
    std::this_thread::sleep_for(kMovePause);
  if (!spool_.isQueued(delivery.id))
    throw Error(ErrorKind::disk, fmt::format("the bytes of {} are not in the spool", delivery.id),
                "put the spool's folder back, or ask the provider to deliver again");
  passed("run.claimed");
  const auto period = Period::parse(delivery.period.value());
  const auto provider = registry::provider(transaction.connection(), delivery.provider);
  const Decided decided = readAndLoad(transaction, delivery, provider, period.value());
  passed("run.decided");
  const auto recorded = record(transaction, delivery, provider, decided);
  passed("run.recorded");
  transaction.commit();
  passed("run.committed");
  for (const std::string& id : recorded.ended) spool_.end(id);
  return recorded.delivery;
}

}  // namespace sluis::run
