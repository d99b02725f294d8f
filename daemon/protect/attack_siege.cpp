#include "protect/attack_siege.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "protect/engine.h"
#include "report/query.h"

namespace sluis::protect {

namespace {

constexpr std::uint32_t kClose = 9;     ///< nested cells may not differ by 1 to so many children
constexpr std::size_t kPairsKept = 64;  ///< of each combination, to be judged: there may be many thousands
constexpr int kMostRounds = 8;
constexpr std::size_t kLowest = 2;  ///< combinations of so many dimensions are kept in memory

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
      if (moreChildren == 1) {
        ++found.pairsFound;
        // A family's own cells are gone before pairs are judged.
        const bool stays = lows_[numberOf_.at(outer.now.axes())].get() == &outer;
        if (stays && found.pairs.size() < kPairsKept) {
          Pair pair{&outer, at, isDeep ? nullptr : &cells, slot, {}, moreUnits, cells.now.words(slot)};
          for (std::size_t part = 0; part < cells.width(); ++part) pair.values[part] = cells.value(slot, part);
          found.pairs.push_back(std::move(pair));
        }
      }
      isTooClose = isTooClose || isThere(outer, at);
    }
    if (!isTooClose) continue;
    cells.state[slot] |= Cells::kNested | Cells::kWithheld;
    // Another that is the very same set would tell what this one no longer does.
    for (const Ancestor& ancestor : ancestors) {
      if (ancestor.cells->now.axes().size() != kLowest || !isDeep) continue;
      const std::uint32_t at = ancestor.find(ancestor.cells->now, cells.now, slot);
      if (ancestor.cells->now.units(at) == units && isThere(*ancestor.cells, at))
        found.equals.emplace_back(numberOf_.at(ancestor.cells->now.axes()), ancestor.cells->now.dense(at));
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

void Siege::resolve(const Violation& violation) {
  Cells& cells = *violation.cells;
  const std::size_t slot = violation.slot;
  const auto itself = [&] {
    if (!cells.isApex()) withhold(numberOf_.at(cells.now.axes()), cells.now.dense(slot));
  };
  if (violation.hidden != nullptr) {
    if (!withholdSmallest(*violation.hidden, slot, false)) itself();
    return;
  }
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
    if (!withholdSmallest(*from.back(), slot, isChange)) return itself();
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
  itself();
}

std::vector<std::uint64_t> Siege::withheld() const {
  std::vector<std::uint64_t> all;
  for (const auto& ids : ids_) all.insert(all.end(), ids.begin(), ids.end());
  return all;
}

// ---- In order

void Siege::parallel(std::size_t count, const std::function<void(std::size_t)>& work) const {
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> wrong(settings_.threads);
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < settings_.threads; ++t)
      threads.emplace_back([&, t] {
        try {
          for (std::size_t i = next++; i < count; i = next++) work(i);
        } catch (...) {
          wrong[t] = std::current_exception();
          next = count;
        }
      });
  }
  for (const auto& one : wrong)
    if (one) std::rethrow_exception(one);
}

namespace {

void listWithheld(const Cells& cells, std::vector<std::uint64_t>& ids, Share& share) {
  ids.clear();
  share = {};
  for (std::size_t slot = 0; slot < cells.now.size(); ++slot) {
    const bool isWithheld = (cells.state[slot] & Cells::kWithheld) != 0;
    if ((cells.state[slot] & Cells::kShown) != 0) {
      ++share.shown;
      if (isWithheld) ++share.withheld;
    }
    if (isWithheld && !cells.isApex()) ids.push_back(idOf(cells.now.cell(slot)));
  }
}

}  // namespace

