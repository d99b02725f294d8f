// Pseudonymises on a thread of its own, between validating and loading: records that hold a BSN in, pseudonymous ones
// on to the load. The MACs are half of what a run computes; beside the rules they cost it no time
// (tests/bench/ingest.py).
//
// A few batches at most are under way; each is wiped as soon as it is pseudonymised, and whatever happens.
#pragma once

#include <deque>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "model/trajectory.h"
#include "pseudonymise/pseudonymiser.h"
#include "run/background_load.h"

namespace sluis::run {

class BackgroundPseudonyms {
 public:
  /// Both are this object's until finish() or abandon().
  BackgroundPseudonyms(pseudonymise::Pseudonymiser& pseudonymiser, BackgroundLoad& load);
  /// What is under way is wiped, not loaded.
  ~BackgroundPseudonyms();

  /// Takes the records and leaves an empty vector, often with memory to fill. Throws what went wrong with earlier ones.
  void write(std::vector<Trajectory>& records);
  /// Waits until all went on to the load; throws what went wrong.
  void finish();
  /// Nothing more goes on to the load.
  void abandon();

 private:
  // Records that hold a BSN: wiped when they go, however they go.
  class Records {
   public:
    Records() = default;
    explicit Records(std::vector<Trajectory>&& records) : records_(std::move(records)) {}
    Records(Records&&) = default;
    Records& operator=(Records&&) = delete;
    ~Records();
    std::vector<Trajectory>& get() { return records_; }

   private:
    std::vector<Trajectory> records_;
  };
  struct Queue {
    std::deque<Records> full;
    std::vector<std::vector<Trajectory>> empty;  ///< wiped
    bool closed = false;
    std::exception_ptr failed;
  };

  void passAll();
  bool passNext();
  void close();

  pseudonymise::Pseudonymiser& pseudonymiser_;
  BackgroundLoad& load_;
  std::vector<PseudonymousTrajectory> made_;  // of thread_ only
  Guarded<Queue> queue_;
  std::thread thread_;
};

}  // namespace sluis::run
