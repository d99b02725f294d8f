#include "sample/identity.h"

#include <fmt/format.h>

#include "base/error.h"
#include "sample/random.h"

namespace sluis::sample {

namespace {

// The first eight digits; the ninth follows from the test. Each step has no factor in common with its count, so that
// the walk meets every number once.
struct Range {
  std::uint32_t first;
  std::uint32_t count;
  std::uint32_t step;
};
constexpr Range kRanges[] = {
    {99999000, 1000, 617},
    {99990000, 9000, 5569},
    {90000000, 9990000, 6173891},
};

// 10 when no last digit makes it pass.
std::uint32_t lastDigit(std::uint32_t eight) {
  std::uint32_t sum = 0;
  for (std::uint32_t weight = 2; weight <= 9; ++weight, eight /= 10) sum += eight % 10 * weight;
  return sum % 11;
}

}  // namespace

bool passesElevenTest(std::uint32_t number) {
  return lastDigit(number / 10) == number % 10;
}

Numbers::Numbers(std::uint64_t seed, const dataset::Placeholders& placeholders)
    : seed_(mix(seed)), placeholders_(placeholders) {}

bool Numbers::isPlaceholder(std::uint32_t number) const {
  return number == placeholders_.bsnUnknown || number == placeholders_.bsnUnborn;
}

std::uint32_t Numbers::next() {
  for (;;) {
    std::uint32_t place = at_++;
    const Range* range = kRanges;
    while (range != std::end(kRanges) && place >= range->count) place -= (range++)->count;
    if (range == std::end(kRanges))
      throw Error(ErrorKind::usage, "there are not so many test numbers", "take fewer records");
    const std::uint64_t walked = (seed_ % range->count + std::uint64_t{place} * range->step) % range->count;
    const std::uint32_t eight = range->first + static_cast<std::uint32_t>(walked);
    const std::uint32_t last = lastDigit(eight);
    if (last != 10 && !isPlaceholder(eight * 10 + last)) return eight * 10 + last;
  }
}

std::uint32_t Numbers::spoilt(std::uint32_t number) const {
  const std::uint32_t eight = number / 10 * 10;
  std::uint32_t wrong = number;
  do wrong = eight + (wrong % 10 + 1) % 10;
  while (isPlaceholder(wrong));
  return wrong;
}

std::string bsnText(std::uint32_t number) {
  return fmt::format("{:09}", number);
}

std::string psnText(std::uint64_t seed, std::uint64_t index) {
  const std::uint64_t high = mix(index + mix(seed));  // one-to-one in index
  return fmt::format("{:016x}{:016x}", high, mix(high + 1));
}

}  // namespace sluis::sample