void Siege::prepareLows() {
  std::vector<std::size_t> low;
  for (std::size_t i = 0; i < combinations_.size(); ++i)
    if (combinations_[i].axes.size() <= kLowest) low.push_back(i);
  parallel(low.size(), [&](std::size_t i) { lows_[low[i]] = counted(low[i]); });
  // In the order of the families: fewer dimensions first, coarse dates first.
  Found found;
  for (const std::size_t i : low) {
    const auto bare = withoutDates(i);
    publisher_.publish(*lows_[i], bare ? &*bare : nullptr);
    nest(*lows_[i], i, ancestorsOf(i, {}), found);
  }
  for (std::size_t finer = 0; finer < combinations_.size(); ++finer)
    for (const Ancestor& ancestor : ancestorsOf(finer, {})) {
      if (!ancestor.isPartition) continue;
      auto evidence = evidenceFrom(finer);
      evidenceOf_[finer][numberOf_.at(ancestor.cells->now.axes())] = evidence.get();
      ancestor.cells->evidence.push_back(std::move(evidence));
    }
  parallel(low.size(), [&](std::size_t i) {
    for (const Ancestor& ancestor : ancestorsOf(low[i], {}))
      if (ancestor.evidence != nullptr)
        for (const Stage stage : {Stage::before, Stage::after})
          gather(*lows_[low[i]], ancestor, stage, withChange_, *ancestor.evidence);
  });
  pairsFound_ += found.pairsFound;
  pairsBefore_ = std::move(found.pairs);
}

Siege::Found Siege::runFamily(std::size_t number, bool isFirst) {
  const Family& family = families_[number];
  Found found;
  std::vector<std::unique_ptr<Cells>> own;
  std::map<std::size_t, Cells*> local;
  for (const std::size_t combination : family.combinations) {
    own.push_back(counted(combination));
    Cells& cells = *own.back();
    const auto bare = withoutDates(combination);
    publisher_.publish(cells, bare ? &*bare : nullptr);
    nest(cells, combination, ancestorsOf(combination, local), found);
    applyFound(cells, combination);
    local[combination] = &cells;
  }
  // Within the family: what finer dates say of coarser ones.
  std::vector<std::pair<const Cells*, Ancestor>> within;
  for (std::size_t i = 0; i < own.size(); ++i)
    for (Ancestor& ancestor : ancestorsOf(family.combinations[i], local)) {
      if (ancestor.cells->now.axes().size() <= kLowest) continue;
      auto evidence = evidenceFrom(family.combinations[i]);
      ancestor.evidence = evidence.get();
      ancestor.cells->evidence.push_back(std::move(evidence));
      within.emplace_back(own[i].get(), std::move(ancestor));
    }
  const auto gatherWithin = [&](Stage stage) {
    for (const auto& [finer, ancestor] : within) gather(*finer, ancestor, stage, withChange_, *ancestor.evidence);
  };
  const auto judgeAll = [&](Stage stage) {
    Tried& tried = stage == Stage::before ? found.before : found.after;
    tried = {};
    found.violations.clear();
    for (const auto& cells : own)
      for (std::size_t slot = 0; slot < cells->now.size(); ++slot)
        if (cells->isVisible(slot, stage)) judge(*cells, slot, stage, found);
  };
  if (isFirst) {
    gatherWithin(Stage::before);
    judgeAll(Stage::before);
  }
  for (int round = 0; round < kMostRounds; ++round) {
    gatherWithin(Stage::after);
    judgeAll(Stage::after);
    if (found.violations.empty()) break;
    // Only this family's own combinations are written to here.
    for (const Violation& violation : found.violations) {
      const std::size_t combination =
          violation.hidden != nullptr ? violation.hidden->combination : numberOf_.at(violation.cells->now.axes());
      std::uint32_t dense = violation.cells->now.dense(violation.slot);
      if (violation.hidden != nullptr) dense = violation.hidden->of(Stage::after).smallest[violation.slot];
      if (dense != Cube::kNone) found_[combination].insert(dense);
    }
    for (std::size_t i = 0; i < own.size(); ++i) applyFound(*own[i], family.combinations[i]);
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    Share share;
    listWithheld(*own[i], ids_[family.combinations[i]], share);
    found.share.shown += share.shown;
    found.share.withheld += share.withheld;
    for (const Ancestor& ancestor : ancestorsOf(family.combinations[i], {})) {
      if (ancestor.evidence == nullptr) continue;
      if (isFirst) gather(*own[i], ancestor, Stage::before, withChange_, *ancestor.evidence);
      gather(*own[i], ancestor, Stage::after, withChange_, *ancestor.evidence);
    }
  }
  found.violations.clear();
  return found;
}

