#include "validate/second_judge.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <span>

namespace sluis::validate {

std::optional<SecondJudge::Piece> SecondJudge::State::takeFirst() {
  if (from == to) return std::nullopt;
  const Piece piece{from, std::min(from + kPiece, to)};
  from = piece.to;
  return piece;
}

std::optional<SecondJudge::Piece> SecondJudge::State::takeLast() {
  if (from == to) return std::nullopt;
  const Piece piece{std::max(from, (to - 1) / kPiece * kPiece), to};
  to = piece.from;
  return piece;
}

SecondJudge::SecondJudge(const Law& law) : judge_(law), thread_([this] { work(); }) {}

SecondJudge::~SecondJudge() {
  state_.with([](State& state) { state.closed = true; });
  thread_.join();
}

void SecondJudge::work() {
  ::pthread_setname_np(::pthread_self(), "rules");
  // Signals are for the threads that expect them.
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
  for (;;) {
    std::exception_ptr failed;
    try {
      if (!workOnBatch()) return;
    } catch (...) {
      failed = std::current_exception();
    }
    if (failed) {
      state_.with([&](State& state) {
        state.failed = failed;
        state.busy = false;
      });
      return;
    }
  }
}

// Waits for a batch and judges what it can get of it; false when there will be none.
bool SecondJudge::workOnBatch() {
  const plugin::CellBatch* batch = nullptr;
  std::uint32_t before = 0;
  Trajectory* records = nullptr;
  auto piece = state_.when([](const State& state) { return state.from < state.to || state.closed; },
                           [&](State& state) {
                             batch = state.batch;
                             before = state.before;
                             records = state.records;
                             state.busy = !state.closed;
                             return state.closed ? std::nullopt : state.takeLast();
                           });
  if (!piece) return false;
  while (piece) {
    pieces_.push_back(judge_.found().size());
    judge_.judge(*batch, piece->from, piece->to, before, records);
    piece = state_.with([](State& state) {
      const auto next = state.takeLast();
      state.busy = next.has_value();
      return next;
    });
  }
  return true;
}

// Leaves nothing to take and waits for the piece in hand.
void SecondJudge::letGo() {
  state_.with([](State& state) { state.from = state.to; });
  state_.when([](const State& state) { return !state.busy; }, [](State&) {});
}

// What the other thread works on goes away with an exception of this one.
class SecondJudge::Letting {
 public:
  explicit Letting(SecondJudge& judge) : judge_(judge) {}
  ~Letting() { judge_.letGo(); }
  Letting(const Letting&) = delete;
  Letting& operator=(const Letting&) = delete;

 private:
  SecondJudge& judge_;
};

void SecondJudge::judgeWith(Judge& first, const plugin::CellBatch& batch, std::uint32_t before, Trajectory* records,
                            FindingList& findings) {
  {
    const Letting letting(*this);
    auto piece = state_.with([&](State& state) {
      state.batch = &batch;
      state.before = before;
      state.records = records;
      state.from = 0;
      state.to = batch.rows();
      return state.takeFirst();
    });
    for (; piece; piece = state_.with([](State& state) { return state.takeFirst(); })) {
      first.judge(batch, piece->from, piece->to, before, records);
      findings.drain(first.found());
    }
  }
  if (const auto failed = state_.with([](State& state) { return state.failed; })) std::rethrow_exception(failed);
  std::vector<Found>& found = judge_.found();
  std::size_t end = found.size();
  for (; !pieces_.empty(); pieces_.pop_back()) {
    findings.add(std::span(found).subspan(pieces_.back(), end - pieces_.back()));
    end = pieces_.back();
  }
  found.clear();
}

}  // namespace sluis::validate
