#include "protect/scan.h"

#include <algorithm>
#include <cstring>

#include "protect/mixing.h"

namespace sluis::protect {

using report::Indicator;
using snapshot::Column;

namespace {

// Loops over a tile have a length known beforehand: both compilers turn them into vector instructions at any level.
constexpr std::size_t kTile = 64;

template <class Body>
void overTiles(std::size_t size, const Body& body) {
  std::size_t i = 0;
  for (; i + kTile <= size; i += kTile)
    for (std::size_t k = 0; k < kTile; ++k) body(i + k);
  for (; i < size; ++i) body(i);
}

void keepBetween(const std::uint8_t* __restrict column, std::uint8_t from, std::uint8_t span,
                 std::uint8_t* __restrict selected, std::size_t size) {
  overTiles(size, [=](std::size_t i) {
    selected[i] &= static_cast<std::uint8_t>(static_cast<std::uint8_t>(column[i] - from) <= span);
  });
}

void keepFlagged(const std::uint8_t* __restrict column, std::uint8_t flags, std::uint8_t* __restrict selected,
                 std::size_t size) {
  overTiles(size, [=](std::size_t i) { selected[i] &= static_cast<std::uint8_t>((column[i] & flags) == flags); });
}

void keepProvider(const std::uint16_t* __restrict column, std::uint16_t provider, std::uint8_t* __restrict selected,
                  std::size_t size) {
  overTiles(size, [=](std::size_t i) { selected[i] &= static_cast<std::uint8_t>(column[i] == provider); });
}

/// Which rows have a score of 1 to `most` in the four bits from `shift` on.
template <int kShift>
void findScores(const std::uint8_t* __restrict column, std::uint8_t most, const std::uint8_t* __restrict selected,
                std::uint8_t* __restrict found, std::size_t size) {
  overTiles(size, [=](std::size_t i) {
    const auto score = static_cast<std::uint8_t>((column[i] >> kShift) & 0x0f);
    found[i] = selected[i] & static_cast<std::uint8_t>(static_cast<std::uint8_t>(score - 1) < most);
  });
}

void answerOne(const std::uint8_t* __restrict column, std::uint8_t mask, std::uint8_t most,
               std::uint8_t* __restrict part, std::size_t size) {
  overTiles(size, [=](std::size_t i) {
    const auto masked = static_cast<std::uint8_t>(column[i] & mask);
    const auto low = static_cast<std::uint8_t>((masked & 0x0f) - 1);
    const auto high = static_cast<std::uint8_t>((masked >> 4) - 1);
    // 0 is "ja", 1 is "nee"; whoever finds a score makes it a ja.
    part[i] &= static_cast<std::uint8_t>((low >= most) & (high >= most));
  });
}

bool nothingIn(const std::uint8_t* at, std::size_t size) {
  std::uint64_t word = 0;
  if (size >= sizeof word) {
    std::memcpy(&word, at, sizeof word);
    return word == 0;
  }
  return false;
}

std::uint64_t one(std::uint32_t key) {
  return std::uint64_t{key} << 32 | 1U;
}

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

inline void Scan::People::note(std::size_t row, std::size_t cell, std::uint32_t child) {
  LastChild& answer = with[cell];
  answer.children += answer.last != child;
  answer.last = child;
  Run& run = rows[row];
  const bool isNew = run.last != child;
  run.children += isNew;
  run.units = (isNew ? 0 : run.units) + 1;
  run.most = std::max(run.most, run.units);
  run.last = child;
}

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
    people.with.resize(rows_ * plan.parts);
    people.rows.resize(rows_);
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
      overTiles(size, [&](std::size_t i) { part_[i] = plan_.partOf[parts_[at + i]]; });
      add(rowOf);
    } else if (plan_.rowColumn) {
      answer(at, size, plan_.passes.front());
      add(rowOf);
    } else {
      for (std::size_t row = 0; row < plan_.passes.size(); ++row) {
        answer(at, size, plan_.passes[row]);
        add(OneRow{row});
      }
    }
  }
}

void Scan::select(std::size_t from, std::size_t size) {
  std::fill_n(selected_.begin(), size, std::uint8_t{1});
  for (const Compared& compared : compared_)
    keepBetween(compared.column + from, compared.from, compared.span, selected_.data(), size);
  if (flags_ != nullptr) keepFlagged(flags_ + from, plan_.flags, selected_.data(), size);
  if (plan_.provider) keepProvider(providers_ + from, *plan_.provider, selected_.data(), size);
}

std::size_t Scan::listMeasurements(std::size_t from, std::size_t size) {
  const std::uint8_t most = plan_.indicator == Indicator::satisfaction ? 10 : 4;
  findScores<0>(parts_ + from, plan_.youth ? most : 0, selected_.data(), youth_.data(), size);
  findScores<4>(parts_ + from, plan_.parent ? most : 0, selected_.data(), parent_.data(), size);
  std::size_t units = 0;
  for (std::size_t i = 0; i < size;) {
    if (nothingIn(&youth_[i], size - i) && nothingIn(&parent_[i], size - i)) {
      i += sizeof(std::uint64_t);
      continue;
    }
    for (const std::size_t end = std::min(size, i + sizeof(std::uint64_t)); i < end; ++i) {
      units_[units] = static_cast<std::uint16_t>(2 * i);
      units += youth_[i];
      units_[units] = static_cast<std::uint16_t>(2 * i + 1);
      units += parent_[i];
    }
  }
  return units;
}

