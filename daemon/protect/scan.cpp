#include "protect/scan.h"

#include <algorithm>

#include "protect/mixing.h"

namespace sluis::protect {

using report::Indicator;
using snapshot::Column;

namespace {

std::uint64_t packed(std::uint64_t above, std::uint64_t below) {
  return above << 32 | below;
}
std::uint32_t above(std::uint64_t pair) {
  return static_cast<std::uint32_t>(pair >> 32);
}
std::uint32_t below(std::uint64_t pair) {
  return static_cast<std::uint32_t>(pair);
}

}  // namespace

// No branches: whether a unit is of the same child as the one before is as good as a coin.
struct Scan::Note {
  std::uint64_t* with;
  std::uint64_t* rows;

  void operator()(std::size_t row, std::size_t cell, std::uint32_t child) const {
    const std::uint64_t answer = with[cell];
    with[cell] = packed(child, below(answer) + (above(answer) != child));
    const std::uint64_t run = rows[2 * row];
    const std::uint64_t most = rows[2 * row + 1];
    const bool isSame = above(run) == child;
    rows[2 * row] = packed(child, below(run) + !isSame);
    const std::uint32_t units = (above(most) & (0U - isSame)) + 1;
    rows[2 * row + 1] = packed(units, std::max(below(most), units));
  }
};

// Pointers as local variables: the compiler must take every number that is written for one that may have changed those
// in an object.
struct Scan::Tables {
  const std::uint16_t* places;
  const std::uint16_t* rowOf;
  const std::uint8_t* values;
  const std::uint32_t* children;
  const std::uint8_t* partOf;
  const std::uint16_t* providers;
  std::uint16_t viewer;
  std::array<const std::uint32_t*, 2> keys;
  const std::uint8_t* start;
  const std::uint8_t* end;
  const std::uint16_t* startPiece;
  const std::uint16_t* endPiece;
  std::size_t endPieces, rows, parts, providerCount;
  std::array<std::uint64_t*, 4> marks;
  std::array<std::uint8_t*, 2> seen;

  struct Unit {
    std::size_t informant, isOwn, row, cell;
  };

