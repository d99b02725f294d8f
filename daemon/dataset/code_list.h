// A code list with its history: which codes exist, what they are called, and on which days each is valid.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace sluis::dataset {

/// Days from `from` up to, not including, `until`. Open at either end by default.
struct Validity {
  Day from = Day::min();
  Day until = Day::max();

  bool covers(Day day) const { return from <= day && day < until; }
};

struct Code {
  std::string code;                ///< as delivered: "01", "GM0034"
  std::string name;                ///< Dutch, for reports and texts
  std::vector<Validity> validity;  ///< at least one, in order of time, without overlap
  std::vector<std::string> into;   ///< the codes that came in its place when it ended, if it is known
  std::string english{};           ///< empty: it has none, as a municipality has not

  bool covers(Day day) const {
    return std::any_of(validity.begin(), validity.end(), [&](const Validity& span) { return span.covers(day); });
  }
};

class CodeList {
 public:
  CodeList(std::string name, std::vector<Code> codes) : name_(std::move(name)), codes_(std::move(codes)) {
    std::sort(codes_.begin(), codes_.end(), [](const Code& a, const Code& b) { return a.code < b.code; });
  }

  const std::string& name() const { return name_; }
  /// In order of code.
  const std::vector<Code>& codes() const { return codes_; }
  /// nullptr when the list has no such code, on any day.
  const Code* find(std::string_view code) const {
    const auto at = std::lower_bound(codes_.begin(), codes_.end(), code,
                                     [](const Code& a, std::string_view wanted) { return a.code < wanted; });
    return at != codes_.end() && at->code == code ? &*at : nullptr;
  }

 private:
  std::string name_;
  std::vector<Code> codes_;
};

}  // namespace sluis::dataset
