// One stage of the pipeline on a thread of its own: batches in, each handed on in order. Without it the stages wait for
// each other in turn, and a run takes half as long again (tests/bench/ingest.py).
//
// A few batches at most are under way, and every one is cleared when it was worked on and whatever happens: what holds
// a BSN is wiped by `clear`. For one thread that writes.
#pragma once

#include <pthread.h>

#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/guarded.h"

namespace sluis::run {

template <typename T>
class BackgroundStage {
 public:
  using Batch = std::vector<T>;
  using Work = std::function<void(Batch&)>;
  /// Empties a batch, keeping its memory.
  using Clear = std::function<void(Batch&)>;

  /// `name` is the thread's, for top -H: at most 15 characters.
  BackgroundStage(const char* name, Work work, Clear clear)
      : work_(std::move(work)), clear_(std::move(clear)), thread_([this, name] { workAll(name); }) {}
  BackgroundStage(const BackgroundStage&) = delete;
  BackgroundStage& operator=(const BackgroundStage&) = delete;
  /// Abandons what was not finished.
  ~BackgroundStage() { abandon(); }

  /// Takes the batch and leaves an empty one, often with memory to fill. Throws what went wrong with earlier ones.
  void write(Batch& batch) {
    queue_.when([](const Queue& queue) { return queue.full.size() < kUnderWay || queue.failed; },
                [&](Queue& queue) {
                  if (queue.failed) std::rethrow_exception(queue.failed);
                  queue.full.push_back(std::move(batch));
                  batch = {};
                  if (queue.empty.empty()) return;
                  batch = std::move(queue.empty.back());
                  queue.empty.pop_back();
                });
  }
  /// Waits until all was worked on; throws what went wrong.
  void finish() {
    close();
    queue_.with([](Queue& queue) {
      if (queue.failed) std::rethrow_exception(queue.failed);
    });
  }
  /// The batch in hand is the last one.
  void abandon() {
    drop();
    close();
  }

 private:
  static constexpr std::size_t kUnderWay = 4;

  struct Queue {
    std::deque<Batch> full;
    std::vector<Batch> empty;
    bool closed = false;
    std::exception_ptr failed;
  };

  void workAll(const char* name) {
    ::pthread_setname_np(::pthread_self(), name);
    while (std::optional<Batch> batch = next()) {
      try {
        work_(*batch);
      } catch (...) {
        clear_(*batch);
        queue_.with([](Queue& queue) { queue.failed = std::current_exception(); });
        return drop();
      }
      clear_(*batch);
      queue_.with([&](Queue& queue) { queue.empty.push_back(std::move(*batch)); });
    }
  }
  std::optional<Batch> next() {
    return queue_.when([](const Queue& queue) { return !queue.full.empty() || queue.closed; },
                       [](Queue& queue) -> std::optional<Batch> {
                         if (queue.full.empty()) return std::nullopt;
                         Batch batch = std::move(queue.full.front());
                         queue.full.pop_front();
                         return batch;
                       });
  }
  void drop() {
    queue_.with([this](Queue& queue) {
      for (Batch& batch : queue.full) clear_(batch);
      queue.full.clear();
    });
  }
  void close() {
    if (!thread_.joinable()) return;
    queue_.with([](Queue& queue) { queue.closed = true; });
    thread_.join();
  }

  Work work_;
  Clear clear_;
  Guarded<Queue> queue_;
  std::thread thread_;
};

}  // namespace sluis::run