  /// Adds the unit to `sums` and says what else there is to know of it.
  template <bool kMeasurements, bool kViewer>
  [[gnu::always_inline]] inline Unit add(std::size_t u, const std::array<std::uint64_t*, 4>& sums) const {
    const std::size_t place = places[u];
    const std::size_t informant = kMeasurements ? place & 1 : 0;
    const std::size_t at = kMeasurements ? place >> 1 : place;
    const std::size_t row = rowOf[u];
    const std::size_t part = partOf[values[u]];
    std::size_t inPiece = row;
    if (start != nullptr) inPiece += (startPiece[start[at]] * endPieces + endPiece[end[at]]) * rows;
    const std::uint32_t key = keys[informant][at];
    std::size_t isOwn = 0;
    if constexpr (kViewer) {
      const std::uint16_t provider = providers[at];
      isOwn = provider == viewer;
      seen[informant][row * providerCount + provider] = 1;
    }
    const std::size_t set = 2 * isOwn + informant;
    sums[set][inPiece * parts + part] += packed(key, 1);
    if (kMeasurements && marks[0] != nullptr) marks[set][inPiece] += packed(mixed(key), values[u]);
    return {informant, isOwn, row, row * parts + part};
  }
};

Scan::Scan(const snapshot::Snapshot& snapshot, const Plan& plan, bool respondents)
    : plan_(plan),
      facts_(snapshot.facts()),
      measurements_(report::countsMeasurements(plan.indicator)),
      respondents_(respondents),
      rows_(plan.rows + 1),
      selection_(snapshot, plan) {
  if (plan.viewer) providers_ = snapshot.shorts(Column::provider).data();
  if (plan.pieces.size() > 1) {
    start_ = snapshot.bytes(Column::start).data();
    end_ = snapshot.bytes(Column::end).data();
  }
  if (measurements_)
    keys_ = {snapshot.words(Column::keyYouth).data(), snapshot.words(Column::keyParent).data()};
  else
    keys_ = {snapshot.words(Column::key).data(), nullptr};

  for (std::size_t informant = 0; informant < informants(); ++informant) {
    for (std::size_t own = 0; own < (plan.viewer ? 2U : 1U); ++own) {
      sums_[2 * own + informant].lone.resize(plan.pieces.size() * rows_ * plan.parts);
      sums_[2 * own + informant].rest.resize(plan.pieces.size() * rows_ * plan.parts);
      if (plan.indicator == Indicator::satisfaction) marks_[2 * own + informant].resize(plan.pieces.size() * rows_);
    }
    if (plan.viewer) seen_[informant].resize(rows_ * facts_.providers.size());
  }
  const auto makeRoom = [&](People& people) {
    people.firsts.resize(rows_ * plan.parts);
    people.with.assign(rows_ * plan.parts, packed(kNobody, 0));
    people.rows.resize(2 * rows_);
    for (std::size_t row = 0; row < rows_; ++row) people.rows[2 * row] = packed(kNobody, 0);
  };
  for (std::size_t whose = 0; whose < (respondents ? kWhose : 1U); ++whose) {
    makeRoom(people_[whose]);
    if (!plan.viewer) continue;
    makeRoom(own_[whose]);
    makeRoom(others_[whose]);
  }
}

void Scan::run(std::size_t from, std::size_t to) {
  if (plan_.impossible) return;
  const auto addBlock = [&](std::size_t at) {
    if (measurements_)
      plan_.viewer ? add<true, true>(at) : add<true, false>(at);
    else
      plan_.viewer ? add<false, true>(at) : add<false, false>(at);
  };
  for (std::size_t at = from; at < to; at += Units::kRows) {
    const std::size_t size = std::min(Units::kRows, to - at);
    selection_.list(at, size, units_);
    if (units_.size == 0) continue;
    if (plan_.passes.empty() || plan_.rowColumn) {
      selection_.place(at, size, units_);
      addBlock(at);
      continue;
    }
    for (std::size_t row = 0; row < plan_.passes.size(); ++row) {
      if (!plan_.passes[row]) continue;
      selection_.placePass(at, size, row, units_);
      addBlock(at);
    }
  }
}

template <bool kMeasurements, bool kViewer>
void Scan::add(std::size_t from) {
  const Tables tables{
      units_.places.data(),
      units_.rows.data(),
      units_.values.data(),
      units_.children.data(),
      plan_.partOf.data(),
      kViewer ? providers_ + from : nullptr,
      plan_.viewer.value_or(0),
      {keys_[0] + from, kMeasurements ? keys_[1] + from : nullptr},
      start_ == nullptr ? nullptr : start_ + from,
      end_ == nullptr ? nullptr : end_ + from,
      plan_.startPiece.data(),
      plan_.endPiece.data(),
      plan_.endPieces,
      rows_,
      plan_.parts,
      facts_.providers.size(),
      {marks_[0].empty() ? nullptr : marks_[0].data(), marks_[1].data(), marks_[2].data(), marks_[3].data()},
      {seen_[0].data(), seen_[1].data()}};
  std::array<std::uint64_t*, 4> lone{};
  std::array<std::uint64_t*, 4> rest{};
  for (std::size_t i = 0; i < lone.size(); ++i) {
    lone[i] = sums_[i].lone.data();
    rest[i] = sums_[i].rest.data();
  }
  std::array<Note, kWhose> note{};
  std::array<Note, kWhose> noteOwn{};
  std::array<Note, kWhose> noteOthers{};
  std::array<First*, kWhose> first{};
  std::array<First*, kWhose> firstOwn{};
  std::array<First*, kWhose> firstOthers{};
  for (std::size_t whose = 0; whose < kWhose; ++whose) {
    note[whose] = {people_[whose].with.data(), people_[whose].rows.data()};
    noteOwn[whose] = {own_[whose].with.data(), own_[whose].rows.data()};
    noteOthers[whose] = {others_[whose].with.data(), others_[whose].rows.data()};
    first[whose] = people_[whose].firsts.data();
    firstOwn[whose] = own_[whose].firsts.data();
    firstOthers[whose] = others_[whose].firsts.data();
  }
  const bool respondents = kMeasurements && respondents_;

  for (std::size_t i = 0; i < units_.lone; ++i) tables.add<kMeasurements, kViewer>(units_.loneUnits[i], lone);

  const auto meet = [](First& at, bool inPart, bool inRow) {
    at.inPart += inPart;
    at.inRow += inRow;
  };
  for (std::size_t i = 0; i < units_.pairs; ++i) {
    const auto a = tables.add<kMeasurements, kViewer>(units_.pairUnits[i], rest);
    const auto b = tables.add<kMeasurements, kViewer>(units_.pairUnits[i] + std::size_t{1}, rest);
    const auto meetBoth = [&](std::size_t ofA, std::size_t ofB, bool related) {
      const bool samePart = related & (a.cell == b.cell);
      const bool sameRow = related & (a.row == b.row);
      meet(first[ofA][a.cell], true, true);
      meet(first[ofB][b.cell], !samePart, !sameRow);
      if constexpr (!kViewer) return;
      meet(firstOwn[ofA][a.cell], a.isOwn, a.isOwn);
      meet(firstOwn[ofB][b.cell], b.isOwn & !(a.isOwn & samePart), b.isOwn & !(a.isOwn & sameRow));
      const bool isOthers = !a.isOwn;
      meet(firstOthers[ofA][a.cell], isOthers, isOthers);
      meet(firstOthers[ofB][b.cell], !b.isOwn & !(isOthers & samePart), !b.isOwn & !(isOthers & sameRow));
    };
    meetBoth(0, 0, true);
    if (respondents) meetBoth(1 + a.informant, 1 + b.informant, a.informant == b.informant);
  }

  for (std::size_t i = 0; i < units_.more; ++i) {
    const std::size_t u = units_.moreUnits[i];
    const auto unit = tables.add<kMeasurements, kViewer>(u, rest);
    const std::uint32_t child = tables.children[u];
    note[0](unit.row, unit.cell, child);
    if (respondents) note[1 + unit.informant](unit.row, unit.cell, child);
    if constexpr (kViewer) {
      const auto& apart = unit.isOwn ? noteOwn : noteOthers;
      apart[0](unit.row, unit.cell, child);
      if (respondents) apart[1 + unit.informant](unit.row, unit.cell, child);
    }
  }
}

bool Scan::isOf(std::size_t set, std::size_t whose, Of of) const {
  if (sums_[set].lone.empty() || (whose != 0 && set % 2 != whose - 1)) return false;
  return of == Of::everybody || (of == Of::viewer) == (set >= 2);
}

void Scan::addCounts(std::size_t set, Layer& layer) const {
  for (std::size_t piece = 0; piece < plan_.pieces.size(); ++piece)
    for (std::size_t row = 0; row < plan_.rows; ++row) {
      const std::size_t from = piece * rows_ + row;
      const std::size_t to = piece * plan_.rows + row;
      for (std::size_t part = 0; part < plan_.parts; ++part)
        for (const auto* sums : {&sums_[set].lone, &sums_[set].rest}) {
          const std::uint64_t pair = (*sums)[from * plan_.parts + part];
          layer.sums[to * plan_.parts + part] += Sum{below(pair), above(pair)};
        }
      if (marks_[set].empty()) continue;
      layer.marks[to] += Marks{below(marks_[set][from]), above(marks_[set][from])};
    }
}

void Scan::addCrowds(const People& people, std::size_t whose, Of of, std::vector<Crowd>& crowds) const {
  std::vector<Crowd> found(plan_.rows);
  for (std::size_t set = 0; set < sums_.size(); ++set) {
    if (!isOf(set, whose, of)) continue;
    for (std::size_t piece = 0; piece < plan_.pieces.size(); ++piece)
      for (std::size_t row = 0; row < plan_.rows; ++row)
        for (std::size_t part = 0; part < plan_.parts; ++part) {
          const std::size_t cell = (piece * rows_ + row) * plan_.parts + part;
          const std::uint32_t alone = below(sums_[set].lone[cell]);
          found[row].units += alone + below(sums_[set].rest[cell]);
          found[row].children += alone;
          found[row].childrenWith[part] += alone;
        }
  }
  for (std::size_t row = 0; row < plan_.rows; ++row) {
    Crowd& crowd = found[row];
    for (std::size_t part = 0; part < plan_.parts; ++part) {
      const std::size_t cell = row * plan_.parts + part;
      crowd.children += people.firsts[cell].inRow;
      crowd.childrenWith[part] += people.firsts[cell].inPart + below(people.with[cell]);
    }
    crowd.children += below(people.rows[2 * row]);
    crowd.most = std::max<std::uint64_t>(below(people.rows[2 * row + 1]), std::min<std::uint64_t>(crowd.units, 2));
    crowds[row] += crowd;
  }
}

void Scan::addTo(Tally& all, Tally* own) const {
  for (std::size_t whose = 0; whose < kWhose; ++whose) {
    if (own != nullptr && own->layers[whose]) {
      Layer& layer = *own->layers[whose];
      for (std::size_t set = 0; set < sums_.size(); ++set)
        if (isOf(set, whose, Of::viewer)) addCounts(set, layer);
      addCrowds(own_[whose], whose, Of::viewer, layer.crowds);
    }
    if (!all.layers[whose]) continue;
    Layer& layer = *all.layers[whose];
    for (std::size_t set = 0; set < sums_.size(); ++set)
      if (isOf(set, whose, Of::everybody)) addCounts(set, layer);
    addCrowds(people_[whose], whose, Of::everybody, layer.crowds);
    if (!plan_.viewer) continue;
    addCrowds(others_[whose], whose, Of::others, layer.others);
    const std::size_t count = facts_.providers.size();
    for (std::size_t informant = 0; informant < informants(); ++informant)
      for (std::size_t row = 0; row < plan_.rows && isOf(informant, whose, Of::others); ++row)
        for (std::size_t provider = 0; provider < count; ++provider)
          if (provider != *plan_.viewer && seen_[informant][row * count + provider] != 0)
            layer.others[row].providers.insert(facts_.providers[provider].code);
  }
}

}  // namespace sluis::protect
