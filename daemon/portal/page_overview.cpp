// All six indicators beside each other: a municipality's totals by provider, a provider's own by form of help. Each of
// the six is a question of its own to sluis-figures, all of the same snapshot.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "portal/page_reports.h"
#include "portal/router.h"
#include "report/lines.h"
#include "report/numbers.h"
#include "report/page_table.h"
#include "report/phrases.h"
#include "report/texts.h"

namespace sluis::portal {

namespace {

using report::Indicator;

std::vector<report::Outcome> askAll(const Visit& visit, const std::string& by, const std::string& municipality,
                                    std::string snapshot) {
  std::vector<report::Outcome> all;
  for (const Indicator indicator : report::kIndicators) {
    report::Words words;
    words.indicator = report::toString(indicator);
    words.by = by;
    words.snapshot = snapshot;
    if (!municipality.empty()) words.filters.emplace_back("gemeente", municipality);
    all.push_back(askFigures(visit, std::move(words)));
    // Whatever is published meanwhile: one page, one snapshot.
    snapshot = all.front().snapshot;
  }
  return all;
}

void addCell(web::Values& row, const report::Outcome& outcome, std::size_t place, const View& view) {
  const report::Row& figures = outcome.rows.at(place);
  const report::Language language = outcome.query.language;
  web::Values& cell = row.add("CELL");
  if (!figures.figure.shown) {
    cell.show("NOT_SHOWN");
    return;
  }
  cell.set("CELL_HREF", view.address());
  cell.set("CELL_LABEL", fmt::format("{}, {}", outcome.title, figures.value.label));
  for (const report::Line& line : report::linesOf(figures, language)) {
    // Youths and parents are never taken together.
    if (line.whole) continue;
    web::Values& one = cell.add("CELL_LINE");
    if (!line.who.empty()) one.add("CELL_WHO").set("WHO", line.who);
    if (!line.figure->shown) {
      one.show("LINE_NOT_SHOWN");
      continue;
    }
    web::Values& shown = one.add("LINE_SHOWN");
    shown.set("HEADLINE", report::headlineText(outcome.query.indicator, line, language));
    shown.set("COUNT", report::grouped(line.figure->count, language));
  }
}

web::Response draw(Visit& visit, const Possible& possible, const std::string& municipality) {
  const bool isProvider = viewerOf(visit.account()).role == report::Role::provider;
  const std::string by = isProvider ? "hulpvorm" : "aanbieder";
  const std::vector<report::Outcome> all = askAll(visit, by, municipality, "");
  const report::Language language = languageOf(visit);
  web::Values values;
  values.set("VIEWER", all.front().viewerName).set("ROW_HEAD", all.front().byLabel);
  values.set("MADE", report::dayText(all.front().why.snapshotMade, language)).set("SNAPSHOT_ID", all.front().snapshot);
  values.set("WHY_NOT_SHOWN", report::phrases(language).notShown);
  values.show("OF_PROVIDER", isProvider).show("OF_MUNICIPALITY", !isProvider);
  for (const report::Outcome& outcome : all) {
    web::Values& head = values.add("HEAD");
    View view{outcome.query.indicator, {}, isProvider ? "" : by, ""};
    head.set("HEAD_HREF", view.with("gemeente", municipality).address()).set("HEAD_TITLE", outcome.title);
    head.set("HEAD_MEASURE", report::headlineOf(outcome.query.indicator, language).label);
  }
  for (std::size_t i = 0; i < all.front().rows.size(); ++i) {
    const report::Value& value = all.front().rows[i].value;
    web::Values& row = values.add("ROW");
    row.set("ROW_LABEL", value.label);
    const View first = View{Indicator::satisfaction, {}, "", ""}.with("gemeente", municipality).with(by, value.key);
    row.set("ROW_HREF", first.address());
    for (const report::Outcome& outcome : all) {
      View view = first;
      view.indicator = outcome.query.indicator;
      addCell(row, outcome, i, view);
    }
  }
  if (const auto& others = possible.vocabulary.of(report::Dimension::municipality); others.size() > 1)
    values.show("CAN_CHOOSE");
  web::Response response = visit.page("overview", "overview.title", values);
  // What else an address brings would come back in the page, with the way back from the language switch.
  const auto isOurs = [](const auto& field) { return field.first == "gemeente" || field.first == "snapshot"; };
  const auto& brought = visit.request.query.all();
  return std::all_of(brought.begin(), brought.end(), isOurs) ? compressed(std::move(response)) : response;
}

void addChoice(web::Values& values, const Possible& possible, const std::string& chosen) {
  const auto& all = possible.vocabulary.of(report::Dimension::municipality);
  if (all.size() < 2) return;
  web::Values& choice = values.add("CHOICE");
  for (const report::Value& value : all) {
    web::Values& option = choice.add("OPTION");
    option.set("VALUE", value.key).set("TEXT", value.label).show("CHOSEN", value.key == chosen);
  }
}

web::Response chooseFirst(Visit& visit, const Possible& possible, int status) {
  web::Values values;
  addChoice(values, possible, "");
  values.show("WRONG", status != 200);
  return visit.page("overview-choose", "overview.title", values, status);
}

}  // namespace

web::Response overviewPage(Visit& visit) {
  return orUnreachable(visit, [&] {
    const report::Role role = viewerOf(visit.account()).role;
    const std::string& wanted = visit.request.query["gemeente"];
    const auto possible = askPossible(visit, "");
    if (!possible) return noFiguresPage(visit);
    const auto& all = possible->vocabulary.of(report::Dimension::municipality);
    const bool isKnown =
        std::any_of(all.begin(), all.end(), [&](const report::Value& value) { return value.key == wanted; });
    if (role == report::Role::municipality && !wanted.empty() && wanted != visit.account().subject)
      return errorPage(visit, 404, "error.not-found");
    if (role != report::Role::municipality && !wanted.empty() && !isKnown) return chooseFirst(visit, *possible, 400);
    if (role == report::Role::officer && wanted.empty() && all.size() > 1) return chooseFirst(visit, *possible, 200);
    const std::string municipality = role == report::Role::municipality ? std::string() : wanted;
    try {
      return draw(visit, *possible, municipality);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;
      // The snapshot of the first was erased before the last was asked: all of the one that came after it.
      return draw(visit, *possible, municipality);
    }
  });
}

}  // namespace sluis::portal
