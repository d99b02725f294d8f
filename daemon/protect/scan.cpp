#include "protect/scan.h"

#include <algorithm>

#include "protect/mixing.h"
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

std::uint64_t packed(std::uint64_t above, std::uint64_t below) {
  return above << 32 | below;
}
std::uint32_t above(std::uint64_t pair) {
  return static_cast<std::uint32_t>(pair >> 32);
}
std::uint32_t below(std::uint64_t pair) {
  return static_cast<std::uint32_t>(pair);
}

// No branches: whether a unit is of the same child as the one before is as good as a coin.
struct Note {
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

}  // namespace

// How a unit finds its row.
namespace {

struct OneRow {
  std::size_t row;
  std::size_t operator()(std::size_t, std::size_t) const { return row; }
};
struct ByByte {
  const std::uint8_t* column;
  const std::uint16_t* rowOf;
  std::size_t operator()(std::size_t at, std::size_t) const { return rowOf[column[at]]; }
};
struct ByShort {
  const std::uint16_t* column;
  const std::uint16_t* rowOf;
  std::size_t operator()(std::size_t at, std::size_t) const { return rowOf[column[at]]; }
};
struct ByInformant {
  std::array<std::size_t, 2> rows;
  std::size_t operator()(std::size_t, std::size_t informant) const { return rows[informant]; }
};

}  // namespace

Scan::Scan(const snapshot::Snapshot& snapshot, const Plan& plan, bool respondents)
    : plan_(plan),
      facts_(snapshot.facts()),
      measurements_(report::countsMeasurements(plan.indicator)),
      respondents_(respondents),
      rows_(plan.rows + 1),
      child_(snapshot.words(Column::child).data()) {
  for (const Between& between : plan.between)
    compared_.push_back(
        {snapshot.bytes(between.column).data(), between.from, static_cast<std::uint8_t>(between.to - between.from)});
  if (plan.flags != 0) flags_ = snapshot.bytes(Column::flags).data();
  if (plan.provider || plan.viewer || plan.rowColumn == Column::provider)
    providers_ = snapshot.shorts(Column::provider).data();
  if (plan.rowColumn && plan.rowColumn != Column::provider) rowBytes_ = snapshot.bytes(*plan.rowColumn).data();
  if (plan.pieces.size() > 1) {
    start_ = snapshot.bytes(Column::start).data();
    end_ = snapshot.bytes(Column::end).data();
  }
  if (plan.indicator == Indicator::response) {
    scores_ = {snapshot.bytes(Column::satisfaction).data(), snapshot.bytes(Column::goOn).data(),
               snapshot.bytes(Column::goals).data()};
  } else {
    parts_ = snapshot.bytes(plan.partColumn).data();
  }
  if (measurements_)
    keys_ = {snapshot.words(Column::keyYouth).data(), snapshot.words(Column::keyParent).data()};
  else
    keys_ = {snapshot.words(Column::key).data(), nullptr};

  // As long as the column's values go, so that no value leads out of it.
  if (plan.rowColumn) {
    rowOf_.assign(plan.rowColumn == Column::provider ? 65536 : 256, static_cast<std::uint16_t>(plan.rows));
    for (std::size_t value = 0; value < plan.rowOf.size(); ++value)
      if (plan.rowOf[value] != kNone) rowOf_[value] = plan.rowOf[value];
  }
  for (std::size_t layer = 0; layer < (measurements_ ? 2U : 1U); ++layer) {
    counts_[layer].sums.resize(plan.pieces.size() * rows_ * plan.parts);
    if (plan.indicator == Indicator::satisfaction) counts_[layer].marks.resize(plan.pieces.size() * rows_);
  }
  const auto makeRoom = [&](People& people) {
    people.with.assign(rows_ * plan.parts, packed(kNobody, 0));
    people.rows.resize(2 * rows_);
    for (std::size_t row = 0; row < rows_; ++row) people.rows[2 * row] = packed(kNobody, 0);
  };
  for (std::size_t whose = 0; whose < (respondents ? kWhose : 1U); ++whose) {
    makeRoom(people_[whose]);
    if (!plan.viewer) continue;
    makeRoom(others_[whose].people);
    others_[whose].providers.resize(rows_);
  }
}

