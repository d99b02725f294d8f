#include "protect/attack_siege.h"

#include <algorithm>

#include "protect/engine.h"
#include "report/query.h"

namespace sluis::protect {

namespace {

constexpr std::uint32_t kClose = 9;     ///< nested cells may not differ by 1 to so many children
constexpr std::size_t kPairsKept = 64;  ///< of each combination, to be judged: there may be many thousands
constexpr std::size_t kLowest = 2;      ///< combinations of so many dimensions are kept in memory

const ptable::PerturbationTable& tableBefore(const AttackOptions& options, const ptable::PerturbationTable& table) {
  return options.previousTable != nullptr ? *options.previousTable : table;
}

}  // namespace

void Tried::operator+=(const Tried& other) {
  for (std::size_t i = 0; i < attacks.size(); ++i) {
    attacks[i].tried += other.attacks[i].tried;
    attacks[i].above += other.attacks[i].above;
    if (other.attacks[i].strongest.confidence > attacks[i].strongest.confidence)
      attacks[i].strongest = other.attacks[i].strongest;
  }
}

Siege::Siege(const Settings& settings, const Axes& axes, report::Indicator indicator)
    : settings_(settings),
      axes_(axes),
      indicator_(indicator),
      partKeys_(partKeys(indicator)),
      intruder_(settings.table),
      publisher_{settings.table, tableBefore(settings.options, settings.table), settings.now.facts().minimumChildren,
                 settings.options.previous != nullptr ? settings.options.previous->facts().minimumChildren : 10,
                 settings.options.previousWithheld},
      withChange_(settings.options.previous != nullptr) {
  now_ = Units::of(settings.now, false, axes, indicator);
  if (withChange_) {
    before_ = Units::of(*settings.options.previous, true, axes, indicator);
    changed_ = Units::changed(now_, before_);
  }
  enumerate(settings.dimensions);
}

// ---- What there is

void Siege::enumerate(std::size_t dimensions) {
  std::vector<report::Dimension> possible = report::possibleDimensions(indicator_, report::Role::municipality);
  std::erase(possible, report::Dimension::municipality);
  addFamily({});
  for (std::size_t a = 0; a < possible.size(); ++a) addFamily({possible[a]});
  for (std::size_t a = 0; a < possible.size(); ++a)
    for (std::size_t b = a + 1; b < possible.size(); ++b) addFamily({possible[a], possible[b]});
  for (std::size_t a = 0; dimensions > 2 && a < possible.size(); ++a)
    for (std::size_t b = a + 1; b < possible.size(); ++b)
      for (std::size_t c = b + 1; c < possible.size(); ++c) addFamily({possible[a], possible[b], possible[c]});
  lows_.resize(combinations_.size());
  evidenceOf_.resize(combinations_.size());
  found_.resize(combinations_.size());
  ids_.resize(combinations_.size());
  familyShares_.resize(families_.size());
  familyAfter_.resize(families_.size());
}

void Siege::addFamily(const std::vector<report::Dimension>& dimensions) {
  std::vector<Combination> levels = {{{}, families_.size(), 0}};
  for (const report::Dimension dimension : dimensions) {
    std::vector<Combination> finer;
    for (const Combination& level : levels)
      for (const std::size_t axis : axes_.of(dimension)) {
        finer.push_back(level);
        finer.back().axes.push_back(axis);
        finer.back().coarseness += static_cast<std::size_t>(axes_[axis].quarters);
      }
    levels = std::move(finer);
  }
  std::stable_sort(levels.begin(), levels.end(),
                   [](const Combination& a, const Combination& b) { return a.coarseness > b.coarseness; });
  Family family;
  family.dimensions = dimensions.size();
  for (Combination& level : levels) {
    std::sort(level.axes.begin(), level.axes.end());
    family.combinations.push_back(combinations_.size());
    numberOf_[level.axes] = combinations_.size();
    combinations_.push_back(std::move(level));
  }
  families_.push_back(std::move(family));
}

Ancestor Siege::ancestorOf(std::size_t combination, const std::vector<std::size_t>& axes, Cells* cells) const {
  Ancestor ancestor;
  ancestor.cells = cells;
  const auto& finer = combinations_[combination].axes;
  for (const std::size_t axis : finer) {
    std::vector<std::uint32_t>& contribution = ancestor.contribution.emplace_back(axes_[axis].values.size());
    std::size_t at = axes.size();
    for (std::size_t i = 0; i < axes.size(); ++i)
      if (axes_[axes[i]].dimension == axes_[axis].dimension) at = i;
    if (at == axes.size()) {
      const report::Dimension dropped = axes_[axis].dimension;
      if (indicator_ == report::Indicator::response &&
          (dropped == report::Dimension::informant || dropped == report::Dimension::measure))
        ancestor.isPartition = false;
      const bool isAlone =
          axes.size() + 1 == finer.size() && std::includes(finer.begin(), finer.end(), axes.begin(), axes.end());
      if (dropped == report::Dimension::provider && isAlone) ancestor.provider = ancestor.contribution.size() - 1;
      continue;
    }
    for (std::size_t place = 0; place < contribution.size(); ++place) {
      const std::size_t there = axes[at] == axis ? place : axes_.coarser(axis, axes[at], place);
      contribution[place] = static_cast<std::uint32_t>(there) * cells->now.stride(at);
    }
  }
  return ancestor;
}

std::vector<Ancestor> Siege::ancestorsOf(std::size_t combination, const std::map<std::size_t, Cells*>& local) const {
  // Every axis kept, made coarser, or dropped.
  std::vector<std::vector<std::size_t>> all = {{}};
  for (const std::size_t axis : combinations_[combination].axes) {
    std::vector<std::vector<std::size_t>> next;
    for (const auto& one : all) {
      next.push_back(one);
      for (const std::size_t level : axes_.of(axes_[axis].dimension)) {
        next.push_back(one);
        next.back().push_back(level);
        if (level == axis) break;  // coarse first: finer ones follow
      }
    }
    all = std::move(next);
  }
  std::vector<Ancestor> ancestors;
  for (auto& axes : all) {
    std::sort(axes.begin(), axes.end());
    const std::size_t number = numberOf_.at(axes);
    if (number == combination) continue;
    const auto here = local.find(number);
    Cells* cells = here != local.end() ? here->second : lows_[number].get();
    if (cells == nullptr) continue;
    ancestors.push_back(ancestorOf(combination, axes, cells));
    const auto kept = evidenceOf_[combination].find(number);
    if (kept != evidenceOf_[combination].end()) ancestors.back().evidence = kept->second;
  }
  return ancestors;
}

std::optional<Ancestor> Siege::withoutDates(std::size_t combination) const {
  std::vector<std::size_t> axes = combinations_[combination].axes;
  if (std::erase_if(axes, [&](std::size_t axis) { return axes_[axis].quarters != 0; }) == 0) return std::nullopt;
  return ancestorOf(combination, axes, lows_[numberOf_.at(axes)].get());
}

std::unique_ptr<Evidence> Siege::evidenceFrom(std::size_t combination) const {
  auto evidence = std::make_unique<Evidence>();
  evidence->combination = combination;
  evidence->dimensions = combinations_[combination].axes.size();
  for (const std::size_t axis : combinations_[combination].axes) {
    evidence->axes |= std::uint64_t{1} << axis;
    for (const std::size_t level : axes_.of(axes_[axis].dimension)) {
      evidence->refined |= std::uint64_t{1} << level;
      if (level == axis) break;
    }
  }
  return evidence;
}

std::unique_ptr<Cells> Siege::counted(std::size_t combination) const {
  auto cells = std::make_unique<Cells>(axes_, combinations_[combination].axes, indicator_);
  cells->now.count(now_);
  if (withChange_) {
    cells->before.count(before_);
    cells->changed.count(changed_);
  }
  return cells;
}

// ---- Withholding

void Siege::nest(Cells& cells, std::size_t combination, const std::vector<Ancestor>& ancestors, Found& found) {
  const auto isThere = [](const Cells& of, std::size_t slot) {
    return (of.state[slot] & Cells::kSeen) != 0 && (of.state[slot] & Cells::kNested) == 0;
  };
  const bool isDeep = combinations_[combination].axes.size() > kLowest;
  for (std::size_t slot = 0; slot < cells.now.size(); ++slot) {
    if ((cells.state[slot] & Cells::kSeen) == 0) continue;
    const std::uint32_t units = cells.now.units(slot);
    const std::uint32_t children = cells.now.children(slot);
    bool isTooClose = false;
    for (const Ancestor& ancestor : ancestors) {
      if (ancestor.cells->isApex()) continue;
      const Cells& outer = *ancestor.cells;
      const std::uint32_t at = ancestor.find(outer.now, cells.now, slot);
      const std::uint32_t moreUnits = outer.now.units(at) - units;
      if (moreUnits == 0) continue;
      const std::uint32_t moreChildren = outer.now.children(at) - children;
      // Few units more are few children's, even when each of those has another unit inside.
      const bool isClose = (moreChildren >= 1 && moreChildren <= kClose) || moreUnits <= kClose;
      if (!isClose || (outer.state[at] & Cells::kSeen) == 0) continue;
      // With more, it is not known whose they are; and of other measurements than all, other answers are counted.
      if (moreUnits == 1 && ancestor.isPartition) {
        ++found.pairsFound;
        // A family's own cells are gone before pairs are judged.
        const bool stays = lows_[numberOf_.at(outer.now.axes())].get() == &outer;
        if (stays && found.pairs.size() < kPairsKept) {
          Pair pair{&outer, at, isDeep ? nullptr : &cells, slot, {}, cells.now.words(slot), {}, {}};
          for (std::size_t part = 0; part < cells.width(); ++part) pair.values[part] = cells.value(slot, part);
          found.pairs.push_back(std::move(pair));
        }
      }
      isTooClose = isTooClose || isThere(outer, at);
    }
    if (!isTooClose) continue;
    cells.state[slot] |= Cells::kNested | Cells::kWithheld;
    // Another that is the very same set would tell what this one no longer does.
    for (const Ancestor& same : ancestors) {
      if (same.cells->isApex() || same.cells->now.axes().size() > kLowest) continue;
      const std::uint32_t at = same.find(same.cells->now, cells.now, slot);
      if (same.cells->now.units(at) != units || !isThere(*same.cells, at)) continue;
      if (same.cells->now.axes().size() == kLowest && isDeep) {
        found.equals.emplace_back(numberOf_.at(same.cells->now.axes()), same.cells->now.dense(at));
        continue;
      }
      // Grouping with one filter stays, unless the child between the two is found out.
      for (const Ancestor& outer : ancestors) {
        if (outer.cells->isApex() || outer.cells->now.axes().size() > kLowest) continue;
        if (!outer.isPartition || !same.isPartition) continue;
        const std::uint32_t there = outer.find(outer.cells->now, cells.now, slot);
        if (outer.cells->now.units(there) != units + 1 || !isThere(*outer.cells, there)) continue;
        Pair pair{outer.cells, there, same.cells, at, {}, {}, {}, {}};
        pair.words = same.cells->now.words(at);
        for (std::size_t part = 0; part < cells.width(); ++part) pair.values[part] = same.cells->value(at, part);
        found.lasting.push_back(std::move(pair));
      }
    }
  }
}

/// What is left between two nested cells when a provider takes its own away: if that is one unit of somebody else's, it
/// is noted. `cells` are by provider.
void Siege::nestOthers(const Cells& cells, std::size_t combination, const std::vector<Ancestor>& ancestors,
                       Found& found) const {
  const std::size_t provider = axes_.of(report::Dimension::provider).front();
  const auto without = [&](std::vector<std::size_t> axes) {
    std::erase(axes, provider);
    return axes;
  };
  const auto& axes = combinations_[combination].axes;
  const auto at = std::find(axes.begin(), axes.end(), provider);
  if (at == axes.end()) return;
  const auto innerAxes = without(axes);
  const Cells* inner = lows_[numberOf_.at(innerAxes)].get();
  struct Outer {
    const Ancestor* own;  ///< the provider's
    Ancestor all;
  };
  std::vector<Outer> outers;
  for (const Ancestor& ancestor : ancestors) {
    const auto& its = ancestor.cells->now.axes();
    if (its.size() < 2 || std::find(its.begin(), its.end(), provider) == its.end()) continue;
    const auto outerAxes = without(its);
    outers.push_back({&ancestor, ancestorOf(combination, outerAxes, lows_[numberOf_.at(outerAxes)].get())});
  }
  const auto providerAt = static_cast<std::size_t>(at - axes.begin());
  const std::size_t providers = axes_[provider].values.size();
  const auto isThere = [](const Cells& of, std::size_t slot) {
    return (of.state[slot] & Cells::kSeen) != 0 && (of.state[slot] & Cells::kNested) == 0;
  };
  for (std::size_t in = 0; in < inner->now.size(); ++in) {
    if (!isThere(*inner, in)) continue;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < axes.size(); ++i)
      places.push_back(i == providerAt ? 0 : inner->now.place(in, i < providerAt ? i : i - 1));
    // Of a finer cell, by axis: where it lies in `to`.
    const auto denseIn = [&](const Ancestor& to) {
      std::size_t dense = 0;
      for (std::size_t i = 0; i < places.size(); ++i)
        if (i != providerAt) dense += to.contribution[i][places[i]];
      return dense;
    };
    std::size_t dense = 0;
    for (std::size_t i = 0; i < places.size(); ++i) dense += places[i] * cells.now.stride(i);
    for (const Outer& outer : outers) {
      const Cells& all = *outer.all.cells;
      const std::uint32_t out = all.now.find(denseIn(outer.all));
      if (!isThere(all, out)) continue;
      const std::uint32_t more = all.now.units(out) - inner->now.units(in);
      if (more < 2) continue;
      const Cube& mine = outer.own->cells->now;
      const std::size_t base = denseIn(*outer.own);
      for (std::size_t k = 0; k < providers; ++k) {
        const std::uint32_t outside = mine.find(base + outer.own->contribution[providerAt][k]);
        if (outside == Cube::kNone || mine.units(outside) + 1 < more) continue;
        const std::uint32_t inside = cells.now.find(dense + k * cells.now.stride(providerAt));
        if (mine.units(outside) - (inside == Cube::kNone ? 0 : cells.now.units(inside)) + 1 != more) continue;
        Pair pair{&all, out, inner, in, {}, inner->now.words(in), {}, {}};
        for (std::size_t part = 0; part < cells.width(); ++part) {
          pair.values[part] = inner->value(in, part);
          pair.own[part] = static_cast<std::int32_t>(mine.units(outside, part) -
                                                     (inside == Cube::kNone ? 0 : cells.now.units(inside, part)));
        }
        pair.provider = axes_[provider].words[k];
        found.lasting.push_back(std::move(pair));
      }
    }
  }
}

