#include "sample/choices.h"

namespace sluis::sample {

namespace {

using std::chrono::days;

// Redrawing keeps the shares of the valid codes; a list of which hardly anything is valid is walked in the end.
constexpr int kDraws = 32;

}  // namespace

Choices::Choices(const dataset::FieldDefinition* field, std::span<const Weight> weights) {
  if (field == nullptr || !field->codes) return;
  for (const dataset::Code& code : field->codes->codes()) {
    std::uint32_t weight = 1;
    for (const Weight& known : weights)
      if (known.code == code.code) weight = known.weight;
    codes_.push_back(&code);
    weights_.push_back(weight);
  }
}

std::string_view Choices::pick(Random& random, Day day) const {
  if (codes_.empty()) return {};
  for (int draw = 0; draw < kDraws; ++draw) {
    const dataset::Code& code = *codes_[random.pick(weights_)];
    if (code.covers(day)) return code.code;
  }
  for (const dataset::Code* code : codes_)
    if (code->covers(day)) return code->code;
  return {};
}

bool Choices::valid(std::string_view code, Day day) const {
  for (const dataset::Code* known : codes_)
    if (known->code == code) return known->covers(day);
  return false;
}

std::vector<Choices::Lapsed> Choices::lapsedWithin(Span within) const {
  std::vector<Lapsed> lapsed;
  for (const dataset::Code* code : codes_) {
    Span longest{within.first, within.first - days(1)};
    for (Day first = within.first; first <= within.last; first += days(1)) {
      Day day = first;
      while (day <= within.last && !code->covers(day)) day += days(1);
      if (day - first > longest.last - longest.first + days(1)) longest = {first, day - days(1)};
      if (day > first) first = day;
    }
    if (longest.first <= longest.last) lapsed.push_back({code->code, longest});
  }
  return lapsed;
}

}  // namespace sluis::sample
