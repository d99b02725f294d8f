// The parent's end of one worker: its job out, checked messages and cells in. Private to this room.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "model/refusal.h"
#include "plugin/cell_batch.h"
#include "reader/process.h"
#include "reader/protocol.h"
#include "reader/ring.h"
#include "reader/worker.h"

namespace sluis::reader {

class Line {
 public:
  /// Starts a worker, which then waits for its job: it has seen nothing and can do no harm. Error (system).
  /// `expectedFormat`: what plugin it had better load already, empty for none; it may get any job all the same.
  explicit Line(const Settings& settings, const std::string& expectedFormat = {});
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  /// Hands over the job, once, and waits until the worker has loaded its plugin and confined itself. Error (plugin,
  /// system) when it cannot; Error (usage) when the worker could write to `input`.
  void begin(JobKind kind, std::string_view plugin, std::string_view layout, const Fd& input);
  void stop() noexcept;

  /// The next message; FMT01 when the worker ended, sent nonsense or is too late.
  Result<Message, Refusal> receive();
  /// The cells of the slot that `message` names, copied, checked, and the slot given back. Valid until the next call.
  Result<plugin::CellBatch, Refusal> take(const Message& message);

 private:
  using Clock = std::chrono::steady_clock;

  Line(const Settings& settings, const std::string& expectedFormat, Channel messages, Channel tokens);
  void awaitReady();
  bool awaitMessage();
  bool giveBack(std::uint32_t slot);

  std::string program_;
  Ring ring_;
  Process process_;
  Fd messages_;
  Fd tokens_;
  Clock::duration waiting_;  // left for receive()
  std::atomic<bool> stopped_ = false;
  std::vector<std::uint32_t> ends_;
  std::vector<char> text_;
};

}  // namespace sluis::reader
