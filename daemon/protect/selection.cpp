#include "protect/selection.h"

#include <algorithm>

#include "protect/vectors.h"

namespace sluis::protect {

using report::Indicator;
using snapshot::Column;

namespace {

void keepBetween(const std::uint8_t* column, std::uint8_t from, std::uint8_t span, std::uint8_t* selected,
                 std::size_t size) {
  eachOf<Bytes>(column, selected, selected, size,
                [=](const Bytes& value, const Bytes& in) { return in & (Bytes)(value - from <= span); });
}

void keepFlagged(const std::uint8_t* column, std::uint8_t flags, std::uint8_t* selected, std::size_t size) {
  eachOf<Bytes>(column, selected, selected, size,
                [=](const Bytes& value, const Bytes& in) { return in & (Bytes)((value & flags) == flags); });
}

void keepProvider(const std::uint16_t* column, std::uint16_t provider, std::uint8_t* selected, std::size_t size) {
  eachOf<Shorts>(column, selected, selected, size, [=](const Shorts& value, const Bytes& in) {
    return in & __builtin_convertvector(value == provider, Bytes);
  });
}

/// Which rows have a score of 1 to `most` in the low or the high four bits.
template <int kShift>
void findScores(const std::uint8_t* column, std::uint8_t most, const std::uint8_t* selected, std::uint8_t* found,
                std::size_t size) {
  eachOf<Bytes>(column, selected, found, size, [=](const Bytes& value, const Bytes& in) {
    const Bytes score = (value >> kShift) & 0x0f;
    return in & (Bytes)(score - 1 < most);
  });
}

/// 0 is "ja", 1 is "nee": whoever has a score of 1 to `most` under the mask gets a ja.
void answerOne(const std::uint8_t* column, std::uint8_t mask, std::uint8_t most, std::uint8_t* part, std::size_t size) {
  eachOf<Bytes>(column, part, part, size, [=](const Bytes& value, const Bytes& in) {
    const Bytes masked = value & mask;
    return in & (Bytes)((masked & 0x0f) - 1 >= most) & (Bytes)((masked >> 4) - 1 >= most);
  });
}

Bytes at(const std::uint8_t* place) {
  Bytes bytes;
  std::memcpy(&bytes, place, sizeof bytes);
  return bytes;
}

constexpr std::size_t kPad = 2;  ///< before same_[of unit 0]

}  // namespace

Selection::Selection(const snapshot::Snapshot& snapshot, const Plan& plan)
    : plan_(plan),
      measurements_(report::countsMeasurements(plan.indicator)),
      child_(snapshot.words(Column::child).data()) {
  for (const Between& between : plan.between)
    compared_.push_back(
        {snapshot.bytes(between.column).data(), between.from, static_cast<std::uint8_t>(between.to - between.from)});
  if (plan.flags != 0) flags_ = snapshot.bytes(Column::flags).data();
  if (plan.provider || plan.rowColumn == Column::provider) providers_ = snapshot.shorts(Column::provider).data();
  if (plan.rowColumn && plan.rowColumn != Column::provider) rowBytes_ = snapshot.bytes(*plan.rowColumn).data();
  if (plan.indicator == Indicator::response)
    scores_ = {snapshot.bytes(Column::satisfaction).data(), snapshot.bytes(Column::goOn).data(),
               snapshot.bytes(Column::goals).data()};
  else
    values_ = snapshot.bytes(plan.partColumn).data();
  if (!plan.rowColumn) return;
  rowOf_.assign(plan.rowColumn == Column::provider ? 65536 : 256, static_cast<std::uint16_t>(plan.rows));
  for (std::size_t value = 0; value < plan.rowOf.size(); ++value)
    if (plan.rowOf[value] != kNone) rowOf_[value] = plan.rowOf[value];
}

void Selection::select(std::size_t from, std::size_t size) {
  std::fill_n(selected_.begin(), size, std::uint8_t{0xff});
  for (const Compared& compared : compared_)
    keepBetween(compared.column + from, compared.from, compared.span, selected_.data(), size);
  if (flags_ != nullptr) keepFlagged(flags_ + from, plan_.flags, selected_.data(), size);
  if (plan_.provider) keepProvider(providers_ + from, *plan_.provider, selected_.data(), size);
  std::fill_n(selected_.begin() + size, Units::kAhead, std::uint8_t{0});
}

void Selection::list(std::size_t from, std::size_t size, Units& units) {
  select(from, size);
  if (!measurements_) {
    units.size = placesOf(selected_.data(), size, units.places.data());
  } else {
    const std::uint8_t most = plan_.indicator == Indicator::satisfaction ? 10 : 4;
    findScores<0>(values_ + from, plan_.youth ? most : 0, selected_.data(), youth_.data(), size);
    findScores<4>(values_ + from, plan_.parent ? most : 0, selected_.data(), parent_.data(), size);
    std::fill_n(youth_.begin() + size, Units::kAhead, std::uint8_t{0});
    std::fill_n(parent_.begin() + size, Units::kAhead, std::uint8_t{0});
    units.size = placesOfBoth(youth_.data(), parent_.data(), size, units.places.data());
  }
  const std::uint32_t* const child = child_ + from;
  const std::uint16_t* const places = units.places.data();
  std::uint32_t* const children = units.children.data();
  std::uint8_t* const same = same_.data() + kPad;
  const int shift = measurements_ ? 1 : 0;
  std::uint32_t before = 0;
  for (std::size_t u = 0; u < units.size; ++u) {
    const std::uint32_t now = child[places[u] >> shift];
    children[u] = now;
    same[std::ptrdiff_t(u) - 1] = static_cast<std::uint8_t>(0 - (now == before));
    before = now;
  }
  partByChild(from, size, units);
}

void Selection::partByChild(std::size_t from, std::size_t size, Units& units) {
  const std::uint32_t* const child = units.children.data();
  std::size_t begin = 0;
  std::size_t end = units.size;
  while (begin < end && child[begin] == child_[from]) ++begin;
  while (end > begin && child[end - 1] == child_[from + size - 1]) --end;

  // same[u]: the unit after u is of the same child (list()).
  std::uint8_t* const same = same_.data() + kPad;
  // The children of the first and the last unit here are whole.
  if (begin < end) same[end - 1] = 0;
  std::fill_n(same + begin - kPad, kPad, std::uint8_t{0});
  std::fill_n(same + end, 2 * sizeof(Bytes), std::uint8_t{0});

  const auto listOf = [&](std::uint16_t* list, const auto& isOne) {
    for (std::size_t u = begin; u < end; u += sizeof(Bytes)) {
      const Bytes found = isOne(at(same + u - 2), at(same + u - 1), at(same + u), at(same + u + 1));
      std::memcpy(found_.data() + u - begin, &found, sizeof found);
    }
    std::fill_n(found_.begin() + static_cast<std::ptrdiff_t>(end - begin), sizeof(Bytes), std::uint8_t{0});
    const std::size_t count = placesOf(found_.data(), end - begin, list);
    if (begin != 0)
      for (std::size_t i = 0; i < count; ++i) list[i] = static_cast<std::uint16_t>(list[i] + begin);
    return count;
  };
  units.lone = listOf(units.loneUnits.data(),
                      [](Bytes, Bytes before, Bytes after, Bytes) -> Bytes { return ~(before | after); });
  units.pairs = listOf(units.pairUnits.data(),
                       [](Bytes, Bytes before, Bytes after, Bytes next) -> Bytes { return ~before & after & ~next; });
  units.more = 0;
  for (std::size_t u = 0; u < begin; ++u) units.moreUnits[units.more++] = static_cast<std::uint16_t>(u);
  units.more +=
      listOf(units.moreUnits.data() + units.more, [](Bytes earlier, Bytes before, Bytes after, Bytes next) -> Bytes {
        return (before & after) | (before & earlier) | (after & next);
      });
  for (std::size_t u = end; u < units.size; ++u) units.moreUnits[units.more++] = static_cast<std::uint16_t>(u);
}

void Selection::answer(std::size_t from, std::size_t size, const Answers& answers, Units& units) {
  std::fill_n(part_.begin(), size, std::uint8_t{1});
  if (answers.satisfaction != 0) answerOne(scores_[0] + from, answers.satisfaction, 10, part_.data(), size);
  if (answers.goOn != 0) answerOne(scores_[1] + from, answers.goOn, 4, part_.data(), size);
  if (answers.goals != 0) answerOne(scores_[2] + from, answers.goals, 4, part_.data(), size);
  for (std::size_t u = 0; u < units.size; ++u) units.values[u] = part_[units.places[u]];
}

void Selection::placeValues(std::size_t from, Units& units) const {
  const std::uint8_t* const values = values_ + from;
  if (measurements_)
    for (std::size_t u = 0; u < units.size; ++u)
      units.values[u] = (values[units.places[u] >> 1] >> (4 * (units.places[u] & 1))) & 0x0f;
  else
    for (std::size_t u = 0; u < units.size; ++u) units.values[u] = values[units.places[u]];
}

void Selection::place(std::size_t from, std::size_t size, Units& units) {
  const int shift = measurements_ ? 1 : 0;
  const std::uint16_t* const rowOf = rowOf_.data();
  if (plan_.byInformant) {
    const auto row = [&](std::uint16_t place) {
      return place == kNone ? static_cast<std::uint16_t>(plan_.rows) : place;
    };
    const std::array<std::uint16_t, 2> rows = {row(plan_.informantRow[0]), row(plan_.informantRow[1])};
    for (std::size_t u = 0; u < units.size; ++u) units.rows[u] = rows[units.places[u] & 1];
  } else if (rowBytes_ != nullptr) {
    const std::uint8_t* const column = rowBytes_ + from;
    for (std::size_t u = 0; u < units.size; ++u) units.rows[u] = rowOf[column[units.places[u] >> shift]];
  } else if (plan_.rowColumn) {
    const std::uint16_t* const column = providers_ + from;
    for (std::size_t u = 0; u < units.size; ++u) units.rows[u] = rowOf[column[units.places[u] >> shift]];
  } else {
    std::fill_n(units.rows.begin(), units.size, static_cast<std::uint16_t>(plan_.rows));
  }
  if (plan_.indicator == Indicator::response)
    answer(from, size, *plan_.passes.front(), units);
  else
    placeValues(from, units);
}

void Selection::placePass(std::size_t from, std::size_t size, std::size_t row, Units& units) {
  std::fill_n(units.rows.begin(), units.size, static_cast<std::uint16_t>(row));
  answer(from, size, *plan_.passes[row], units);
}

}  // namespace sluis::protect
