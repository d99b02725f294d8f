// A code list as a table by number: is there such a code, and was it valid on that day?
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "dataset/code_list.h"
#include "model/trajectory.h"
#include "validate/calendar.h"

namespace sluis::validate {

class KnownCodes {
 public:
  KnownCodes() = default;
  /// Codes of two digits (size 100), or GM and four (size 10000).
  KnownCodes(const dataset::CodeList* list, std::size_t size) : days_(size) {
    if (list == nullptr) return;
    for (const dataset::Code& code : list->codes()) {
      const std::string digits = code.code.starts_with("GM") ? code.code.substr(2) : code.code;
      days_.at(std::stoul(digits)) = {bounded(code.validity.from), bounded(code.validity.until)};
    }
  }

  bool has(unsigned code) const { return code < days_.size() && days_[code].from < days_[code].until; }
  bool valid(unsigned code, DayNumber day) const {
    return code < days_.size() && days_[code].from <= day && day < days_[code].until;
  }

 private:
  struct Days {
    DayNumber from = 0;
    DayNumber until = 0;
  };
  // Open ends are further away than a DayNumber reaches.
  static DayNumber bounded(Day day) {
    constexpr int kFar = 1 << 30;
    return static_cast<DayNumber>(
        std::clamp<std::int64_t>(static_cast<std::int64_t>(day.time_since_epoch().count()), -kFar, kFar));
  }

  std::vector<Days> days_;
};

}  // namespace sluis::validate
