// Snapshots for the figures, made by sluis-snapshot: a process of its own, so that what it takes in memory goes when
// it ends, and a run never waits for it.
//
// One at a time in this daemon; sluis-snapshot itself takes a lock in the database. Killing it at any moment loses
// nothing: the next one clears up. Error (system) when it cannot be started or breaks off, with what it said.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/guarded.h"

namespace sluis::run {

struct SnapshotRequest {
  std::filesystem::path program;
  std::vector<std::string> words;  ///< after --config FILE
  std::function<void(const std::string& text)> progress;
  std::function<bool()> stop;
};

class Snapshots {
 public:
  /// This run loaded something: the thread that asks due() makes one soon.
  void fallDue(std::int64_t run) { due_ = run; }
  /// The run after which one is due, once; kAtStart the first time it is asked, for what a crash left undone.
  std::optional<std::int64_t> due() {
    const std::int64_t run = due_.exchange(kNone);
    return run == kNone ? std::nullopt : std::optional(run);
  }
  static constexpr std::int64_t kAtStart = 0;

  /// Waits for the one in hand, then runs the program to its end. Its answer: {"snapshots":[…]}.
  nlohmann::json make(const std::filesystem::path& configFile, const SnapshotRequest& request);

 private:
  static constexpr std::int64_t kNone = -1;
  std::atomic<std::int64_t> due_ = kAtStart;
  Guarded<int> making_{0};
};

}  // namespace sluis::run
