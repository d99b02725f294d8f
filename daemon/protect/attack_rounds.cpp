// The rounds: everything is counted once, attacked, and what must be withheld is withheld, until nothing more is.
#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "protect/attack_siege.h"

namespace sluis::protect {

namespace {

constexpr int kMostRounds = 64;     ///< more than were ever needed: each withholds something, and nothing comes back
constexpr std::size_t kLowest = 2;  ///< combinations of so many dimensions are kept in memory

}  // namespace

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
    nestOthers(*lows_[i], i, ancestorsOf(i, {}), found);
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
  lasting_ = std::move(found.lasting);
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
    if (isFirst) nestOthers(cells, combination, ancestorsOf(combination, local), found);
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
    bool isMore = false;
    for (const Violation& violation : found.violations) {
      const std::uint32_t hidden =
          violation.hidden == nullptr ? Cube::kNone : violation.hidden->of(Stage::after).smallest[violation.slot];
      if (hidden != Cube::kNone) isMore |= found_[violation.hidden->combination].insert(hidden).second;
      if (hidden == Cube::kNone || round >= settings_.options.patientRounds)
        isMore |=
            found_[numberOf_.at(violation.cells->now.axes())].insert(violation.cells->now.dense(violation.slot)).second;
    }
    if (!isMore) break;
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
    for (Pair& pair : found.lasting) lasting_.push_back(std::move(pair));
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
  judgeLasting(stage, all);
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
    for (const Violation& violation : found.violations) {
      resolve(violation);
      if (rounds_ >= settings_.options.patientRounds) withholdItself(violation);
    }
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
