// What sluisd answers on its socket: orders of `sluis` and of people at the portal.
#include "run/daemon.h"

#include <utility>

#include <unistd.h>

#include "base/error.h"
#include "run/hold.h"
#include "run/office_requests.h"
#include "run/persons.h"
#include "run/rekey.h"

namespace sluis::run {

nlohmann::json Daemon::runNow(const control::Request& request) {
  const auto current = installation();
  RunRequest run;
  run.kind = delivery::RunKind::asked;
  run.actor = request.actor;
  run.progress = request.progress;
  const auto finished = runDaily(std::move(run), *current);
  if (!finished) throw Error(ErrorKind::system, "sluisd is stopping; the run did not take place");
  nlohmann::json result = {{"run", finished->id},
                           {"outcome", toString(finished->outcome.value_or(delivery::RunOutcome::failed))},
                           {"deliveries", finished->deliveries},
                           {"accepted", finished->accepted},
                           {"refused", finished->refused}};
  if (finished->error) result["error_detail"] = *finished->error;
  Link link(config::daemonConninfo(current->config.database), "sluisd run");
  const mail::Drained drained = drainOnce(link.get(), *current);
  result["messages"] = {{"sent", drained.sent}, {"later", drained.later}, {"failed", drained.failed}};
  return result;
}

nlohmann::json Daemon::decideHold(const control::Request& request) {
  const auto current = installation();
  Link link(config::daemonConninfo(current->config.database), "sluisd hold");
  const std::string id = request.arguments.value("id", "");
  const std::string reason = request.arguments.value("reason", "");
  const Occasion occasion{clock_.now(), request.actor};
  Hold hold(*current, spool_);
  const bool release = request.command == "release";
  const auto delivery =
      release ? hold.release(link.get(), id, reason, occasion) : hold.reject(link.get(), id, reason, occasion);
  pagesStale_ = true;
  return {{"id", delivery.id},
          {"state", toString(release ? DeliveryState::queued : delivery.state)},
          {"deleted", release ? delivery.deleted.value_or(0) : 0},
          {"next_run", toRfc3339(current->schedule.nextDue(occasion.at))}};
}

nlohmann::json Daemon::rotate(const control::Request& request) {
  const auto current = readAgain();  // with the key that was made a moment ago
  Link link(config::daemonConninfo(current->config.database), "sluisd keys");
  const auto rotation =
      startRotation(*current, link.get(), request.arguments.value("domain", ""), request.actor, clock_);
  return followRotation(link.get(), rotation, request.progress, [this] { return stopping_.load(); });
}

nlohmann::json Daemon::snapshot(const control::Request& request) {
  SnapshotRequest wanted;
  wanted.program = installation()->config.snapshotProgram;
  wanted.words = {"--actor", request.actor};
  if (const std::string domain = request.arguments.value("domain", ""); !domain.empty())
    wanted.words.insert(wanted.words.end(), {"--domain", domain});
  wanted.progress = request.progress;
  wanted.stop = [this] { return stopping_.load(); };
  return snapshots_.make(configFile_, wanted);
}

nlohmann::json Daemon::eraseSnapshot(const control::Request& request) {
  SnapshotRequest wanted;
  wanted.program = installation()->config.snapshotProgram;
  wanted.words = {"--actor", request.actor, "--erase", request.arguments.value("id", "")};
  wanted.stop = [this] { return stopping_.load(); };
  snapshots_.make(configFile_, wanted);
  return nlohmann::json::object();
}

nlohmann::json Daemon::status() {
  const auto current = installation();
  const Instant now = clock_.now();
  return {{"version", SLUIS_VERSION},        {"pid", ::getpid()},
          {"started", toRfc3339(started_)},  {"node", spool_.node()},
          {"ready", recovered_.load()},      {"next_run", toRfc3339(current->schedule.nextDue(now))},
          {"run_in_progress", running_ > 0}, {"spool_bytes", spool_.used()}};
}

nlohmann::json Daemon::answer(const control::Request& request) {
  return isAskedForSomebody(installation()->config.portal, request) ? answerPerson(request) : carryOut(request);
}

// The same commands, by the person whose session it is.
nlohmann::json Daemon::answerPerson(const control::Request& request) {
  const auto current = installation();
  Link link(config::daemonConninfo(current->config.database), "sluisd portal");
  const auto person = personAsking(link.get(), current->config.portal, request, clock_.now());
  control::Request named = request;
  named.actor = account::describe(person);
  if (request.command == "run") {  // a page does not wait for it
    runAskedBy_.with([&](auto& asked) { asked = named.actor; });
    return {{"asked", true}};
  }
  if (!OfficeRequests::knows(request.command)) return carryOut(named);
  auto done = OfficeRequests(*current, link.get()).answer(request.command, request.arguments, person, clock_.now());
  pagesStale_ = true;
  return done;
}

nlohmann::json Daemon::carryOut(const control::Request& request) {
  if (request.command == "run") return runNow(request);
  if (request.command == "status") return status();
  if (request.command == "rotate") return rotate(request);
  if (request.command == "reload") {
    readAgain();
    return nlohmann::json::object();
  }
  if (request.command == "snapshot") return snapshot(request);
  if (request.command == "erase-snapshot") return eraseSnapshot(request);
  if (request.command == "release" || request.command == "reject") return decideHold(request);
  throw Error(ErrorKind::usage, "there is no such command",
              "run, status, release, reject, rotate, snapshot, erase-snapshot or reload");
}

}  // namespace sluis::run
