#include "protect/attack_cells.h"

#include <algorithm>
#include <utility>

#include "protect/protection.h"

namespace sluis::protect {

namespace {

std::int32_t publishedOf(const ptable::PerturbationTable& table, std::uint32_t units, std::uint32_t keys) {
  return static_cast<std::int32_t>(units) + table.noise(units, keys);
}

void publishAll(const Cube& cube, const ptable::PerturbationTable& table, std::vector<std::int32_t>& published) {
  published.resize(cube.size() * (cube.parts() + 1));
  for (std::size_t slot = 0; slot < cube.size(); ++slot)
    for (std::size_t part = 0; part <= cube.parts(); ++part)
      published[slot * (cube.parts() + 1) + part] = publishedOf(table, cube.units(slot, part), cube.keys(slot, part));
}

/// Which rows are shown by themselves.
void show(const Cube& cube, const std::vector<std::int32_t>& published, std::uint32_t minimum,
          std::vector<std::uint8_t>& state) {
  state.assign(cube.size(), 0);
  if (cube.axes().empty()) return;
  Crowd crowd;
  for (std::size_t slot = 0; slot < cube.size(); ++slot) {
    cube.fill(crowd, slot);
    const std::int32_t whole = published[slot * (cube.parts() + 1) + cube.parts()];
    if (whole >= static_cast<std::int32_t>(minimum) && suffices(crowd, cube.parts(), minimum))
      state[slot] = Cells::kShown | Cells::kSeen;
  }
}

}  // namespace

std::uint64_t signatureOf(std::uint32_t units, std::uint32_t keys) {
  std::uint64_t sum = (static_cast<std::uint64_t>(units) << 32 | keys) + 0x9e3779b97f4a7c15U;
  sum = (sum ^ (sum >> 30)) * 0xbf58476d1ce4e5b9U;
  sum = (sum ^ (sum >> 27)) * 0x94d049bb133111ebU;
  return sum ^ (sum >> 31);
}

std::uint64_t signatureOfChange(const Cells& cells, std::size_t slot, std::uint32_t slotBefore, std::size_t part) {
  const auto of = [&](const Cube& cube, std::uint32_t at) -> std::uint64_t {
    return at == Cube::kNone || cube.units(at, part) == 0 ? 0 : signatureOf(cube.units(at, part), cube.keys(at, part));
  };
  const std::uint64_t now = of(cells.now, static_cast<std::uint32_t>(slot));
  const std::uint64_t before = of(cells.before, slotBefore);
  return now == before ? 0
                       : signatureOf(static_cast<std::uint32_t>(now >> 32), static_cast<std::uint32_t>(now)) + before;
}

void Publisher::publish(Cells& cells, const Ancestor* withoutDates) const {
  publishAll(cells.now, table, cells.published);
  publishAll(cells.before, tableBefore, cells.publishedBefore);
  show(cells.now, cells.published, minimum, cells.state);
  show(cells.before, cells.publishedBefore, minimumBefore, cells.stateBefore);
  if (withoutDates != nullptr) {
    // A piece too small to be shown is the difference of two ranges that are shown, one with it and one without.
    const auto see = [&](const Cube& cube, const Cube& parents, const std::vector<std::uint8_t>& parentState,
                         std::vector<std::uint8_t>& state) {
      for (std::size_t slot = 0; slot < cube.size(); ++slot) {
        const std::uint32_t parent = withoutDates->find(parents, cube, slot);
        if (parents.axes().empty() || (parentState[parent] & Cells::kShown) != 0) state[slot] |= Cells::kSeen;
      }
    };
    see(cells.now, withoutDates->cells->now, withoutDates->cells->state, cells.state);
    see(cells.before, withoutDates->cells->before, withoutDates->cells->stateBefore, cells.stateBefore);
  }
  const bool wasAvailable = withheldBefore == nullptr ||
                            cells.before.axes().size() <= static_cast<std::size_t>(withheldBefore->mostDimensions);
  if (!wasAvailable) std::fill(cells.stateBefore.begin(), cells.stateBefore.end(), 0);
  for (std::size_t slot = 0; slot < cells.before.size(); ++slot)
    if (withheldBefore != nullptr && withheldBefore->contains(idOf(cells.before.cell(slot, true))))
      cells.stateBefore[slot] = 0;
  for (std::size_t slot = 0; slot < cells.now.size() && cells.before.size() > 0; ++slot)
    if (const std::uint32_t old = cells.slotBefore(slot);
        old != Cube::kNone && (cells.stateBefore[old] & Cells::kSeen) != 0)
      cells.state[slot] |= Cells::kSeenBefore;
}

namespace {

/// Whether, and by how much, one part of a cell changed since the previous snapshot.
struct Change {
  bool isChanged = false;
  std::int32_t published = 0;
  std::uint16_t noises = 0;
};

Change changeOf(const Cells& cells, std::size_t slot, std::uint32_t old, std::size_t part) {
  Change change;
  const std::uint32_t units = cells.now.units(slot, part);
  const std::uint32_t unitsBefore = old == Cube::kNone ? 0 : cells.before.units(old, part);
  const std::uint32_t keysBefore = old == Cube::kNone ? 0 : cells.before.keys(old, part);
  change.isChanged = units != unitsBefore || (units != 0 && cells.now.keys(slot, part) != keysBefore);
  if (!change.isChanged) return change;
  change.published =
      cells.value(slot, part) - (old == Cube::kNone ? 0 : cells.publishedBefore[old * cells.width() + part]);
  change.noises = static_cast<std::uint16_t>((units != 0 ? 1 : 0) + (unitsBefore != 0 ? 1 : 0));
  return change;
}

void addChange(const Cells& finer, std::size_t slot, std::size_t at, bool visible, std::size_t width,
               Evidence::Side& side, std::vector<std::uint32_t>& fewest) {
  const std::uint32_t old = finer.slotBefore(slot);
  if (!changeOf(finer, slot, old, finer.now.parts()).isChanged) {
    // The whole is the same set, yet its answers may have changed.
    bool isSame = true;
    for (std::size_t part = 0; part < finer.now.parts(); ++part)
      isSame = isSame && !changeOf(finer, slot, old, part).isChanged;
    if (isSame) return;
  }
  if (!visible || (finer.state[slot] & Cells::kSeenBefore) == 0) {
    side.hiddenChange[at] = 1;
    return;
  }
  for (std::size_t part = 0; part < width; ++part) {
    const Change change = changeOf(finer, slot, old, part);
    side.change[at * width + part] += change.published;
    side.changeSignature[at * width + part] += signatureOfChange(finer, slot, old, part);
    side.changeNoises[at * width + part] =
        static_cast<std::uint16_t>(side.changeNoises[at * width + part] + change.noises);
  }
  if (side.smallestChanged[at] == Cube::kNone || finer.now.children(slot) < fewest[at]) {
    side.smallestChanged[at] = finer.now.dense(slot);
    fewest[at] = finer.now.children(slot);
  }
}

void reset(Evidence::Side& side, std::size_t slots, std::size_t width, bool withChange) {
  side.sum.assign(slots * width, 0);
  side.noises.assign(slots * width, 0);
  side.units.assign(slots, 0);
  side.signature.assign(slots * width, 0);
  side.smallest.assign(slots, Cube::kNone);
  if (!withChange) return;
  side.change.assign(slots * width, 0);
  side.changeNoises.assign(slots * width, 0);
  side.changeSignature.assign(slots * width, 0);
  side.hiddenChange.assign(slots, 0);
  side.smallestChanged.assign(slots, Cube::kNone);
}

void gatherMost(const Cells& finer, const Ancestor& ancestor, Evidence& evidence) {
  const std::size_t width = finer.width();
  evidence.most.assign(ancestor.cells->now.size() * width, 0);
  evidence.mostAt.assign(ancestor.cells->now.size() * width, 0);
  for (std::size_t slot = 0; slot < finer.now.size(); ++slot) {
    const std::uint32_t at = ancestor.find(ancestor.cells->now, finer.now, slot);
    for (std::size_t part = 0; part < width; ++part)
      if (const std::uint32_t units = finer.now.units(slot, part); units > evidence.most[at * width + part]) {
        evidence.most[at * width + part] = units;
        evidence.mostAt[at * width + part] = static_cast<std::uint16_t>(finer.now.place(slot, *ancestor.provider));
      }
  }
}

}  // namespace

void gather(const Cells& finer, const Ancestor& ancestor, Stage stage, bool withChange, Evidence& evidence) {
  const std::size_t width = finer.width();
  const std::size_t slots = ancestor.cells->now.size();
  Evidence::Side& side = evidence.sides[static_cast<std::size_t>(stage)];
  reset(side, slots, width, withChange);
  std::vector<std::uint32_t> fewest(slots);
  std::vector<std::uint32_t> fewestChanged(withChange ? slots : 0);
  for (std::size_t slot = 0; slot < finer.now.size(); ++slot) {
    const std::uint32_t at = ancestor.find(ancestor.cells->now, finer.now, slot);
    const bool visible = finer.isVisible(slot, stage);
    if (withChange) addChange(finer, slot, at, visible, width, side, fewestChanged);
    if (!visible) continue;
    for (std::size_t part = 0; part < width; ++part) {
      const std::uint32_t units = finer.now.units(slot, part);
      if (units == 0) continue;
      side.sum[at * width + part] += finer.value(slot, part);
      ++side.noises[at * width + part];
      side.signature[at * width + part] += signatureOf(units, finer.now.keys(slot, part));
    }
    side.units[at] += finer.now.units(slot);
    if (side.smallest[at] == Cube::kNone || finer.now.children(slot) < fewest[at]) {
      side.smallest[at] = finer.now.dense(slot);
      fewest[at] = finer.now.children(slot);
    }
  }
  if (withChange)
    for (std::size_t slot = 0; slot < finer.before.size(); ++slot) {
      // A cell that is gone: all of its units changed.
      if (finer.now.find(finer.before.dense(slot)) != Cube::kNone) continue;
      const std::uint32_t at = ancestor.find(ancestor.cells->now, finer.before, slot);
      if (at == Cube::kNone) continue;
      if ((finer.stateBefore[slot] & Cells::kSeen) == 0) {
        side.hiddenChange[at] = 1;
        continue;
      }
      for (std::size_t part = 0; part < width; ++part) {
        side.change[at * width + part] -= finer.publishedBefore[slot * width + part];
        side.changeSignature[at * width + part] +=
            signatureOfChange(finer, Cube::kNone, static_cast<std::uint32_t>(slot), part);
        if (finer.before.units(slot, part) != 0) ++side.changeNoises[at * width + part];
      }
    }
  if (ancestor.provider && stage == Stage::before) gatherMost(finer, ancestor, evidence);
}

std::vector<const Evidence*> partitionsOf(const Cells& cells, std::size_t slot, std::size_t part, Stage stage) {
  const std::size_t at = slot * cells.width() + part;
  std::vector<const Evidence*> all;
  for (const auto& evidence : cells.evidence) {
    const Evidence::Side& side = evidence->of(stage);
    if (!side.units.empty() && side.units[slot] == cells.now.units(slot)) all.push_back(evidence.get());
  }
  const auto noises = [&](const Evidence* evidence) { return evidence->of(stage).noises[at]; };
  std::stable_sort(all.begin(), all.end(), [&](const Evidence* a, const Evidence* b) { return noises(a) < noises(b); });
  std::vector<const Evidence*> found;
  // The same sets have the same noise: nothing new. And if nobody is there, all partitions say it alike.
  std::vector<std::uint64_t> known;
  if (!cells.isApex()) known.push_back(signatureOf(cells.now.units(slot, part), cells.now.keys(slot, part)));
  bool sawZero = false;
  for (const Evidence* evidence : all) {
    const Evidence::Side& side = evidence->of(stage);
    if (std::find(known.begin(), known.end(), side.signature[at]) != known.end()) continue;
    // One unit is the same set wherever it lies.
    if (side.sum[at] == 0 && std::exchange(sawZero, true)) continue;
    // A refinement that leaves most of the sets as they were repeats their noise.
    const bool isRepeated = std::any_of(found.begin(), found.end(), [&](const Evidence* coarser) {
      return (coarser->axes & ~evidence->refined) == 0 && 2 * noises(evidence) < 3 * noises(coarser);
    });
    if (isRepeated) continue;
    known.push_back(side.signature[at]);
    found.push_back(evidence);
  }
  std::stable_sort(found.begin(), found.end(), [&](const Evidence* a, const Evidence* b) {
    return a->dimensions != b->dimensions ? a->dimensions < b->dimensions : noises(a) > noises(b);
  });
  return found;
}

std::vector<Observation> observationsOf(const Cells& cells, std::size_t slot, std::size_t part, Stage stage) {
  std::vector<Observation> seen;
  const std::size_t parts = cells.now.parts();
  if (!cells.isApex()) {
    // Within the row: the whole is the sum of its parts, and a part is what the others leave of the whole.
    Observation own;
    for (std::size_t other = 0; other < parts; ++other) {
      if (other == part) continue;
      own.sum += cells.value(slot, other);
      if (cells.now.units(slot, other) != 0) ++own.noises;
    }
    if (part == parts) {
      seen.push_back(own);
    } else if (cells.now.units(slot, part) != 0) {
      own.sum = cells.value(slot, parts) - own.sum;
      ++own.noises;
      if (own.sum > 0) seen.push_back(own);
    }
  }
  const std::size_t at = slot * cells.width() + part;
  for (const Evidence* evidence : partitionsOf(cells, slot, part, stage)) {
    const Evidence::Side& side = evidence->of(stage);
    seen.push_back({side.sum[at], side.noises[at]});
  }
  return seen;
}

}  // namespace sluis::protect
