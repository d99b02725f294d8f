// sluis-figures at work: listens on its socket, answers questions, looks after its snapshots.
//
// Commands on the socket (control/server.h):
//   report    indicator, as, filters: [[name, value], …], by, snapshot, language, person → outcome (report/json)
//   possible  the same → what a form needs (possible.h), no figure, no entry in the log
//   attack    snapshot → attacks; a line of progress now and then
//   snapshots → what is in service: domain, id, made
//   status    → snapshots in service and whether the log can be reached
// person: {name, role, subject, session, second_factor}, from the portal only and always (asker.h).
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/guarded.h"
#include "config/config.h"
#include "control/server.h"
#include "figures/questions.h"

namespace sluis::figures {

class Service {
 public:
  /// Reads the configuration, closes every door it does not need (confine.h) and listens. Error when anything is wrong:
  /// then nothing runs.
  explicit Service(config::Path configFile);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Reads configuration and code lists anew; what is wrong leaves the old in force. Socket and folders count at start.
  void reload();
  /// False when the thread that looks after snapshots has not shown itself for too long.
  bool isAlive() const;
  void stop();

 private:
  nlohmann::json answer(const control::Request& request);
  nlohmann::json possible(const control::Request& request);
  nlohmann::json report(const control::Request& request);
  nlohmann::json attack(const control::Request& request);
  nlohmann::json inService();
  void lookAfter();

  config::Path configFile_;
  std::string ownAccount_;
  Guarded<std::shared_ptr<const Knowledge>> knowledge_;
  std::unique_ptr<Snapshots> snapshots_;
  std::unique_ptr<ViewLog> log_;
  std::unique_ptr<Questions> questions_;
  Guarded<int> attacking_{0};  // one at a time
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> lastSeen_ = 0;  // seconds of the steady clock
  std::thread looking_;
  std::unique_ptr<control::Server> server_;
};

}  // namespace sluis::figures
