// Keeps one worker started ahead, and buries the ended ones, so that a delivery waits neither for the start of a
// process (some milliseconds, most of it the dynamic linker's work) nor for its end. Private to this room.
//
// The one that waits has its limits, but no job, no file and no byte of anyone's; it serves one job and is never used
// again. Safe to use from any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/guarded.h"
#include "reader/line.h"

namespace sluis::reader {

class Standby {
 public:
  explicit Standby(Settings settings);
  /// Ends the worker that waits, and, by the kernel's hand, those taken that still run: their starter was a thread of
  /// this object.
  ~Standby();

  /// The worker that waits, if there is one; the next one is started meanwhile. `format`: what it is for, empty for a
  /// signature. Deliveries of one format tend to follow each other: the next one loads that plugin ahead, too.
  std::unique_ptr<Line> take(std::string_view format);
  /// Ends a worker that was taken: kills it if it still runs, reaps it and wipes its memory, soon and without the
  /// caller's waiting for it.
  void bury(std::unique_ptr<Line> line);

 private:
  struct State {
    std::unique_ptr<Line> waiting;
    std::vector<std::unique_ptr<Line>> ended;
    std::string expectedFormat;
    bool wanted = false;
    bool closed = false;
  };
  void keepOne();

  Settings settings_;
  Guarded<State> state_;
  std::thread thread_;
};

}  // namespace sluis::reader
