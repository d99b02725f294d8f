// sluis-figures as the pages see it: made-up figures over a real socket, and what was asked of it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/guarded.h"
#include "control/server.h"
#include "report/describe.h"
#include "report/json.h"
#include "report/texts.h"
#include "report/vocabulary.h"
#include "support/temp_dir.h"

namespace sluis::test {

class FakeFigures {
 public:
  /// What it does differently; read at each question.
  struct Ways {
    std::vector<std::string> municipalities = {"GM0034"};
    std::vector<std::string> snapshots = {"GM0034-000012", "GM0034-000011"};
    bool erasedMeanwhile = false;  ///< named in `possible`, gone when its figures are asked
    bool unavailable = false;
    bool locked = false;  ///< the log does not take the entry
  };

  FakeFigures()
      : definitions_(dataset::Definitions::load(config() / "datasets", config() / "codelists")),
        server_("sluis-figures", socket(), [this](const control::Request& request) { return answer(request); }) {}

  std::filesystem::path socket() const { return folder_.path() / "socket"; }
  Ways ways;
  /// What was asked: "command" and "arguments"; forgotten with it.
  std::vector<nlohmann::json> asked() {
    return asked_.with([](auto& all) { return std::exchange(all, {}); });
  }
  std::vector<nlohmann::json> askedReports() {
    auto all = asked();
    std::erase_if(all, [](const auto& each) { return each["command"] != "report"; });
    return all;
  }
  static std::filesystem::path config() { return std::filesystem::path(SLUIS_SOURCE_DIR) / "config"; }

 private:
  report::Vocabulary vocabulary(report::Language language) const {
    return report::vocabularyOf(definitions_,
                                {{{"P0001", "Stichting De Eik"}, {"P0002", "Jeugdzorg Beuk & Linde"}},
                                 ways.municipalities,
                                 report::Quarter::of(2015, 1),
                                 report::Quarter::of(2026, 4)},
                                language);
  }

  nlohmann::json answer(const control::Request& request) {
    asked_.with([&](auto& all) { all.push_back({{"command", request.command}, {"arguments", request.arguments}}); });
    const auto& arguments = request.arguments;
    report::Words words{arguments.at("indicator"), arguments.at("as"),       {},
                        arguments.at("by"),        arguments.at("snapshot"), arguments.at("language")};
    for (const auto& filter : arguments.at("filters")) words.filters.emplace_back(filter.at(0), filter.at(1));
    if (request.command == "possible") return possible(words);
    const auto query = report::queryFrom(words);
    if (!query) throw Error(ErrorKind::usage, query.error().message);
    if (ways.locked) throw Error(ErrorKind::database, "the log does not take down who looks, so no figure is shown");
    if (ways.erasedMeanwhile && query->snapshot)
      throw Error(ErrorKind::usage, "there is no snapshot " + *query->snapshot);
    return {{"outcome", report::jsonOf(outcome(*query))}};
  }

  nlohmann::json possible(const report::Words& words) const {
    if (ways.snapshots.empty()) return {{"possible", {{"snapshots", nlohmann::json::array()}}}};
    report::Vocabulary all = vocabulary(report::languageFrom(words.language).value());
    nlohmann::json values = nlohmann::json::object();
    for (const auto& [dimension, list] : all.values) {
      if (dimension == report::Dimension::start || dimension == report::Dimension::end) continue;
      if (dimension == report::Dimension::provider && words.viewer.starts_with("provider:")) continue;
      for (const auto& value : list)
        values[std::string(report::toString(dimension))].push_back({value.key, value.label});
    }
    nlohmann::json snapshots = nlohmann::json::array();
    for (const auto& id : ways.snapshots) snapshots.push_back({{"id", id}, {"made", "2026-11-22T03:00:00Z"}});
    return {
        {"possible",
         {{"values", values}, {"quarters", {"2015Q1", "2026Q4"}}, {"most_dimensions", 3}, {"snapshots", snapshots}}}};
  }

  static report::Figure figure(report::Indicator indicator, const report::Vocabulary& vocabulary, bool mean) {
    report::Figure made;
    made.shown = true;
    const auto parts = report::partsOf(indicator, vocabulary);
    for (const auto& part : parts)
      made.parts.push_back({part.key, part.label, 41, 1.0 / static_cast<double>(parts.size())});
    made.count = static_cast<std::int64_t>(41 * parts.size());
    if (mean) made.mean = 7.4;
    return made;
  }

  report::Outcome outcome(const report::Query& query) const {
    const report::Vocabulary all = vocabulary(query.language);
    report::Outcome made;
    made.query = query;
    made.snapshot = query.snapshot.value_or(ways.snapshots.front());
    made.available = !ways.unavailable;
    const bool measured = report::countsMeasurements(query.indicator);
    const bool marked = query.indicator == report::Indicator::satisfaction;
    if (made.available)
      for (const auto& value : report::rowsOf(query, all)) {
        report::Row row;
        row.value = value;
        if (value.key != "13") {
          row.figure = figure(query.indicator, all, false);
          if (measured)
            for (const char* who : {"J", "O"})
              row.respondents.push_back({{who, ""}, figure(query.indicator, all, marked)});
          if (query.viewer.role == report::Role::provider) {
            row.municipality = row.figure;
            row.municipalityRespondents = row.respondents;
          }
        }
        made.rows.push_back(std::move(row));
      }
    report::Circumstances at;
    at.made = Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(3));
    at.ruleSet = "jeugdhulp 5.1";
    report::describe(made, all, at);
    return made;
  }

  TempDir folder_;
  dataset::Definitions definitions_;
  Guarded<std::vector<nlohmann::json>> asked_;
  control::Server server_;
};

}  // namespace sluis::test
