// sluis-portal at work: reads what it needs, listens, answers pages, and sweeps what is over.
//
// Knows nothing personal of a child: figures come from sluis-figures, changes go to sluisd, and the database shows it
// accounts, sessions and states only.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <thread>

#include "base/guarded.h"
#include "base/time.h"
#include "portal/database.h"
#include "web/server.h"

namespace sluis::portal {

class Portal {
 public:
  /// Error when anything is wrong: then nothing runs.
  explicit Portal(std::filesystem::path configFile);
  ~Portal();
  Portal(const Portal&) = delete;
  Portal& operator=(const Portal&) = delete;

  /// Configuration, templates, words, terms and certificate anew; what is wrong leaves the old in force. Address,
  /// limits and database count at start.
  void reload();
  /// False when the sweeping thread has not shown itself for too long.
  bool isAlive() const;
  /// Answers what was asked, and ends.
  void stop();

 private:
  struct Outfit;
  std::shared_ptr<Outfit> outfit() const;
  std::shared_ptr<Outfit> fitOut();
  void sweepNowAndThen();

  std::filesystem::path configFile_;
  SystemClock clock_;
  std::unique_ptr<Database> database_;
  Guarded<std::shared_ptr<Outfit>> outfit_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> lastSeen_ = 0;  // seconds of the steady clock
  std::thread sweeping_;
  std::unique_ptr<web::Server> server_;
};

}  // namespace sluis::portal
