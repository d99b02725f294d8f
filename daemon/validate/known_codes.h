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
      const auto number = static_cast<unsigned>(std::stoul(digits));
      days_.at(number) = {bounded(code.validity.front().from), bounded(code.validity.front().until)};
      for (std::size_t i = 1; i < code.validity.size(); ++i)
        later_.push_back({number, {bounded(code.validity[i].from), bounded(code.validity[i].until)}});
    }
  }

  /// Forgets the codes that were valid on no day from `first` up to and including `last`.
  void keepThoseOf(DayNumber first, DayNumber last) {
    const auto touches = [&](const Days& days) { return days.from <= last && days.until > first; };
    for (unsigned code = 0; code < days_.size(); ++code)
      if (!touches(days_[code]) && std::none_of(later_.begin(), later_.end(), [&](const Later& later) {
            return later.code == code && touches(later.days);
          }))
        days_[code] = {};
  }

  bool has(unsigned code) const { return code < days_.size() && days_[code].from < days_[code].until; }
  bool valid(unsigned code, DayNumber day) const {
    return code < days_.size() && (days_[code].covers(day) || validAgain(code, day));
  }

 private:
  struct Days {
    DayNumber from = 0;
    DayNumber until = 0;
    bool covers(DayNumber day) const { return from <= day && day < until; }
  };
  struct Later {
    unsigned code;
    Days days;
  };
  bool validAgain(unsigned code, DayNumber day) const {
    return std::any_of(later_.begin(), later_.end(),
                       [&](const Later& later) { return later.code == code && later.days.covers(day); });
  }
  // Open ends are further away than a DayNumber reaches.
  static DayNumber bounded(Day day) {
    constexpr int kFar = 1 << 30;
    return static_cast<DayNumber>(
        std::clamp<std::int64_t>(static_cast<std::int64_t>(day.time_since_epoch().count()), -kFar, kFar));
  }

  std::vector<Days> days_;    // by code: its first interval
  std::vector<Later> later_;  // of the few codes that came back
};

}  // namespace sluis::validate