void Scan::run(std::size_t from, std::size_t to) {
  if (plan_.impossible) return;
  if (plan_.byInformant) {
    const auto row = [&](std::uint16_t place) { return place == kNone ? plan_.rows : place; };
    runBy(from, to, ByInformant{{row(plan_.informantRow[0]), row(plan_.informantRow[1])}});
  } else if (plan_.rowColumn == Column::provider) {
    runBy(from, to, ByShort{providers_, rowOf_.data()});
  } else if (plan_.rowColumn) {
    runBy(from, to, ByByte{rowBytes_, rowOf_.data()});
  } else {
    runBy(from, to, OneRow{plan_.rows});
  }
}

template <class RowOf>
void Scan::runBy(std::size_t from, std::size_t to, const RowOf& rowOf) {
  plan_.pieces.size() > 1 ? runDated<RowOf, true>(from, to, rowOf) : runDated<RowOf, false>(from, to, rowOf);
}

template <class RowOf, bool kDates>
void Scan::runDated(std::size_t from, std::size_t to, const RowOf& rowOf) {
  for (std::size_t at = from; at < to; at += kBlock) {
    const std::size_t size = std::min(kBlock, to - at);
    select(at, size);
    if (measurements_) {
      const std::size_t units = listMeasurements(at, size);
      const bool marks = plan_.indicator == Indicator::satisfaction;
      if (marks && respondents_)
        addMeasurements<RowOf, kDates, true, true>(at, units, rowOf);
      else if (marks)
        addMeasurements<RowOf, kDates, true, false>(at, units, rowOf);
      else if (respondents_)
        addMeasurements<RowOf, kDates, false, true>(at, units, rowOf);
      else
        addMeasurements<RowOf, kDates, false, false>(at, units, rowOf);
      if (plan_.viewer) addOthers(at, listOthers(at, units), rowOf);
      continue;
    }
    const std::size_t units = listRecords(size);
    const std::size_t others = plan_.viewer ? listOthers(at, units) : 0;
    const auto add = [&](const auto& row) {
      addRecords<std::decay_t<decltype(row)>, kDates>(at, units, row);
      if (plan_.viewer) addOthers(at, others, row);
    };
    if (plan_.indicator != Indicator::response) {
      for (std::size_t i = 0; i < size; ++i) part_[i] = plan_.partOf[parts_[at + i]];
      add(rowOf);
    } else if (plan_.rowColumn) {
      answer(at, size, *plan_.passes.front());
      add(rowOf);
    } else {
      for (std::size_t row = 0; row < plan_.passes.size(); ++row) {
        if (!plan_.passes[row]) continue;
        answer(at, size, *plan_.passes[row]);
        add(OneRow{row});
      }
    }
  }
}

void Scan::select(std::size_t from, std::size_t size) {
  std::fill_n(selected_.begin(), size, std::uint8_t{0xff});
  for (const Compared& compared : compared_)
    keepBetween(compared.column + from, compared.from, compared.span, selected_.data(), size);
  if (flags_ != nullptr) keepFlagged(flags_ + from, plan_.flags, selected_.data(), size);
  if (plan_.provider) keepProvider(providers_ + from, *plan_.provider, selected_.data(), size);
}

std::size_t Scan::listMeasurements(std::size_t from, std::size_t size) {
  const std::uint8_t most = plan_.indicator == Indicator::satisfaction ? 10 : 4;
  findScores<0>(parts_ + from, plan_.youth ? most : 0, selected_.data(), youth_.data(), size);
  findScores<4>(parts_ + from, plan_.parent ? most : 0, selected_.data(), parent_.data(), size);
  std::fill_n(youth_.begin() + size, kAhead, std::uint8_t{0});
  std::fill_n(parent_.begin() + size, kAhead, std::uint8_t{0});
  return placesOfBoth(youth_.data(), parent_.data(), size, units_.data());
}

std::size_t Scan::listRecords(std::size_t size) {
  std::fill_n(selected_.begin() + size, kAhead, std::uint8_t{0});
  const std::size_t units = placesOf(selected_.data(), size, units_.data());
  return units;
}

std::size_t Scan::listOthers(std::size_t from, std::size_t units) {
  const std::uint16_t* const providers = providers_ + from;
  const std::uint16_t viewer = *plan_.viewer;
  const int shift = measurements_ ? 1 : 0;
  std::size_t others = 0;
  for (std::size_t u = 0; u < units; ++u) {
    otherUnits_[others] = units_[u];
    others += providers[units_[u] >> shift] != viewer;
  }
  return others;
}