std::size_t Scan::listRecords(std::size_t size) {
  std::size_t units = 0;
  for (std::size_t i = 0; i < size;) {
    if (nothingIn(&selected_[i], size - i)) {
      i += sizeof(std::uint64_t);
      continue;
    }
    for (const std::size_t end = std::min(size, i + sizeof(std::uint64_t)); i < end; ++i) {
      units_[units] = static_cast<std::uint16_t>(2 * i);
      units += selected_[i];
    }
  }
  return units;
}

std::size_t Scan::listOthers(std::size_t from, std::size_t units) {
  const std::uint16_t* const providers = providers_ + from;
  const std::uint16_t viewer = *plan_.viewer;
  std::size_t others = 0;
  for (std::size_t u = 0; u < units; ++u) {
    otherUnits_[others] = units_[u];
    others += providers[units_[u] >> 1] != viewer;
  }
  return others;
}

void Scan::answer(std::size_t from, std::size_t size, const Answers& answers) {
  std::fill_n(part_.begin(), size, std::uint8_t{1});
  if (answers.satisfaction != 0) answerOne(scores_[0] + from, answers.satisfaction, 10, part_.data(), size);
  if (answers.goOn != 0) answerOne(scores_[1] + from, answers.goOn, 4, part_.data(), size);
  if (answers.goals != 0) answerOne(scores_[2] + from, answers.goals, 4, part_.data(), size);
}

template <bool kDates>
inline std::size_t Scan::pieceOf(std::size_t at) const {
  if constexpr (!kDates) return 0;
  return plan_.startPiece[start_[at]] * plan_.endPieces + plan_.endPiece[end_[at]];
}

template <class RowOf, bool kDates, bool kMarks, bool kRespondents>
void Scan::addMeasurements(std::size_t from, std::size_t units, const RowOf& rowOf) {
  const std::size_t parts = plan_.parts;
  for (std::size_t u = 0; u < units; ++u) {
    const std::size_t informant = units_[u] & 1U;
    const std::size_t at = from + (units_[u] >> 1);
    const std::uint8_t mark = (parts_[at] >> (4 * informant)) & 0x0f;
    const std::size_t row = rowOf(at, informant);
    const std::size_t inPiece = pieceOf<kDates>(at) * rows_ + row;
    const std::size_t part = plan_.partOf[mark];
    const std::uint32_t key = keys_[informant][at];
    Counts& counts = counts_[informant];
    counts.sums[inPiece * parts + part] += one(key);
    if constexpr (kMarks) counts.marks[inPiece] += Marks{mark, mixed(key)};
    const std::size_t cell = row * parts + part;
    people_[0].note(row, cell, child_[at]);
    if constexpr (kRespondents) people_[1 + informant].note(row, cell, child_[at]);
  }
}

template <class RowOf, bool kDates>
void Scan::addRecords(std::size_t from, std::size_t units, const RowOf& rowOf) {
  const std::size_t parts = plan_.parts;
  for (std::size_t u = 0; u < units; ++u) {
    const std::size_t place = units_[u] >> 1;
    const std::size_t at = from + place;
    const std::size_t row = rowOf(at, 0);
    const std::size_t part = part_[place];
    counts_[0].sums[(pieceOf<kDates>(at) * rows_ + row) * parts + part] += one(keys_[0][at]);
    people_[0].note(row, row * parts + part, child_[at]);
  }
}

template <class RowOf>
void Scan::addOthers(std::size_t from, std::size_t units, const RowOf& rowOf) {
  const std::size_t parts = plan_.parts;
  for (std::size_t u = 0; u < units; ++u) {
    const std::size_t informant = otherUnits_[u] & 1U;
    const std::size_t place = otherUnits_[u] >> 1;
    const std::size_t at = from + place;
    const std::size_t row = rowOf(at, informant);
    const std::size_t part =
        measurements_ ? plan_.partOf[(parts_[at] >> (4 * informant)) & 0x0f] : std::size_t{part_[place]};
    const std::uint16_t provider = providers_[at];
    const auto add = [&](Others& others) {
      others.people.note(row, row * parts + part, child_[at]);
      Providers& providers = others.providers[row];
      ++providers.units;
      providers.least = std::min(providers.least, provider);
      providers.greatest = std::max(providers.greatest, provider);
    };
    add(others_[0]);
    if (respondents_) add(others_[1 + informant]);
  }
}

void Scan::addPeople(const People& people, std::vector<Crowd>& crowds) const {
  for (std::size_t row = 0; row < plan_.rows; ++row) {
    Crowd crowd;
    crowd.children = people.rows[row].children;
    crowd.most = people.rows[row].most;
    for (std::size_t part = 0; part < plan_.parts; ++part)
      crowd.childrenWith[part] = people.with[row * plan_.parts + part].children;
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
          const std::uint64_t packed = counts.sums[from * plan_.parts + part];
          const Sum sum{packed & 0xffffffffU, static_cast<std::uint32_t>(packed >> 32)};
          layer.sums[to * plan_.parts + part] += sum;
          layer.crowds[row].units += sum.count;
        }
        if (!counts.marks.empty()) layer.marks[to] += counts.marks[from];
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
