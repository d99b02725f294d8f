#include "reader/standby.h"

#include <signal.h>

#include <utility>

#include "base/error.h"
#include "base/log.h"

namespace sluis::reader {

Standby::Standby(Settings settings) : settings_(std::move(settings)), thread_([this] { keepOne(); }) {}

Standby::~Standby() {
  state_.with([](State& state) { state.closed = true; });
  thread_.join();
}

void Standby::keepOne() {
  // Signals are for the threads that expect them; the worker starts with none blocked all the same.
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
  for (;;) {
    std::string expected;
    bool wanted = false;
    std::vector<std::unique_ptr<Line>> ended;
    const bool more =
        state_.when([](const State& state) { return state.wanted || state.closed || !state.ended.empty(); },
                    [&](State& state) {
                      wanted = std::exchange(state.wanted, false);
                      expected = state.expectedFormat;
                      ended.swap(state.ended);
                      return !state.closed;
                    });
    ended.clear();
    if (!more) return;
    if (!wanted) continue;
    try {
      auto line = std::make_unique<Line>(settings_, expected);
      state_.with([&](State& state) { state.waiting.swap(line); });
    } catch (const Error& error) {
      // Not lost: who wants a worker starts one, and meets the same error where it can be told.
      log::warning("no sluis-reader could be started ahead: {}", error.what());
    }
  }
}

void Standby::bury(std::unique_ptr<Line> line) {
  line->stop();
  state_.with([&](State& state) { state.ended.push_back(std::move(line)); });
}

std::unique_ptr<Line> Standby::take(std::string_view format) {
  return state_.with([&](State& state) {
    state.wanted = true;
    if (!format.empty()) state.expectedFormat = format;
    return std::move(state.waiting);
  });
}

}  // namespace sluis::reader
