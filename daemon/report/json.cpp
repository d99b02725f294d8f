#include "report/json.h"

namespace sluis::report {

namespace {

using Json = nlohmann::ordered_json;

Json jsonOf(const std::vector<Part>& parts) {
  Json list = Json::array();
  for (const Part& part : parts)
    list.push_back({{"key", part.key}, {"label", part.label}, {"count", part.count}, {"share", part.share}});
  return list;
}

/// Appends "shown" and, when it is, the rest of the figure.
void add(Json& json, const Figure& figure) {
  json["shown"] = figure.shown;
  if (!figure.shown) return;
  json["count"] = figure.count;
  json["parts"] = jsonOf(figure.parts);
  if (figure.mean) json["mean"] = *figure.mean;
}

Json jsonOf(const std::vector<Respondent>& respondents) {
  Json list = Json::array();
  for (const Respondent& respondent : respondents) {
    Json json = {{"key", respondent.who.key}, {"label", respondent.who.label}};
    add(json, respondent.figure);
    list.push_back(std::move(json));
  }
  return list;
}

Json jsonOf(const std::vector<Norm>& norms) {
  Json list = Json::array();
  for (const Norm& norm : norms) {
    Json json = {{"text", norm.text}, {"value", norm.value}};
    if (!norm.part.empty()) json["part"] = norm.part;
    list.push_back(std::move(json));
  }
  return list;
}

Json jsonOf(const Row& row) {
  Json json = {{"key", row.value.key}, {"label", row.value.label}};
  add(json, row.figure);
  if (!row.figure.shown) return json;
  if (!row.respondents.empty()) json["respondents"] = jsonOf(row.respondents);
  if (row.municipality) {
    Json municipality = Json::object();
    add(municipality, *row.municipality);
    if (row.municipality->shown && !row.municipalityRespondents.empty())
      municipality["respondents"] = jsonOf(row.municipalityRespondents);
    json["municipality"] = std::move(municipality);
  }
  if (!row.norms.empty()) json["norms"] = jsonOf(row.norms);
  return json;
}

Json jsonOf(const Why& why) {
  Json json = {{"definition", why.definition}, {"base", why.base},          {"exclusions", why.exclusions},
               {"filters", why.filters},       {"made", why.snapshotMade},  {"rule_set", why.ruleSet},
               {"noise", why.noise},           {"threshold", why.threshold}};
  if (why.variance > 0) json["variance"] = why.variance;
  return json;
}

}  // namespace

nlohmann::ordered_json jsonOf(const Outcome& outcome) {
  const Words words = wordsOf(outcome.query);
  Json filters = Json::object();
  for (const auto& [name, value] : words.filters) filters[name] = value;
  Json json = {{"indicator", words.indicator},  {"as", toString(outcome.query.viewer)},
               {"filters", std::move(filters)}, {"by", words.by},
               {"snapshot", outcome.snapshot},  {"available", outcome.available},
               {"title", outcome.title},        {"viewer", outcome.viewerName},
               {"by_label", outcome.byLabel}};
  if (!words.language.empty()) json["language"] = words.language;
  Json labels = Json::object();
  for (const Value& filter : outcome.filters) labels[filter.key] = filter.label;
  json["filter_labels"] = std::move(labels);
  if (!outcome.notice.empty()) json["notice"] = outcome.notice;
  if (outcome.available) {
    Json rows = Json::array();
    for (const Row& row : outcome.rows) rows.push_back(jsonOf(row));
    json["rows"] = std::move(rows);
  }
  if (!outcome.breaks.empty()) {
    Json breaks = Json::array();
    for (const Break& mark : outcome.breaks) breaks.push_back({{"quarter", mark.quarter}, {"text", mark.text}});
    json["breaks"] = std::move(breaks);
  }
  json["why"] = jsonOf(outcome.why);
  return json;
}

std::string toJson(const Outcome& outcome) {
  return jsonOf(outcome).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluis::report
