#include "protect/lattice.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

namespace sluis::protect {

namespace {

using report::Dimension;
using report::Indicator;
using snapshot::Column;

struct Coded {
  Dimension dimension;
  Column column;
};
constexpr std::array<Coded, 8> kCoded = {{{Dimension::form, Column::form},
                                          {Dimension::referrer, Column::referrer},
                                          {Dimension::reason, Column::reason},
                                          {Dimension::profile, Column::profile},
                                          {Dimension::productCategory, Column::productCategory},
                                          {Dimension::perspective, Column::perspective},
                                          {Dimension::severity, Column::severity},
                                          {Dimension::complexity, Column::complexity}}};
constexpr std::size_t kMostQuarters = 256;

std::string pieceWord(const report::Piece& piece) {
  if (piece.quarters == 4) return fmt::format("{}", piece.first.year());
  if (piece.quarters == 2) return fmt::format("{}H{}", piece.first.year(), piece.first.quarter() / 2 + 1);
  return report::toString(piece.first);
}

std::size_t indexOf(Dimension dimension) {
  return static_cast<std::size_t>(dimension);
}

}  // namespace

std::size_t partsOf(Indicator indicator) {
  switch (indicator) {
    case Indicator::satisfaction:
      return 3;
    case Indicator::goOn:
    case Indicator::goals:
      return 4;
    case Indicator::dropOut:
      return 6;
    case Indicator::response:
    case Indicator::renewed:
      return 2;
  }
  throw std::logic_error("no such indicator");
}

// ---- Axes

Axes::Axes(const snapshot::Snapshot& now, const snapshot::Snapshot* before) {
  for (const auto& [dimension, column] : kCoded) {
    std::uint32_t seen[256] = {};
    for (const std::uint8_t code : now.bytes(column)) seen[code] = 1;
    if (before != nullptr)
      for (const std::uint8_t code : before->bytes(column)) seen[code] = 1;
    addCodes(dimension, seen);
  }
  addProviders(now.facts(), before == nullptr ? nullptr : &before->facts());
  add({Dimension::informant, 0, {1, 2}, {}, {kNowhere, 0, 1}, {"J", "O"}});
  std::vector<std::string> measures;
  for (const Indicator measure : {Indicator::satisfaction, Indicator::goOn, Indicator::goals})
    measures.emplace_back(report::toString(measure));
  add({Dimension::measure, 0, {1, 2, 3}, {}, {kNowhere, 0, 1, 2}, measures});
  addDates(now.facts(), before == nullptr ? nullptr : &before->facts());
}

void Axes::add(Axis axis) {
  byDimension_[indexOf(axis.dimension)].push_back(axes_.size());
  axes_.push_back(std::move(axis));
}

void Axes::addCodes(Dimension dimension, std::uint32_t seen[256]) {
  Axis axis{dimension, 0, {}, {}, std::vector<std::uint16_t>(256, kNowhere), {}};
  for (std::uint32_t code = 0; code < 256; ++code)
    if (seen[code] != 0) {
      axis.places[code] = static_cast<std::uint16_t>(axis.values.size());
      axis.values.push_back(code);
      axis.words.push_back(code == 0 ? "onbekend" : fmt::format("{:02}", code));
    }
  add(std::move(axis));
}

void Axes::addProviders(const snapshot::Facts& now, const snapshot::Facts* before) {
  Axis axis{Dimension::provider, 0, {}, {}, {}, {}};
  std::unordered_map<std::string, std::uint16_t> known;
  const auto take = [&](const snapshot::Facts& facts, std::vector<std::uint16_t>& numbers) {
    for (const snapshot::Provider& provider : facts.providers) {
      const auto [at, isNew] = known.emplace(provider.code, static_cast<std::uint16_t>(axis.values.size()));
      if (isNew) {
        axis.places.push_back(at->second);
        axis.values.push_back(at->second);
        axis.words.push_back(provider.code);
      }
      numbers.push_back(at->second);
    }
  };
  // Those of today first: their numbers are their places in today's Facts, as Coordinate wants them.
  take(now, providers_[0]);
  if (before != nullptr) {
    take(*before, providers_[1]);
    axis.before.assign(axis.values.size(), kNowhere);
    for (std::size_t place = 0; place < providers_[1].size(); ++place)
      axis.before[providers_[1][place]] = static_cast<std::uint32_t>(place);
  }
  add(std::move(axis));
}

void Axes::addDates(const snapshot::Facts& now, const snapshot::Facts* before) {
  std::int32_t first = now.firstQuarter;
  std::int32_t last = now.lastQuarter;
  if (before != nullptr) {
    first = std::min(first, before->firstQuarter);
    last = std::max(last, before->lastQuarter);
  }
  first = first / 4 * 4;
  const auto years = static_cast<std::size_t>((last - first) / 4 + 1);
  if (years * 4 >= kMostQuarters) throw std::logic_error("more quarters than a snapshot can hold");
  quarterShift_[0] = now.firstQuarter - first;
  if (before != nullptr) quarterShift_[1] = before->firstQuarter - first;
  for (const Dimension dimension : {Dimension::start, Dimension::end})
    for (const int quarters : {4, 2, 1}) {
      Axis axis{dimension, quarters, {}, {}, {kNowhere}, {}};
      for (std::size_t q = 0; q < years * 4; ++q)
        axis.places.push_back(static_cast<std::uint16_t>(q / static_cast<std::size_t>(quarters)));
      axis.places.resize(256, kNowhere);
      for (std::size_t i = 0; i < years * 4 / static_cast<std::size_t>(quarters); ++i) {
        const report::Piece piece{{first + static_cast<std::int32_t>(i) * quarters}, quarters};
        axis.values.push_back(pieceValue(piece));
        axis.words.push_back(pieceWord(piece));
      }
      add(std::move(axis));
    }
}

// ---- Units

namespace {

/// Appends rows of a snapshot as units.
class Gatherer {
 public:
  Gatherer(const snapshot::Snapshot& snapshot, bool before, const Axes& axes)
      : axes_(axes),
        before_(before),
        child_(snapshot.words(Column::child)),
        provider_(snapshot.shorts(Column::provider)),
        start_(snapshot.bytes(Column::start)),
        end_(snapshot.bytes(Column::end)) {
    for (std::size_t i = 0; i < kCoded.size(); ++i) coded_[i] = snapshot.bytes(kCoded[i].column);
  }
  void add(Units& units, std::size_t row, std::uint32_t key, std::uint8_t part, std::uint8_t informant,
           std::uint8_t answers) const {
    units.child.push_back(child_[row]);
    units.key.push_back(key);
    units.part.push_back(part);
    units.answers.push_back(answers);
    units.provider.push_back(axes_.provider(before_, provider_[row]));
    for (std::size_t i = 0; i < kCoded.size(); ++i) units.codes[indexOf(kCoded[i].dimension)].push_back(coded_[i][row]);
    units.codes[indexOf(Dimension::start)].push_back(axes_.quarter(before_, start_[row]));
    units.codes[indexOf(Dimension::end)].push_back(axes_.quarter(before_, end_[row]));
    units.codes[indexOf(Dimension::informant)].push_back(informant);
  }

