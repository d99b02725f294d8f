#include "protect/protection.h"

#include <algorithm>
#include <cmath>

namespace sluis::protect {

namespace {

constexpr double kMiddleMark = 5.5;
constexpr double kHalfOfMarks = 4.5;  ///< from the middle to the ends of the scale

const Layer& layerOf(const Domain& domain, Whose whose) {
  return domain.tally->layers[static_cast<std::size_t>(whose)].value();
}

/// The cell of one piece of a row, as its name in the list of what is withheld.
std::uint64_t nameOf(const Tally& tally, Whose whose, std::size_t piece, std::size_t row) {
  Cell cell = tally.cells[row];
  if (whose != Whose::all) cell.add(report::Dimension::informant, whose == Whose::youth ? 1 : 2);
  const DatePieces& pieces = tally.pieces[piece];
  if (pieces.start) cell.add(report::Dimension::start, pieceValue(*pieces.start));
  if (pieces.end) cell.add(report::Dimension::end, pieceValue(*pieces.end));
  return idOf(cell);
}

/// A figure before it is known whether it may be shown: perturbed already, nothing true in it.
struct Perturbed {
  std::int64_t whole = 0;
  std::array<std::int64_t, kMostParts> parts{};
  double marks = 0;  ///< the distance of their sum from the middle mark
  bool isWithheld = false;
};

std::int64_t perturbed(const ptable::PerturbationTable& table, const Sum& sum) {
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(sum.count) + table.noise(sum.count, sum.keys));
}

void add(Perturbed& figure, const Domain& domain, Whose whose, std::size_t row) {
  const Tally& tally = *domain.tally;
  const Layer& layer = layerOf(domain, whose);
  for (std::size_t piece = 0; piece < tally.pieces.size(); ++piece) {
    Sum whole;
    for (std::size_t part = 0; part < tally.parts; ++part) whole += tally.sum(layer, piece, row, part);
    if (whole.count == 0) continue;  // zero stays zero
    if (domain.withheld->contains(nameOf(tally, whose, piece, row))) {
      figure.isWithheld = true;
      return;
    }
    figure.whole += perturbed(*domain.table, whole);
    for (std::size_t part = 0; part < tally.parts; ++part)
      figure.parts[part] += perturbed(*domain.table, tally.sum(layer, piece, row, part));
    if (layer.marks.empty()) continue;
    const Marks& marks = layer.marks[piece * tally.rows + row];
    figure.marks += static_cast<double>(marks.sum) - kMiddleMark * static_cast<double>(whole.count) +
                    kHalfOfMarks * domain.table->noise(whole.count, marks.mixed);
  }
}

/// Others than the provider it is shown to must suffice without it, and be two at least: else what is left when it
/// subtracts its own is one competitor's, or a few children's.
bool othersSuffice(const Crowd& others, std::size_t parts, std::uint32_t minimum) {
  return others.providers.size() >= 2 && suffices(others, parts, minimum);
}

/// The domains that are not shown by themselves: what they are together is left when those that are, which can be asked
/// for one by one, are taken from the sum.
bool restSuffices(std::span<const Domain> domains, Whose whose, std::size_t row, std::size_t parts,
                  std::uint32_t minimum) {
  Crowd rest;
  for (const Domain& domain : domains)
    if (const Crowd& crowd = layerOf(domain, whose).crowds[row]; !suffices(crowd, parts, minimum)) rest += crowd;
  return rest.children == 0 || suffices(rest, parts, minimum);
}

/// The same of others than the provider, by themselves and in the domains where they are not shown.
bool othersSufficeEverywhere(std::span<const Domain> domains, Whose whose, std::size_t row, std::size_t parts,
                             std::uint32_t minimum) {
  Crowd all;
  Crowd rest;
  for (const Domain& domain : domains) {
    const Crowd& others = layerOf(domain, whose).others[row];
    all += others;
    if (!othersSuffice(others, parts, minimum)) rest += others;
  }
  return othersSuffice(all, parts, minimum) && (rest.children == 0 || othersSuffice(rest, parts, minimum));
}

double roundedMean(const Perturbed& figure) {
  const double mean = kMiddleMark + figure.marks / static_cast<double>(figure.whole);
  return std::round(std::clamp(mean, 1.0, 10.0) * 10) / 10;
}

}  // namespace

bool suffices(const Crowd& crowd, std::size_t parts, std::uint32_t minimum) {
  if (crowd.children < minimum) return false;
  for (std::size_t part = 0; part < parts; ++part)
    if (crowd.children - crowd.childrenWith[part] <= 2) return false;
  return crowd.most <= 2 || crowd.most * 10 <= crowd.units;
}

report::Figure figureOf(std::span<const Domain> domains, Whose whose, std::size_t row,
                        const std::vector<std::string>& partKeys, const Rules& rules) {
  report::Figure figure;
  Crowd crowd;
  for (const Domain& domain : domains) crowd += layerOf(domain, whose).crowds[row];
  if (!suffices(crowd, partKeys.size(), rules.minimum)) return figure;
  if (rules.everybody && !restSuffices(domains, whose, row, partKeys.size(), rules.minimum)) return figure;
  if (rules.apart && !othersSufficeEverywhere(domains, whose, row, partKeys.size(), rules.minimum)) return figure;

  Perturbed sum;
  for (const Domain& domain : domains) add(sum, domain, whose, row);
  if (sum.isWithheld || sum.whole < static_cast<std::int64_t>(rules.minimum)) return figure;

  figure.shown = true;
  figure.count = sum.whole;
  std::int64_t ofParts = 0;
  for (std::size_t part = 0; part < partKeys.size(); ++part) ofParts += sum.parts[part];
  for (std::size_t part = 0; part < partKeys.size(); ++part) {
    report::Part& shown = figure.parts.emplace_back();
    shown.key = partKeys[part];
    shown.count = sum.parts[part];
    shown.share = ofParts == 0 ? 0 : static_cast<double>(sum.parts[part]) / static_cast<double>(ofParts);
  }
  if (rules.mean) figure.mean = roundedMean(sum);
  return figure;
}

}  // namespace sluis::protect
