// Who the children of a sample are: numbers that pass the eleven-test and are nobody's, and pre-pseudonyms.
//
// Numbers come from the range of the test numbers that RvIG publishes (9999…), those that begin with 99999 first; a
// sample with more children goes on into the other numbers that begin with 9, which test data use by convention.
// docs/provider/samples.md says what is known about these ranges.
#pragma once

#include <cstdint>
#include <string>

#include "dataset/definition.h"

namespace sluis::sample {

/// JEUGDHULP §4: weights 9 8 7 6 5 4 3 2 −1.
bool passesElevenTest(std::uint32_t number);

class Numbers {
 public:
  /// Never gives one of the placeholders. The seed says in what order.
  Numbers(std::uint64_t seed, const dataset::Placeholders& placeholders);

  /// Another number each time. Error (usage) when all nine million are used.
  std::uint32_t next();
  /// The same eight digits with a last one that fails the test, and no placeholder: nobody else's in this sample.
  std::uint32_t spoilt(std::uint32_t number) const;

 private:
  bool isPlaceholder(std::uint32_t number) const;

  std::uint64_t seed_;
  dataset::Placeholders placeholders_;
  std::uint32_t at_ = 0;
};

/// Nine digits.
std::string bsnText(std::uint32_t number);
/// 32 hex digits, different for each `index`.
std::string psnText(std::uint64_t seed, std::uint64_t index);

}  // namespace sluis::sample
