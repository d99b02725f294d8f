#include "portal/figures.h"

#include "base/error.h"
#include "control/client.h"
#include "report/json.h"

namespace sluis::portal {

namespace {

using Json = nlohmann::ordered_json;

nlohmann::json personOf(const Visit& visit) {
  const account::Session& session = visit.session.value();
  return {{"name", account::describe(session.account)},
          {"role", account::toString(session.account.role)},
          {"subject", session.account.subject},
          {"session", std::to_string(session.id)},
          {"second_factor", toRfc3339(session.secondFactorAt.value_or(session.created))}};
}

nlohmann::json argumentsOf(const Visit& visit, const report::Words& words) {
  nlohmann::json filters = nlohmann::json::array();
  for (const auto& [name, value] : words.filters) filters.push_back({name, value});
  return {{"indicator", words.indicator},  {"as", report::toString(viewerOf(visit.account()))},
          {"filters", std::move(filters)}, {"by", words.by},
          {"snapshot", words.snapshot},    {"language", report::toString(languageOf(visit))},
          {"person", personOf(visit)}};
}

Possible possibleFrom(const Json& json) {
  Possible possible;
  for (const auto& [name, values] : json.at("values").items()) {
    const auto dimension = report::dimensionFrom(name);
    if (!dimension) continue;
    for (const Json& value : values)
      possible.vocabulary.values[*dimension].push_back(
          {value.at(0).get<std::string>(), value.at(1).get<std::string>()});
  }
  possible.first = report::quarterFrom(json.at("quarters").at(0).get<std::string>()).value();
  possible.last = report::quarterFrom(json.at("quarters").at(1).get<std::string>()).value();
  possible.mostDimensions = json.at("most_dimensions").get<int>();
  for (const Json& each : json.at("snapshots"))
    possible.snapshots.push_back({each.at("id").get<std::string>(), each.at("made").get<std::string>()});
  return possible;
}

}  // namespace

report::Viewer viewerOf(const account::Account& account) {
  switch (account.role) {
    case account::Role::municipality:
      return {report::Role::municipality, account.subject};
    case account::Role::provider:
      return {report::Role::provider, account.subject};
    case account::Role::ttpOperator:
    case account::Role::auditor:
      break;
  }
  return {report::Role::officer, {}};
}

report::Language languageOf(const Visit& visit) {
  return visit.language == web::Language::english ? report::Language::english : report::Language::dutch;
}

std::optional<Possible> askPossible(const Visit& visit, const std::string& municipality) {
  report::Words words;
  if (!municipality.empty()) words.filters.emplace_back("gemeente", municipality);
  try {
    const Json answer = control::ask(visit.services.figures, "possible", {}, argumentsOf(visit, words));
    const Json& possible = answer.at("possible");
    if (possible.at("snapshots").empty()) return std::nullopt;
    return possibleFrom(possible);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) return std::nullopt;
    throw;
  }
}

report::Outcome askFigures(const Visit& visit, report::Words words) {
  const Json answer = control::ask(visit.services.figures, "report", {}, argumentsOf(visit, words));
  auto outcome = report::outcomeFrom(answer.at("outcome"));
  if (!outcome)
    throw Error(ErrorKind::protocol, "sluis-figures answered with something that is no outcome: " + outcome.error());
  return std::move(*outcome);
}

}  // namespace sluis::portal