void Siege::applyFound(Cells& cells, std::size_t combination) const {
  for (const std::uint32_t dense : found_[combination])
    if (const std::uint32_t slot = cells.now.find(dense); slot != Cube::kNone) cells.state[slot] |= Cells::kWithheld;
}

void Siege::withhold(std::size_t combination, std::uint32_t dense) {
  if (!found_[combination].insert(dense).second) return;
  dirty_.insert(combination);
}

bool Siege::withholdSmallest(const Evidence& evidence, std::size_t slot, bool changed) {
  const Evidence::Side& side = evidence.of(Stage::after);
  const std::uint32_t dense = changed ? side.smallestChanged[slot] : side.smallest[slot];
  if (dense == Cube::kNone) return false;
  withhold(evidence.combination, dense);
  return true;
}

void Siege::withholdItself(const Violation& violation) {
  const Cells& cells = *violation.cells;
  if (!cells.isApex()) withhold(numberOf_.at(cells.now.axes()), cells.now.dense(violation.slot));
}

void Siege::resolve(const Violation& violation) {
  const Cells& cells = *violation.cells;
  const std::size_t slot = violation.slot;
  if (violation.hidden != nullptr) {
    if (!withholdSmallest(*violation.hidden, slot, false)) withholdItself(violation);
    return;
  }
  if (violation.attack == Attack::differencing) return withholdItself(violation);
  const double limit = settings_.options.limit;
  const bool isChange = violation.attack == Attack::change;
  std::vector<const Evidence*> from;
  std::vector<Observation> seen;
  if (isChange) {
    seen = changesOf(cells, slot, violation.part, Stage::after, &from);
  } else {
    from = partitionsOf(cells, slot, violation.part, Stage::after);
    seen = observationsOf(cells, slot, violation.part, Stage::after);
  }
  // The sharpest lies at the end. Take away from there until the rest is not sure enough.
  while (!from.empty()) {
    if (from.back()->dimensions <= 1) break;
    if (!withholdSmallest(*from.back(), slot, isChange)) return withholdItself(violation);
    from.pop_back();
    seen.pop_back();
    double confidence = 0;
    if (isChange) {
      const Posterior change = intruder_.change(seen);
      confidence = std::max(guessOf(change, 1, 19).confidence, guessOf(change, -19, -1).confidence);
    } else if (violation.attack == Attack::group) {
      continue;  // of several parts at once: all of them go
    } else {
      const Posterior rest =
          cells.isApex() ? intruder_.posterior(seen) : intruder_.posterior(cells.value(slot, violation.part), seen);
      Posterior left = rest;
      if (violation.attack == Attack::subtraction) {
        left.first -= violation.own;
        confidence = guessOf(left, 1, 19).confidence;
        double possible = 0;
        for (std::size_t i = 0; i < left.of.size(); ++i)
          if (left.first + static_cast<std::int64_t>(i) >= 0) possible += left.of[i];
        if (possible > 0) confidence /= possible;
      } else {
        confidence = guessOf(rest, 1, 19).confidence;
      }
    }
    if (confidence <= limit) return;
  }
  withholdItself(violation);
}

std::vector<std::uint64_t> Siege::withheld() const {
  std::vector<std::uint64_t> all;
  for (const auto& ids : ids_) all.insert(all.end(), ids.begin(), ids.end());
  return all;
}

}  // namespace sluis::protect
