// The five attacks on one cell.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "protect/attack_siege.h"

namespace sluis::protect {

namespace {

constexpr std::int64_t kSmall = 19;         ///< "a cell below 20"
constexpr std::uint32_t kWorthTrying = 30;  ///< a true count beyond cannot be taken for a small one: noise is bounded
constexpr std::uint32_t kFewChildren = 9;
constexpr std::uint32_t kMostSiblings = 24;  ///< of more cells nothing is left that is worth the work

}  // namespace

void Siege::note(Attacked& attacked, double confidence, const std::function<void(Finding&)>& tell) const {
  ++attacked.tried;
  if (confidence > settings_.options.limit) ++attacked.above;
  if (confidence <= attacked.strongest.confidence) return;
  attacked.strongest = {};
  attacked.strongest.confidence = confidence;
  tell(attacked.strongest);
}

std::string Siege::cellWords(const Cells& cells, std::size_t slot, std::size_t part) const {
  std::string words = fmt::format("{} {}", report::toString(indicator_), cells.now.words(slot));
  if (part < partKeys_.size()) words += fmt::format(", part {}", partKeys_[part]);
  return words;
}

std::string Siege::combinationWords(std::size_t combination, const Cells& without) const {
  std::string words;
  for (const std::size_t axis : combinations_[combination].axes) {
    const auto& known = without.now.axes();
    if (std::find(known.begin(), known.end(), axis) != known.end()) continue;
    words += fmt::format("{}{}", words.empty() ? "" : " and ", report::toString(axes_[axis].dimension));
    if (const int quarters = axes_[axis].quarters; quarters != 0)
      words += quarters == 4 ? " (years)" : quarters == 2 ? " (half-years)" : " (quarters)";
  }
  return words;
}

void Siege::describe(Finding& finding, const Cells& cells, std::size_t slot, std::size_t part, Stage stage) const {
  constexpr std::size_t kWitnesses = 12;
  finding.cell = cellWords(cells, slot, part);
  if (!cells.isApex())
    finding.witnesses.push_back(fmt::format("{}: {}", cells.now.words(slot), cells.value(slot, part)));
  const auto from = partitionsOf(cells, slot, part, stage);
  const std::size_t at = slot * cells.width() + part;
  for (auto evidence = from.rbegin(); evidence != from.rend(); ++evidence) {
    if (finding.witnesses.size() == kWitnesses) {
      finding.witnesses.push_back(fmt::format("and {} more", from.rend() - evidence));
      break;
    }
    const Evidence::Side& side = (*evidence)->of(stage);
    finding.witnesses.push_back(fmt::format("{} by {}: {} figures, together {}", cells.now.words(slot),
                                            combinationWords((*evidence)->combination, cells), side.noises[at],
                                            side.sum[at]));
  }
}

Posterior Siege::posteriorOf(const Cells& cells, std::size_t slot, std::size_t part, Stage stage) const {
  const auto seen = observationsOf(cells, slot, part, stage);
  return cells.isApex() ? intruder_.posterior(seen) : intruder_.posterior(cells.value(slot, part), seen);
}

void Siege::judge(Cells& cells, std::size_t slot, Stage stage, Found& found) const {
  Tried& tried = stage == Stage::before ? found.before : found.after;
  const bool isHot = stage == Stage::after;
  const bool hidesSome = std::any_of(cells.evidence.begin(), cells.evidence.end(), [&](const auto& evidence) {
    const Evidence::Side& side = evidence->of(stage);
    return !side.units.empty() && side.units[slot] < cells.now.units(slot) &&
           cells.now.units(slot) - side.units[slot] <= kWorthTrying;
  });
  const bool canSubtract = std::any_of(cells.evidence.begin(), cells.evidence.end(),
                                       [](const auto& evidence) { return !evidence->most.empty(); });
  std::vector<Posterior> parts(cells.width());
  for (std::size_t part = 0; part < cells.width(); ++part) {
    const bool isSmall = cells.now.units(slot, part) <= kWorthTrying && !cells.isApex();
    if (!isSmall && !hidesSome && !canSubtract) continue;
    const auto seen = observationsOf(cells, slot, part, stage);
    parts[part] = cells.isApex() ? intruder_.posterior(seen) : intruder_.posterior(cells.value(slot, part), seen);
    if (isSmall) {
      const Guess guess = guessOf(parts[part], 1, kSmall);
      note(tried.attacks[static_cast<std::size_t>(Attack::averaging)], guess.confidence, [&](Finding& finding) {
        describe(finding, cells, slot, part, stage);
        finding.claim = fmt::format("is exactly {}", guess.value);
        auto all = seen;
        all.push_back({cells.value(slot, part), 1});
        finding.linear = intruder_.linear(all);
      });
      if (isHot && guess.confidence > settings_.options.limit)
        found.violations.push_back({&cells, slot, part, Attack::averaging, nullptr, 0});
    }
    if (hidesSome) judgeHidden(cells, slot, part, parts[part], stage, found);
    if (canSubtract) judgeSubtraction(cells, slot, part, parts[part], stage, found);
  }
  if (!cells.isApex() && (cells.state[slot] & Cells::kShown) != 0) judgeGroup(cells, slot, parts, stage, found);
  if (withChange_ && !cells.isApex()) judgeChange(cells, slot, stage, found);
}

/// What is known of the sum of the visible cells of a partition: by their own figures, and where those cells can be
/// partitioned in turn, by all that is known of each.
Posterior Siege::visibleIn(const Cells& cells, std::size_t slot, std::size_t part, const Evidence& evidence,
                           Stage stage) const {
  const std::size_t at = slot * cells.width() + part;
  const Observation seen{evidence.of(stage).sum[at], evidence.of(stage).noises[at]};
  const Cells* finer = lows_[evidence.combination].get();
  if (finer == nullptr || seen.noises > kMostSiblings) return intruder_.sumOf(seen);
  const auto& axes = cells.now.axes();
  const Ancestor up = ancestorOf(evidence.combination, axes, lows_[numberOf_.at(axes)].get());
  Posterior sum{0, {1}};
  for (std::size_t each = 0; each < finer->now.size(); ++each) {
    if (!finer->isVisible(each, stage) || finer->now.units(each, part) == 0) continue;
    if (up.find(cells.now, finer->now, each) == slot) sum = Intruder::sum(sum, posteriorOf(*finer, each, part, stage));
  }
  return sum;
}

void Siege::judgeHidden(Cells& cells, std::size_t slot, std::size_t part, const Posterior& whole, Stage stage,
                        Found& found) const {
  if (whole.of.empty()) return;
  Tried& tried = stage == Stage::before ? found.before : found.after;
  const std::size_t at = slot * cells.width() + part;
  for (const auto& evidence : cells.evidence) {
    const Evidence::Side& side = evidence->of(stage);
    if (side.units.empty() || side.units[slot] >= cells.now.units(slot) || side.smallest[slot] == Cube::kNone ||
        cells.now.units(slot) - side.units[slot] > kWorthTrying)
      continue;
    const Posterior left = Intruder::remainder(whole, visibleIn(cells, slot, part, *evidence, stage));
    const Guess guess = guessOf(left, 1, kSmall);
    note(tried.attacks[static_cast<std::size_t>(Attack::averaging)], guess.confidence, [&](Finding& finding) {
      describe(finding, cells, slot, part, stage);
      finding.cell += fmt::format(", what is hidden of it by {}", combinationWords(evidence->combination, cells));
      finding.claim = fmt::format("is exactly {}", guess.value);
      finding.witnesses.push_back(fmt::format("{} by {}: {} figures, together {}, do not show all",
                                              cells.now.words(slot), combinationWords(evidence->combination, cells),
                                              side.noises[at], side.sum[at]));
    });
    if (stage == Stage::after && guess.confidence > settings_.options.limit)
      found.violations.push_back({&cells, slot, part, Attack::averaging, evidence.get(), 0});
  }
}

void Siege::judgeGroup(Cells& cells, std::size_t slot, const std::vector<Posterior>& parts, Stage stage,
                       Found& found) const {
  Tried& tried = stage == Stage::before ? found.before : found.after;
  for (std::size_t part = 0; part < cells.now.parts(); ++part) {
    double confidence = 1;
    for (std::size_t other = 0; other < cells.now.parts() && confidence > 0; ++other)
      if (other != part) confidence *= parts[other].at(0);
    if (confidence == 0) continue;
    note(tried.attacks[static_cast<std::size_t>(Attack::group)], confidence, [&](Finding& finding) {
      describe(finding, cells, slot, part, stage);
      finding.claim = "is everybody";
    });
    if (stage == Stage::after && confidence > settings_.options.limit)
      found.violations.push_back({&cells, slot, part, Attack::group, nullptr, 0});
  }
}

void Siege::judgeSubtraction(Cells& cells, std::size_t slot, std::size_t part, const Posterior& posterior, Stage stage,
                             Found& found) const {
  if (posterior.of.empty() || cells.isApex()) return;
  Tried& tried = stage == Stage::before ? found.before : found.after;
  const std::size_t at = slot * cells.width() + part;
  for (const auto& evidence : cells.evidence) {
    if (evidence->most.empty()) continue;
    const std::uint32_t own = evidence->most[at];
    const std::uint32_t others = cells.now.units(slot, part) - own;
    if (own == 0 || others == 0 || others > kWorthTrying) continue;
    // It is not shown the figure at all when hardly anybody else is in it.
    const std::size_t whole = slot * cells.width() + cells.now.parts();
    if (evidence->mostAt[at] == evidence->mostAt[whole] &&
        cells.now.units(slot) - evidence->most[whole] < publisher_.minimum)
      continue;
    Posterior left = posterior;
    left.first -= own;
    double possible = 0;
    for (std::size_t i = 0; i < left.of.size(); ++i)
      if (left.first + static_cast<std::int64_t>(i) >= 0) possible += left.of[i];
    Guess guess = guessOf(left, 1, kSmall);
    if (possible <= 0) continue;
    guess.confidence /= possible;
    note(tried.attacks[static_cast<std::size_t>(Attack::subtraction)], guess.confidence, [&](Finding& finding) {
      describe(finding, cells, slot, part, stage);
      const auto& providers = axes_[axes_.of(report::Dimension::provider).front()];
      finding.cell += fmt::format(", of others than {}", providers.words[evidence->mostAt[at]]);
      finding.claim = fmt::format("is exactly {}", guess.value);
      finding.witnesses.emplace_back("its own records");
    });
    if (stage == Stage::after && guess.confidence > settings_.options.limit)
      found.violations.push_back({&cells, slot, part, Attack::subtraction, nullptr, own});
  }
}

std::vector<Observation> Siege::changesOf(const Cells& cells, std::size_t slot, std::size_t part, Stage stage,
                                          std::vector<const Evidence*>* from) const {
  std::vector<Observation> seen;
  const std::uint32_t old = cells.slotBefore(slot);
  const std::uint32_t units = cells.now.units(slot, part);
  const std::uint32_t unitsBefore = cells.before.units(old, part);
  if (units == unitsBefore && cells.now.keys(slot, part) == cells.before.keys(old, part)) return seen;
  const std::uint32_t noises = (units != 0 ? 1U : 0U) + (unitsBefore != 0 ? 1U : 0U);
  seen.push_back({cells.value(slot, part) - cells.publishedBefore[old * cells.width() + part], noises});
  const std::size_t at = slot * cells.width() + part;
  struct Named {
    const Evidence* evidence;
    Observation seen;
  };
  std::vector<Named> found;
  std::vector<std::uint64_t> known = {signatureOfChange(cells, slot, old, part)};
  for (const auto& evidence : cells.evidence) {
    const Evidence::Side& side = evidence->of(stage);
    if (side.change.empty() || side.hiddenChange[slot] != 0 || side.smallestChanged[slot] == Cube::kNone) continue;
    if (side.changeNoises[at] == 0) continue;
    // The same sets before and after have the same noise before and after.
    if (std::find(known.begin(), known.end(), side.changeSignature[at]) != known.end()) continue;
    known.push_back(side.changeSignature[at]);
    found.push_back({evidence.get(), {side.change[at], side.changeNoises[at]}});
  }
  std::stable_sort(found.begin(), found.end(), [](const Named& a, const Named& b) {
    if (a.evidence->dimensions != b.evidence->dimensions) return a.evidence->dimensions < b.evidence->dimensions;
    return a.seen.noises > b.seen.noises;
  });
  for (const Named& named : found) {
    seen.push_back(named.seen);
    if (from != nullptr) from->push_back(named.evidence);
  }
  return seen;
}

void Siege::judgeChange(Cells& cells, std::size_t slot, Stage stage, Found& found) const {
  if ((cells.state[slot] & Cells::kSeenBefore) == 0) return;
  const std::uint32_t changed = cells.changed.find(cells.now.dense(slot));
  if (changed == Cube::kNone || cells.changed.children(changed) > kFewChildren) return;
  Tried& tried = stage == Stage::before ? found.before : found.after;
  for (std::size_t part = 0; part < cells.width(); ++part) {
    const auto seen = changesOf(cells, slot, part, stage);
    if (seen.empty()) continue;
    const Posterior change = intruder_.change(seen);
    const Guess more = guessOf(change, 1, kSmall);
    const Guess less = guessOf(change, -kSmall, -1);
    const Guess guess = more.confidence >= less.confidence ? more : less;
    note(tried.attacks[static_cast<std::size_t>(Attack::change)], guess.confidence, [&](Finding& finding) {
      finding.cell = cellWords(cells, slot, part);
      finding.claim = fmt::format("changed by exactly {:+}", guess.value);
      finding.witnesses.push_back(fmt::format("{} in both snapshots, and by {} other partitions of it",
                                              cells.now.words(slot), seen.size() - 1));
      for (const Observation& one : seen)
        if (finding.witnesses.size() < 8)
          finding.witnesses.push_back(fmt::format("{:+} in {} figures that changed", one.sum, one.noises));
    });
    if (stage == Stage::after && guess.confidence > settings_.options.limit)
      found.violations.push_back({&cells, slot, part, Attack::change, nullptr, 0});
  }
}

double Siege::judgePair(const Pair& pair, Stage stage, Tried& tried) const {
  const std::size_t parts = pair.outer->now.parts();
  // By part: how likely the published are if the two differ by nothing there, and if they differ by the child's unit.
  std::vector<double> without(parts);
  std::vector<double> with(parts);
  for (std::size_t part = 0; part < parts; ++part) {
    const Posterior outer = posteriorOf(*pair.outer, pair.outerSlot, part, stage);
    const Posterior inner = pair.inner != nullptr ? posteriorOf(*pair.inner, pair.innerSlot, part, stage)
                                                  : intruder_.posterior(pair.values[part], {});
    for (std::size_t i = 0; i < inner.of.size(); ++i) {
      const std::int64_t n = inner.first + static_cast<std::int64_t>(i) + pair.own[part];
      without[part] += inner.of[i] * outer.at(n);
      with[part] += inner.of[i] * outer.at(n + 1);
    }
  }
  double sum = 0;
  double best = 0;
  std::size_t answer = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    double likelihood = with[part];
    for (std::size_t other = 0; other < parts; ++other)
      if (other != part) likelihood *= without[other];
    sum += likelihood;
    if (likelihood > best) {
      best = likelihood;
      answer = part;
    }
  }
  const double confidence = sum > 0 ? best / sum : 0;
  const Attack attack = pair.provider.empty() ? Attack::differencing : Attack::subtraction;
  note(tried.attacks[static_cast<std::size_t>(attack)], confidence, [&](Finding& finding) {
    finding.cell =
        fmt::format("the child in {} and not in {}", cellWords(*pair.outer, pair.outerSlot, parts), pair.words);
    if (!pair.provider.empty()) finding.cell += fmt::format(", of others than {}", pair.provider);
    finding.claim = fmt::format("answered {}", partKeys_[answer]);
    for (std::size_t part = 0; part < parts; ++part)
      finding.witnesses.push_back(
          fmt::format("{}: {} and {}", partKeys_[part], pair.outer->value(pair.outerSlot, part), pair.values[part]));
    if (!pair.provider.empty()) finding.witnesses.emplace_back("its own records");
  });
  return confidence;
}

void Siege::judgeLasting(Stage stage, Found& found) const {
  Tried& tried = stage == Stage::before ? found.before : found.after;
  for (const Pair& pair : lasting_) {
    if (!pair.outer->isVisible(pair.outerSlot, stage) || !pair.inner->isVisible(pair.innerSlot, stage)) continue;
    const double confidence = judgePair(pair, stage, tried);
    if (stage == Stage::before || confidence <= settings_.options.limit) continue;
    // The one of more dimensions goes.
    const bool isOuterDeeper = pair.outer->now.axes().size() > pair.inner->now.axes().size();
    const Cells* cells = isOuterDeeper ? pair.outer : pair.inner;
    found.violations.push_back({lows_[numberOf_.at(cells->now.axes())].get(),
                                isOuterDeeper ? pair.outerSlot : pair.innerSlot, cells->now.parts(),
                                Attack::differencing, nullptr, 0});
  }
}

}  // namespace sluis::protect