void Scan::answer(std::size_t from, std::size_t size, const Answers& answers) {
  std::fill_n(part_.begin(), size, std::uint8_t{1});
  if (answers.satisfaction != 0) answerOne(scores_[0] + from, answers.satisfaction, 10, part_.data(), size);
  if (answers.goOn != 0) answerOne(scores_[1] + from, answers.goOn, 4, part_.data(), size);
  if (answers.goals != 0) answerOne(scores_[2] + from, answers.goals, 4, part_.data(), size);
}

// Pointers and tables are copied into local variables first: the compiler must take every number that is written for
// one that may have changed them.
struct Scan::Pieces {
  const std::uint8_t* start;
  const std::uint8_t* end;
  const std::uint16_t* startPiece;
  const std::uint16_t* endPiece;
  std::size_t endPieces;

  std::size_t of(std::size_t at) const { return startPiece[start[at]] * endPieces + endPiece[end[at]]; }
};

template <class RowOf, bool kDates, bool kMarks, bool kRespondents>
void Scan::addMeasurements(std::size_t from, std::size_t units, const RowOf& byRow) {
  const RowOf rowOf = byRow;
  const Pieces pieces{start_, end_, plan_.startPiece.data(), plan_.endPiece.data(), plan_.endPieces};
  const std::size_t parts = plan_.parts;
  const std::size_t rows = rows_;
  const std::uint16_t* const list = units_.data();
  const std::uint8_t* const scores = parts_;
  const std::uint8_t* const partOf = plan_.partOf.data();
  const std::uint32_t* const children = child_;
  const std::array<const std::uint32_t*, 2> keys = keys_;
  const std::array<std::uint64_t*, 2> sums = {counts_[0].sums.data(), counts_[1].sums.data()};
  const std::array<std::uint64_t*, 2> marks = {counts_[0].marks.data(), counts_[1].marks.data()};
  const Note noteAll{people_[0].with.data(), people_[0].rows.data()};
  const std::array<Note, 2> note = {Note{people_[1].with.data(), people_[1].rows.data()},
                                    Note{people_[2].with.data(), people_[2].rows.data()}};
  for (std::size_t u = 0; u < units; ++u) {
    const std::size_t informant = list[u] & 1U;
    const std::size_t at = from + (list[u] >> 1);
    const std::size_t row = rowOf(at, informant);
    const std::size_t inPiece = (kDates ? pieces.of(at) * rows : 0) + row;
    const std::uint32_t mark = (scores[at] >> (4 * informant)) & 0x0f;
    const std::size_t part = partOf[mark];
    const std::uint32_t key = keys[informant][at];
    const std::uint32_t child = children[at];
    sums[informant][inPiece * parts + part] += packed(key, 1);
    if constexpr (kMarks) marks[informant][inPiece] += packed(mixed(key), mark);
    noteAll(row, row * parts + part, child);
    if constexpr (kRespondents) note[informant](row, row * parts + part, child);
  }
}

template <class RowOf, bool kDates>
void Scan::addRecords(std::size_t from, std::size_t units, const RowOf& byRow) {
  const RowOf rowOf = byRow;
  const Pieces pieces{start_, end_, plan_.startPiece.data(), plan_.endPiece.data(), plan_.endPieces};
  const std::size_t parts = plan_.parts;
  const std::size_t rows = rows_;
  const std::uint16_t* const list = units_.data();
  const std::uint8_t* const partOf = part_.data();
  const std::uint32_t* const children = child_;
  const std::uint32_t* const keys = keys_[0];
  std::uint64_t* const sums = counts_[0].sums.data();
  const Note note{people_[0].with.data(), people_[0].rows.data()};
  for (std::size_t u = 0; u < units; ++u) {
    const std::size_t at = from + list[u];
    const std::size_t row = rowOf(at, 0);
    const std::size_t part = partOf[list[u]];
    sums[((kDates ? pieces.of(at) * rows : 0) + row) * parts + part] += packed(keys[at], 1);
    note(row, row * parts + part, children[at]);
  }
}