 private:
  const Axes& axes_;
  bool before_;
  std::span<const std::uint32_t> child_;
  std::span<const std::uint16_t> provider_;
  std::span<const std::uint8_t> start_, end_;
  std::array<std::span<const std::uint8_t>, kCoded.size()> coded_;
};

std::uint8_t partOfScore(Indicator indicator, unsigned score) {
  if (indicator != Indicator::satisfaction) return static_cast<std::uint8_t>(score - 1);
  return score <= 4 ? 0 : score < 8 ? 1 : 2;
}

}  // namespace

Units Units::of(const snapshot::Snapshot& snapshot, bool before, const Axes& axes, Indicator indicator) {
  Units units;
  const Gatherer gatherer(snapshot, before, axes);
  const std::size_t rows = snapshot.facts().rows;
  if (report::countsMeasurements(indicator)) {
    const auto scores = snapshot.bytes(indicator == Indicator::satisfaction ? Column::satisfaction
                                       : indicator == Indicator::goOn       ? Column::goOn
                                                                            : Column::goals);
    const auto youth = snapshot.words(Column::keyYouth);
    const auto parent = snapshot.words(Column::keyParent);
    for (std::size_t row = 0; row < rows; ++row) {
      if (const unsigned score = scores[row] & 15U)
        gatherer.add(units, row, youth[row], partOfScore(indicator, score), 1, 0);
      if (const unsigned score = scores[row] >> 4)
        gatherer.add(units, row, parent[row], partOfScore(indicator, score), 2, 0);
    }
    return units;
  }
  const auto key = snapshot.words(Column::key);
  const auto end = snapshot.bytes(Column::end);
  const auto reason = snapshot.bytes(Column::reason);
  const auto flags = snapshot.bytes(Column::flags);
  const std::array scores = {snapshot.bytes(Column::satisfaction), snapshot.bytes(Column::goOn),
                             snapshot.bytes(Column::goals)};
  for (std::size_t row = 0; row < rows; ++row) {
    if (indicator == Indicator::renewed) {
      if ((flags[row] & snapshot::kEndedBeforeWindow) != 0)
        gatherer.add(units, row, key[row], (flags[row] & snapshot::kRenewed) != 0 ? 0 : 1, 0, 0);
    } else if (end[row] != 0 && indicator == Indicator::dropOut) {
      const std::uint8_t part = reason[row] >= 1 && reason[row] <= 5 ? static_cast<std::uint8_t>(reason[row] - 1) : 5;
      gatherer.add(units, row, key[row], part, 0, 0);
    } else if (end[row] != 0) {
      unsigned answers = 0;
      for (unsigned measure = 0; measure < 3; ++measure) {
        if ((scores[measure][row] & 15U) != 0) answers |= 1U << (2 * measure);
        if ((scores[measure][row] >> 4) != 0) answers |= 2U << (2 * measure);
      }
      gatherer.add(units, row, key[row], answers != 0 ? 0 : 1, 0, static_cast<std::uint8_t>(answers));
    }
  }
  return units;
}

Units Units::changed(const Units& now, const Units& before) {
  const auto contentOf = [](const Units& units, std::size_t i) {
    std::uint64_t sum = units.key[i];
    const auto stir = [&](std::uint64_t value) { sum = (sum ^ value) * 0x9e3779b97f4a7c15U ^ (sum >> 29); };
    stir(units.part[i]);
    stir(units.answers[i]);
    stir(units.provider[i]);
    for (const auto& column : units.codes)
      if (!column.empty()) stir(column[i]);
    return sum;
  };
  const auto contentsOf = [&](const Units& units) {
    std::vector<std::uint64_t> contents(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) contents[i] = contentOf(units, i);
    std::sort(contents.begin(), contents.end());
    return contents;
  };
  const auto isIn = [](const std::vector<std::uint64_t>& contents, std::uint64_t content) {
    return std::binary_search(contents.begin(), contents.end(), content);
  };
  struct From {
    const Units* units;
    std::size_t place;
    std::uint32_t child;
  };
  std::vector<From> found;
  std::unordered_map<std::uint32_t, std::uint32_t> childOf;  // by key, of what is there twice
  {
    const auto old = contentsOf(before);
    for (std::size_t i = 0; i < now.size(); ++i)
      if (!isIn(old, contentOf(now, i))) {
        found.push_back({&now, i, now.child[i]});
        childOf.emplace(now.key[i], now.child[i]);
      }
  }
  const auto current = contentsOf(now);
  const std::uint32_t children = now.child.empty() ? 0 : now.child.back() + 1;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (!isIn(current, contentOf(before, i))) {
      const auto same = childOf.find(before.key[i]);
      found.push_back({&before, i, same == childOf.end() ? children + before.child[i] : same->second});
    }
  std::stable_sort(found.begin(), found.end(), [](const From& a, const From& b) { return a.child < b.child; });
  Units units;
  for (const From& from : found) {
    units.child.push_back(from.child);
    units.key.push_back(from.units->key[from.place]);
    units.part.push_back(from.units->part[from.place]);
    units.answers.push_back(from.units->answers[from.place]);
    units.provider.push_back(from.units->provider[from.place]);
    for (std::size_t d = 0; d < units.codes.size(); ++d)
      if (!from.units->codes[d].empty()) units.codes[d].push_back(from.units->codes[d][from.place]);
  }
  return units;
}

}  // namespace sluis::protect
