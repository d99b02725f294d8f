#include "run/daily_run.h"

#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "base/step.h"
#include "run/announce.h"
#include "run/delivery_run.h"

namespace sluis::run {

namespace {

using namespace std::chrono_literals;

constexpr auto kShortestWait = 200ms;
constexpr auto kLongestWait = 5s;

bool stopped(const RunRequest& request) {
  return request.stop && request.stop();
}

// Waits in short naps, so that a stop is felt.
void nap(const RunRequest& request, std::chrono::milliseconds time) {
  for (auto left = time; left > 0ms && !stopped(request); left -= kShortestWait)
    std::this_thread::sleep_for(std::min(left, std::chrono::milliseconds(kShortestWait)));
}

}  // namespace

void DailyRun::say(const RunRequest& request, const std::string& text) const {
  log::info("run: {}", text);
  if (request.progress) request.progress(text);
}

bool DailyRun::persist(const RunRequest& request, const std::function<void()>& step) {
  for (std::chrono::milliseconds wait = kShortestWait; !stopped(request);
       wait = std::min<std::chrono::milliseconds>(wait * 2, kLongestWait)) {
    try {
      step();
      return true;
    } catch (const postgres::DatabaseError& error) {
      lock_.reset();
      link_.drop();
      if (!error.isTransient()) throw;
      say(request, fmt::format("the database is away ({}); trying again", error.message()));
      nap(request, wait);
    }
  }
  return false;
}

bool DailyRun::begin(const RunRequest& request) {
  if (lock_) return true;
  postgres::Connection& connection = link_.get();
  bool told = false;
  while (!lock_) {
    if (stopped(request)) return false;
    if (auto taken = postgres::SessionLock::tryTake(connection, postgres::Lock::run)) {
      lock_.emplace(std::move(*taken));
    } else {
      if (!std::exchange(told, true)) say(request, "another run is going on; waiting for it to end");
      nap(request, kShortestWait);
    }
  }
  // While the lock was gone another daemon may have found this run open and called it broken off.
  const auto known = run_ == 0 ? std::nullopt : delivery::findRun(connection, run_);
  if (known && !known->finished) return true;
  postgres::Transaction transaction(connection);
  began_ = clock_.now();
  run_ = delivery::startRun(transaction, spool_.node(), request.kind, request.due, began_);
  transaction.commit();
  passed("run.started");
  say(request, fmt::format("run {} started", run_));
  return true;
}

bool DailyRun::processNext(const RunRequest& request) {
  std::string id;
  try {
    postgres::Transaction transaction(link_.get());
    const auto next = delivery::lockNextQueued(transaction, spool_.node(), began_, failed_);
    if (!next) return false;
    id = next->id;
    say(request, fmt::format("{} {} from {} …", next->id, next->file, next->provider));
    const auto ended = DeliveryRun(installation_, spool_, clock_, run_, request.actor).execute(transaction, *next);
    say(request,
        fmt::format("{} {}{}{}", ended.id, toString(ended.state), ended.code ? " " : "", ended.code.value_or("")));
  } catch (const postgres::DatabaseError& error) {
    if (error.isTransient() || id.empty()) throw;
    keepQueued(request, id, error);
  } catch (const Error& error) {
    if (id.empty()) throw;
    keepQueued(request, id, error);
  }
  return true;
}

void DailyRun::keepQueued(const RunRequest& request, const std::string& id, const Error& error) {
  log::error("run: {} stays queued: {}", id, error.what());
  if (request.progress) request.progress(fmt::format("{} stays queued: {}", id, error.what()));
  failed_.push_back(id);
  if (error_.empty()) error_ = fmt::format("{}: {}", id, error.what());
}

void DailyRun::finish(const RunRequest& request, bool complete) {
  postgres::Connection& connection = link_.get();
  finished_ = delivery::findRun(connection, run_);
  if (finished_ && finished_->finished) return;  // the commit before had come through after all
  postgres::Transaction transaction(connection);
  const Occasion occasion{clock_.now(), request.actor};
  const bool good = complete && failed_.empty();
  finished_ = delivery::finishRun(transaction, run_, good ? delivery::RunOutcome::done : delivery::RunOutcome::failed,
                                  error_.empty() ? std::nullopt : std::optional(error_), occasion.at);
  if (!failed_.empty()) Announcer(installation_).runFailed(transaction, run_, error_, occasion);
  transaction.commit();
}

std::optional<delivery::Run> DailyRun::execute(const RunRequest& request) {
  bool begun = false;
  if (!persist(request, [&] { begun = begin(request); }) || !begun) return std::nullopt;

  bool more = true;
  while (more && begun && !stopped(request))
    persist(request, [&] {
      begun = begin(request);
      if (begun) more = processNext(request);
    });
  passed("run.processed");

  persist(request, [&] { finish(request, !more); });
  lock_.reset();
  passed("run.finished");
  if (finished_)
    say(request, fmt::format("run {} {}: {} deliveries, {} accepted, {} refused", run_,
                             toString(finished_->outcome.value_or(delivery::RunOutcome::failed)), finished_->deliveries,
                             finished_->accepted, finished_->refused));
  return finished_;
}

}  // namespace sluis::run
