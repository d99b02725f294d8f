#include "protect/plan.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sluis::protect {

namespace {

using report::Dimension;
using report::Indicator;
using snapshot::Column;

constexpr std::array kMeasures = {Indicator::satisfaction, Indicator::goOn, Indicator::goals};

/// Of the dimensions that are a column of codes.
std::optional<Column> codeColumn(Dimension dimension) {
  switch (dimension) {
    case Dimension::form:
      return Column::form;
    case Dimension::referrer:
      return Column::referrer;
    case Dimension::reason:
      return Column::reason;
    case Dimension::profile:
      return Column::profile;
    case Dimension::productCategory:
      return Column::productCategory;
    case Dimension::perspective:
      return Column::perspective;
    case Dimension::severity:
      return Column::severity;
    case Dimension::complexity:
      return Column::complexity;
    default:
      return std::nullopt;
  }
}

std::optional<std::uint32_t> codeNumber(const std::string& key) {
  if (key == "onbekend") return 0;
  if (key.empty() || key.size() > 3) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : key) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (number == 0 || number > 255) return std::nullopt;
  return number;
}

/// A quarter's number in the snapshot's columns; nullopt when it lies outside.
std::optional<std::uint8_t> columnValue(report::Quarter quarter, const snapshot::Facts& facts) {
  const std::int64_t value = std::int64_t{quarter.number} - facts.firstQuarter + 1;
  if (value < 1 || value > 255 || quarter.number > facts.lastQuarter) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

/// The pieces of a range that have anything in them, and by a column's value which of them.
std::vector<report::Piece> cut(const report::QuarterRange& range, const snapshot::Facts& facts,
                               std::array<std::uint16_t, 256>& pieceOf) {
  const report::Quarter first{range.from ? range.from->number : facts.firstQuarter / 4 * 4};
  const report::Quarter last{range.to ? range.to->number : facts.lastQuarter / 4 * 4 + 3};
  std::vector<report::Piece> pieces;
  pieceOf.fill(kNone);
  for (const report::Piece& piece : report::piecesOf(first, last)) {
    bool holds = false;
    for (int i = 0; i < piece.quarters; ++i)
      if (const auto value = columnValue({piece.first.number + i}, facts)) {
        pieceOf[*value] = static_cast<std::uint16_t>(pieces.size());
        holds = true;
      }
    if (holds) pieces.push_back(piece);
  }
  return pieces;
}

class Planner {
 public:
  Planner(const snapshot::Facts& facts, const report::Query& query, const std::vector<report::Value>& rows)
      : facts_(facts), query_(query), rows_(rows) {}

  Plan plan() {
    plan_.indicator = query_.indicator;
    plan_.rows = rows_.size();
    plan_.startPiece.fill(0);
    plan_.endPiece.fill(0);
    setBase();
    setParts();
    for (const auto& [dimension, key] : query_.filters) filter(dimension, key);
    cutDates();
    plan_.cells.assign(rows_.size(), cell_);
    setRows();
    return std::move(plan_);
  }

 private:
  void setBase() {
    const bool ended = query_.indicator == Indicator::dropOut || query_.indicator == Indicator::response;
    if (ended) plan_.between.push_back({Column::end, 1, 255});
    if (query_.indicator == Indicator::renewed) plan_.flags = snapshot::kEndedBeforeWindow;
    cell_.indicator = query_.indicator;
  }

  void setParts() {
    plan_.partOf.fill(0xff);
    const auto each = [&](std::size_t parts, Column column) {
      plan_.parts = parts;
      plan_.partColumn = column;
    };
    switch (query_.indicator) {
      case Indicator::satisfaction:
        each(3, Column::satisfaction);
        for (std::uint8_t mark = 1; mark <= 10; ++mark) plan_.partOf[mark] = mark <= 4 ? 0 : mark < 8 ? 1 : 2;
        break;
      case Indicator::goOn:
      case Indicator::goals:
        each(4, query_.indicator == Indicator::goOn ? Column::goOn : Column::goals);
        for (std::uint8_t score = 1; score <= 4; ++score) plan_.partOf[score] = static_cast<std::uint8_t>(score - 1);
        break;
      case Indicator::dropOut:
        each(6, Column::reason);
        plan_.partOf.fill(5);
        for (std::uint8_t reason = 1; reason <= 5; ++reason)
          plan_.partOf[reason] = static_cast<std::uint8_t>(reason - 1);
        break;
      case Indicator::response:
        each(2, Column::satisfaction);
        plan_.passes = {Answers{}};
        plan_.partOf[0] = 0;  // of what selection.cpp says: 0 is "ja"
        plan_.partOf[1] = 1;
        break;
      case Indicator::renewed:
        each(2, Column::flags);
        for (std::size_t flags = 0; flags < 256; ++flags) plan_.partOf[flags] = (flags & snapshot::kRenewed) ? 0 : 1;
        break;
    }
  }

  void add(Dimension dimension, std::uint32_t value) {
    // More than a cell holds is more than is ever available (engine.cpp); its counts can still be made, for tests.
    if (cell_.size < Cell::kMost) cell_.add(dimension, value);
  }

  void filter(Dimension dimension, const std::string& key) {
    if (dimension == Dimension::municipality) return;
    const auto number = numberOf(dimension, key, facts_);
    if (!number) {
      plan_.impossible = true;
      return;
    }
    if (dimension != query_.by) add(dimension, *number);
    if (dimension == Dimension::provider)
      plan_.provider = static_cast<std::uint16_t>(*number);
    else if (dimension == Dimension::informant)
      narrowInformant(*number);
    else if (dimension == Dimension::measure)
      narrowMeasure(*number);
    else if (const auto column = codeColumn(dimension))
      plan_.between.push_back({*column, static_cast<std::uint8_t>(*number), static_cast<std::uint8_t>(*number)});
  }

  static void narrow(Answers& answers, std::uint32_t informant) {
    const std::uint8_t mask = informant == 1 ? 0x0f : 0xf0;
    answers.satisfaction &= mask;
    answers.goOn &= mask;
    answers.goals &= mask;
  }
  static void narrowTo(Answers& answers, std::uint32_t measure) {
    if (measure != 1) answers.satisfaction = 0;
    if (measure != 2) answers.goOn = 0;
    if (measure != 3) answers.goals = 0;
  }

  void narrowInformant(std::uint32_t informant) {
    plan_.youth = plan_.youth && informant == 1;
    plan_.parent = plan_.parent && informant == 2;
    for (auto& pass : plan_.passes) narrow(*pass, informant);
  }
  void narrowMeasure(std::uint32_t measure) {
    for (auto& pass : plan_.passes) narrowTo(*pass, measure);
  }

  void cutDates() {
    std::vector<report::Piece> starts;
    std::vector<report::Piece> ends;
    const bool byStart = query_.by == Dimension::start;
    const bool byEnd = query_.by == Dimension::end;
    std::array<std::uint16_t, 256> pieceOf{};
    if (query_.start.isGiven()) {
      starts = cut(query_.start, facts_, pieceOf);
      restrict(Column::start, pieceOf);
      if (!byStart) plan_.startPiece = pieceOf;
    }
    if (query_.end.isGiven()) {
      ends = cut(query_.end, facts_, pieceOf);
      restrict(Column::end, pieceOf);
      if (!byEnd) plan_.endPiece = pieceOf;
    }
    // Grouped by quarters, each row is a piece of its own.
    if (byStart) starts.clear();
    if (byEnd) ends.clear();
    plan_.endPieces = std::max<std::size_t>(1, ends.size());
    for (std::size_t s = 0; s < std::max<std::size_t>(1, starts.size()); ++s)
      for (std::size_t e = 0; e < plan_.endPieces; ++e) {
        DatePieces pieces;
        if (!starts.empty()) pieces.start = starts[s];
        if (!ends.empty()) pieces.end = ends[e];
        plan_.pieces.push_back(pieces);
      }
  }

  /// Only rows with a date in one of the pieces.
  void restrict(Column column, const std::array<std::uint16_t, 256>& pieceOf) {
    const auto isIn = [](std::uint16_t piece) { return piece != kNone; };
    const auto first = std::find_if(pieceOf.begin(), pieceOf.end(), isIn);
    if (first == pieceOf.end()) {
      plan_.impossible = true;
      return;
    }
    const auto last = std::find_if(pieceOf.rbegin(), pieceOf.rend(), isIn);
    plan_.between.push_back({column, static_cast<std::uint8_t>(first - pieceOf.begin()),
                             static_cast<std::uint8_t>(pieceOf.rend() - last - 1)});
  }

  void setRows() {
    const Dimension by = query_.by;
    if (by == Dimension::informant || by == Dimension::measure) return setRowsWithin(by);
    const auto column = by == Dimension::provider ? std::optional(Column::provider)
                        : by == Dimension::start  ? std::optional(Column::start)
                        : by == Dimension::end    ? std::optional(Column::end)
                                                  : codeColumn(by);
    if (!column) throw std::logic_error("nothing is grouped by the municipality within a snapshot");
    plan_.rowColumn = column;
    plan_.rowOf.assign(by == Dimension::provider ? facts_.providers.size() : 256, kNone);
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      std::optional<std::uint32_t> place;
      std::uint32_t value = 0;
      if (by == Dimension::start || by == Dimension::end) {
        const auto quarter = report::quarterFrom(rows_[row].key);
        if (!quarter) continue;
        place = columnValue(*quarter, facts_);
        value = pieceValue({*quarter, 1});
      } else {
        place = numberOf(by, rows_[row].key, facts_);
        value = place.value_or(0);
      }
      if (!place) continue;
      plan_.rowOf[*place] = static_cast<std::uint16_t>(row);
      if (cell_.size < Cell::kMost) plan_.cells[row].add(by, value);
    }
  }

  /// By respondent or by measure: rows that share their units, or whose units are not whole records.
  void setRowsWithin(Dimension by) {
    const bool measurements = report::countsMeasurements(query_.indicator);
    const auto narrowed = plan_.passes.empty() ? std::nullopt : plan_.passes.front();
    const auto filter = query_.filters.find(by);
    if (!plan_.passes.empty()) plan_.passes.assign(rows_.size(), std::nullopt);
    plan_.byInformant = measurements && by == Dimension::informant;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const auto value = numberOf(by, rows_[row].key, facts_);
      if (!value) continue;
      if (cell_.size < Cell::kMost) plan_.cells[row].add(by, *value);
      if (plan_.byInformant)
        plan_.informantRow[*value - 1] = static_cast<std::uint16_t>(row);
      else if (narrowed && (filter == query_.filters.end() || filter->second == rows_[row].key)) {
        plan_.passes[row] = narrowed;
        by == Dimension::informant ? narrow(*plan_.passes[row], *value) : narrowTo(*plan_.passes[row], *value);
      }
    }
  }

  const snapshot::Facts& facts_;
  const report::Query& query_;
  const std::vector<report::Value>& rows_;
  Plan plan_;
  Cell cell_;
};

}  // namespace

std::optional<std::uint32_t> numberOf(Dimension dimension, const std::string& key, const snapshot::Facts& facts) {
  switch (dimension) {
    case Dimension::provider:
      for (std::size_t i = 0; i < facts.providers.size(); ++i)
        if (facts.providers[i].code == key) return static_cast<std::uint32_t>(i);
      return std::nullopt;
    case Dimension::informant:
      return key == "J" ? std::optional(1U) : key == "O" ? std::optional(2U) : std::nullopt;
    case Dimension::measure:
      for (std::size_t i = 0; i < kMeasures.size(); ++i)
        if (key == report::toString(kMeasures[i])) return static_cast<std::uint32_t>(i + 1);
      return std::nullopt;
    default:
      return codeColumn(dimension) ? codeNumber(key) : std::nullopt;
  }
}

Plan planOf(const snapshot::Facts& facts, const report::Query& query, const std::vector<report::Value>& rows) {
  return Planner(facts, query, rows).plan();
}

}  // namespace sluis::protect
