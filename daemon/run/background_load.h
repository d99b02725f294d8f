// Loads on a thread of its own, so that PostgreSQL has rows to take in while the next batch is read, validated and
// pseudonymised. Without it the two wait for each other in turn, and a run takes half as long again (tests/bench).
//
// A few batches at most are under way. The transaction's connection is this object's until finish() or abandon().
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <thread>
#include <vector>

#include "base/guarded.h"
#include "load/load.h"
#include "model/pseudonymous.h"

namespace sluis::run {

class BackgroundLoad {
 public:
  BackgroundLoad(postgres::Transaction& transaction, std::int64_t delivery);
  /// Abandons what was not finished.
  ~BackgroundLoad();

  /// Takes the records and leaves an empty vector with memory to fill. Throws what went wrong with earlier ones.
  void write(std::vector<PseudonymousTrajectory>& records);
  /// Waits until all is loaded; how many records.
  std::uint64_t finish();
  /// No row of this load stays.
  void abandon();

 private:
  using Records = std::vector<PseudonymousTrajectory>;
  struct Queue {
    std::deque<Records> full;
    std::vector<Records> empty;
    bool closed = false;
    std::exception_ptr failed;
  };

  void loadAll();
  void close();

  load::Load load_;
  Guarded<Queue> queue_;
  std::thread thread_;
};

}  // namespace sluis::run
