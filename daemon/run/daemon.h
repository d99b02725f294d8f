// sluisd at work: the threads and what each of them does over and over.
//
//   folders   looks at the drop folders, takes over and judges what has come; keeps roster and STATUS.txt
//   clock     starts the daily run when it is due, and the one that was missed
//   mail      drains the outbox
//   keys      brings stored pseudonyms under the key that a rotation took into force
//   snapshots has the figures' snapshots made after a run that loaded something
//   log       checks the whole log once a day
//   control   answers `sluis` and the portal, which asks for a person (run/persons.h)
//
// Each thread has its own connection and shares only the spool's folders and the installation. A thread that meets an
// Error logs it, waits and goes on; what only waiting can mend (database, disk, mail server) needs nothing else.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/guarded.h"
#include "base/time.h"
#include "control/server.h"
#include "mail/dispatcher.h"
#include "plugin/loader.h"
#include "run/daily_run.h"
#include "run/installation.h"
#include "run/log_check.h"
#include "run/snapshots.h"
#include "spool/spool.h"

namespace sluis::run {

class Daemon {
 public:
  /// Reads the configuration, locks the spool, opens the control socket, brings what a crash left to where it belongs
  /// and starts the threads. Error when anything is wrong: then nothing runs.
  explicit Daemon(config::Path configFile);
  /// Finishes the delivery in hand, or leaves it as if untouched, and ends the threads.
  ~Daemon();

  /// Reads the configuration anew; what runs on goes on with the old one when it is wrong. Settings that only count at
  /// start (folders, control socket) keep their old value.
  void reload();
  /// False when a thread has not shown itself for too long: then the watchdog should restart us.
  bool isAlive() const;
  void stop();

 private:
  enum Thread : std::size_t { kFolders, kClock, kMail, kKeys, kSnapshots, kLog, kThreads };

  std::shared_ptr<const Installation> installation() const;
  std::shared_ptr<const Installation> readAgain();
  static std::shared_ptr<const Installation> loadChecked(const config::Path& configFile);
  void repeat(Thread which, std::chrono::milliseconds pause, const std::function<void()>& work);
  void watchFolders();
  void watchClock();
  void drainMail();
  void rotateKeys();
  void makeSnapshots();
  void checkLog();
  nlohmann::json answer(const control::Request& request);
  nlohmann::json carryOut(const control::Request& request);
  nlohmann::json answerPerson(const control::Request& request);
  nlohmann::json runNow(const control::Request& request);
  nlohmann::json decideHold(const control::Request& request);
  nlohmann::json rotate(const control::Request& request);
  nlohmann::json snapshot(const control::Request& request);
  nlohmann::json eraseSnapshot(const control::Request& request);
  nlohmann::json status();
  mail::Drained drainOnce(postgres::Connection& connection, const Installation& installation);
  std::optional<delivery::Run> runDaily(RunRequest request, const Installation& installation);

  config::Path configFile_;
  SystemClock clock_;
  Guarded<std::shared_ptr<const Installation>> installation_;
  spool::Spool spool_;
  plugin::Loader plugins_;
  Instant started_ = clock_.now();
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> recovered_ = false;   // what a crash left is where it belongs: runs may begin
  std::atomic<bool> pagesStale_ = false;  // a run has changed what STATUS.txt says
  Snapshots snapshots_;
  LogCheck logCheck_;
  Guarded<std::optional<std::string>> runAskedBy_{std::nullopt};  // by whom; the clock's thread starts it
  Guarded<int> draining_{0};      // one drain at a time: who asked for a run waits for what is in hand
  std::atomic<int> running_ = 0;  // daily runs in hand
  std::array<std::atomic<std::int64_t>, kThreads> lastSeen_{};  // seconds since the epoch
  std::array<std::thread, kThreads> threads_;
  std::unique_ptr<control::Server> control_;
};

}  // namespace sluis::run
