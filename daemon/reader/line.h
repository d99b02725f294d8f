// The parent's end of one running worker: bytes out, checked messages and cells in. Private to this room.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
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
  /// Starts the worker and waits until it is ready. Error (plugin, system) when it cannot.
  Line(const Settings& settings, const std::string& what, std::string_view plugin, std::string_view layout);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  bool feed(BytesView bytes);
  void endOfInput() noexcept;
  void stop() noexcept;

  /// The next message; FMT01 when the worker ended, sent nonsense or is too late.
  Result<Message, Refusal> receive();
  /// The cells of the slot that `message` names, copied, checked, and the slot given back. Valid until the next call.
  Result<plugin::CellBatch, Refusal> take(const Message& message);

 private:
  using Clock = std::chrono::steady_clock;

  Line(const Settings& settings, const std::string& what, std::string_view plugin, std::string_view layout, Pipe input,
       Pipe messages, Pipe tokens);
  void awaitReady(const Settings& settings);
  bool waitFor(int fd, short events, Clock::duration& budget) const;
  bool giveBack(std::uint32_t slot);

  Ring ring_;
  Process process_;
  Fd input_;
  Fd messages_;
  Fd tokens_;
  Clock::duration waiting_;  // left for receive()
  Clock::duration feeding_;  // left for feed()
  std::atomic<bool> stopped_ = false;
  std::vector<std::uint32_t> ends_;
  std::vector<char> text_;
};

}  // namespace sluis::reader