template <class RowOf>
void Scan::addOthers(std::size_t from, std::size_t units, const RowOf& byRow) {
  measurements_ ? addOthersOf<RowOf, true>(from, units, byRow) : addOthersOf<RowOf, false>(from, units, byRow);
}

template <class RowOf, bool kMeasurements>
void Scan::addOthersOf(std::size_t from, std::size_t units, const RowOf& byRow) {
  const RowOf rowOf = byRow;
  const std::size_t parts = plan_.parts;
  const std::uint16_t* const list = otherUnits_.data();
  const std::uint8_t* const scores = parts_;
  const std::uint8_t* const partOf = kMeasurements ? plan_.partOf.data() : part_.data();
  const std::uint32_t* const children = child_;
  const std::uint16_t* const providers = providers_;
  const bool respondents = respondents_;
  const std::array<Note, kWhose> notes = {Note{others_[0].people.with.data(), others_[0].people.rows.data()},
                                          Note{others_[1].people.with.data(), others_[1].people.rows.data()},
                                          Note{others_[2].people.with.data(), others_[2].people.rows.data()}};
  const std::array<Providers*, kWhose> seen = {others_[0].providers.data(), others_[1].providers.data(),
                                               others_[2].providers.data()};
  for (std::size_t u = 0; u < units; ++u) {
    const std::size_t informant = kMeasurements ? list[u] & 1U : 0;
    const std::size_t at = from + (kMeasurements ? list[u] >> 1 : list[u]);
    const std::size_t row = rowOf(at, informant);
    const std::size_t part = partOf[kMeasurements ? (scores[at] >> (4 * informant)) & 0x0f : list[u]];
    const std::uint32_t child = children[at];
    const std::uint16_t provider = providers[at];
    const auto add = [&](std::size_t whose) {
      notes[whose](row, row * parts + part, child);
      Providers& of = seen[whose][row];
      ++of.units;
      of.least = std::min(of.least, provider);
      of.greatest = std::max(of.greatest, provider);
    };
    add(0);
    if (kMeasurements && respondents) add(1 + informant);
  }
}

void Scan::addPeople(const People& people, std::vector<Crowd>& crowds) const {
  for (std::size_t row = 0; row < plan_.rows; ++row) {
    Crowd crowd;
    crowd.children = below(people.rows[2 * row]);
    crowd.most = below(people.rows[2 * row + 1]);
    for (std::size_t part = 0; part < plan_.parts; ++part)
      crowd.childrenWith[part] = below(people.with[row * plan_.parts + part]);
    crowds[row] += crowd;
  }
}

void Scan::addTo(Tally& tally) const {
  const auto addCounts = [&](const Counts& counts, Layer& layer) {
    for (std::size_t piece = 0; piece < plan_.pieces.size(); ++piece)
      for (std::size_t row = 0; row < plan_.rows; ++row) {
        const std::size_t from = piece * rows_ + row;
        const std::size_t to = piece * plan_.rows + row;
        for (std::size_t part = 0; part < plan_.parts; ++part) {
          const std::uint64_t pair = counts.sums[from * plan_.parts + part];
          const Sum sum{below(pair), above(pair)};
          layer.sums[to * plan_.parts + part] += sum;
          layer.crowds[row].units += sum.count;
        }
        if (!counts.marks.empty()) layer.marks[to] += Marks{below(counts.marks[from]), above(counts.marks[from])};
      }
  };
  for (std::size_t whose = 0; whose < kWhose; ++whose) {
    if (!tally.layers[whose]) continue;
    Layer& layer = *tally.layers[whose];
    if (whose == 0) {
      addCounts(counts_[0], layer);
      if (measurements_) addCounts(counts_[1], layer);
    } else {
      addCounts(counts_[whose - 1], layer);
    }
    addPeople(people_[whose], layer.crowds);
    if (!plan_.viewer) continue;
    const Others& others = others_[whose];
    addPeople(others.people, layer.others);
    for (std::size_t row = 0; row < plan_.rows; ++row) {
      const Providers& providers = others.providers[row];
      if (providers.units == 0) continue;
      layer.others[row].units += providers.units;
      for (const std::uint16_t provider : {providers.least, providers.greatest})
        if (provider < facts_.providers.size()) layer.others[row].providers.insert(facts_.providers[provider].code);
    }
  }
}

}  // namespace sluis::protect