void Siege::runFamilies(const std::vector<std::size_t>& families, bool isFirst) {
  std::vector<Found> results(families.size());
  parallel(families.size(), [&](std::size_t i) { results[i] = runFamily(families[i], isFirst); });
  for (std::size_t i = 0; i < families.size(); ++i) {
    Found& found = results[i];
    familyShares_[families[i]] = found.share;
    familyAfter_[families[i]] = found.after;
    for (const auto& [combination, dense] : found.equals) withhold(combination, dense);
    if (!isFirst) continue;
    tried_[0] += found.before;
    pairsFound_ += found.pairsFound;
    for (Pair& pair : found.pairs) pairsBefore_.push_back(std::move(pair));
  }
}

Siege::Found Siege::judgeLows(Stage stage) {
  std::vector<Cells*> low;
  for (const auto& cells : lows_)
    if (cells) low.push_back(cells.get());
  std::vector<Found> results(low.size());
  parallel(low.size(), [&](std::size_t i) {
    for (std::size_t slot = 0; slot < low[i]->now.size(); ++slot)
      if (low[i]->isApex() || low[i]->isVisible(slot, stage)) judge(*low[i], slot, stage, results[i]);
  });
  Found all;
  for (Found& found : results) {
    all.before += found.before;
    all.after += found.after;
    all.violations.insert(all.violations.end(), found.violations.begin(), found.violations.end());
  }
  return all;
}

void Siege::run() {
  prepareLows();
  std::vector<std::size_t> deep;
  for (std::size_t i = 0; i < families_.size(); ++i)
    if (families_[i].dimensions > kLowest) deep.push_back(i);
  runFamilies(deep, true);
  tried_[0] += judgeLows(Stage::before).before;
  for (const Pair& pair : pairsBefore_) judgePair(pair, Stage::before, tried_[0]);
  pairsJudged_ = pairsBefore_.size();
  tried_[0].attacks[static_cast<std::size_t>(Attack::differencing)].tried = pairsFound_;

  for (rounds_ = 1;; ++rounds_) {
    // Whatever was withheld last changes what the others say.
    std::set<std::size_t> again;
    for (const std::size_t combination : dirty_) {
      if (!lows_[combination]) {
        again.insert(combinations_[combination].family);
        continue;
      }
      applyFound(*lows_[combination], combination);
      for (const Ancestor& ancestor : ancestorsOf(combination, {}))
        if (ancestor.evidence != nullptr)
          gather(*lows_[combination], ancestor, Stage::after, withChange_, *ancestor.evidence);
    }
    dirty_.clear();
    runFamilies({again.begin(), again.end()}, false);
    Found found = judgeLows(Stage::after);
    tried_[1] = found.after;
    if ((found.violations.empty() && dirty_.empty()) || rounds_ == kMostRounds) break;
    for (const Violation& violation : found.violations) resolve(violation);
    if (dirty_.empty()) break;  // nothing is left to withhold
  }
  for (const Tried& tried : familyAfter_) tried_[1] += tried;
  for (std::size_t i = 0; i < families_.size(); ++i) {
    Share& share = shares_[families_[i].dimensions];
    if (families_[i].dimensions > kLowest) {
      share.shown += familyShares_[i].shown;
      share.withheld += familyShares_[i].withheld;
      continue;
    }
    for (const std::size_t combination : families_[i].combinations) {
      Share one;
      listWithheld(*lows_[combination], ids_[combination], one);
      share.shown += one.shown;
      share.withheld += one.withheld;
    }
  }
}

}  // namespace sluis::protect
