// What a coded field of a sample may hold, and how often each code turns up.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "dataset/definition.h"
#include "sample/random.h"

namespace sluis::sample {

/// Days, both inside.
struct Span {
  Day first;
  Day last;
};

class Choices {
 public:
  struct Weight {
    std::string_view code;
    std::uint32_t weight;
  };

  /// No field, or a field without a list: no codes. A code that has no weight here gets 1.
  Choices(const dataset::FieldDefinition* field, std::span<const Weight> weights);

  bool empty() const { return codes_.empty(); }
  /// By weight among the codes that are valid on that day; "" when there is none.
  std::string_view pick(Random& random, Day day) const;
  bool valid(std::string_view code, Day day) const;

  /// A code that the list has but that is not valid on some days of `within`, and those days (the longest run of them).
  struct Lapsed {
    std::string code;
    Span days;
  };
  std::vector<Lapsed> lapsedWithin(Span within) const;

 private:
  std::vector<const dataset::Code*> codes_;
  std::vector<std::uint32_t> weights_;
};

}  // namespace sluis::sample
