// The records of a sample one after the other, right ones and planted faults mixed, in constant memory.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "sample/faults.h"
#include "sample/population.h"

namespace sluis::sample {

class Records {
 public:
  /// `faulty` of the `count` records get a fault, the kinds in turn (in an order that the seed says).
  Records(const Setting& setting, std::uint32_t count, std::uint32_t faulty);

  /// False after the last one.
  bool next(Record& record);

 private:
  /// The second record of a pair stands some way below the first, as it would in a real file.
  struct Later {
    std::uint64_t row;
    Record record;
  };

  void refill();
  void plant(std::uint32_t room);

  Population population_;
  std::vector<Fault> faults_;
  std::vector<std::uint32_t> planted_;  // times each
  std::size_t turn_ = 0;
  std::uint32_t left_;
  std::uint32_t faultyLeft_;
  std::uint64_t row_ = 0;
  std::vector<Record> made_;
  std::size_t given_ = 0;
  std::deque<Later> later_;
};

}  // namespace sluis::sample
