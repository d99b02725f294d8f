// A Judge on a thread of its own, for large deliveries: takes pieces from the end of a batch while its owner takes them
// from the beginning, so that both are done at the same moment, whatever else the machine has to do. When the thread
// gets no processor at all, its owner does all the work. Private to this room.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <thread>
#include <vector>

#include "base/guarded.h"
#include "validate/judge.h"

namespace sluis::validate {

class SecondJudge {
 public:
  explicit SecondJudge(const Law& law);
  ~SecondJudge();
  SecondJudge(const SecondJudge&) = delete;
  SecondJudge& operator=(const SecondJudge&) = delete;

  /// Judges `batch` together with `first`, as Judge::judge, and adds what both find to `findings` in order of row.
  /// When this returns or throws the other thread has let go of all that it was given. What either of them throws
  /// (bad_alloc) is thrown here; no more may be judged then.
  void judgeWith(Judge& first, const plugin::CellBatch& batch, std::uint32_t before, Trajectory* records,
                 FindingList& findings);

  Counted& counted() { return judge_.counted(); }

 private:
  /// Some turns: long enough to be worth the lock, short enough that nobody waits long for the other's last one.
  static constexpr std::uint32_t kPiece = 2 * Judge::kTurn;

  struct Piece {
    std::uint32_t from;
    std::uint32_t to;
  };
  struct State {
    const plugin::CellBatch* batch = nullptr;
    std::uint32_t before = 0;
    Trajectory* records = nullptr;
    std::uint32_t from = 0;  // up to `to`: rows that nobody has taken yet
    std::uint32_t to = 0;
    bool busy = false;
    bool closed = false;
    std::exception_ptr failed;

    std::optional<Piece> takeFirst();
    std::optional<Piece> takeLast();
  };
  class Letting;
  void work();
  bool workOnBatch();
  void letGo();

  Judge judge_;
  std::vector<std::size_t> pieces_;  // where in judge_.found() each piece of this batch begins; the last row's first
  Guarded<State> state_;
  std::thread thread_;
};

}  // namespace sluis::validate
