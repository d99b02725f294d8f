#include <cmath>
#include <set>

#include <fmt/format.h>

#include "report/json.h"

namespace sluis::report {

namespace {

using Json = nlohmann::ordered_json;

struct Malformed {
  std::string message;
};

/// An object whose members are taken out one by one; what is left over at the end does not belong there.
class Object {
 public:
  Object(const Json& json, std::string place) : json_(json), place_(std::move(place)) {
    if (!json.is_object()) throw Malformed{(place_.empty() ? "it" : place_) + " is no object"};
  }

  const Json* find(const char* name) {
    const auto found = json_.find(name);
    if (found == json_.end()) return nullptr;
    seen_.insert(name);
    return &*found;
  }
  const Json& get(const char* name) {
    const Json* found = find(name);
    if (found == nullptr) throw Malformed{at(name) + " is missing"};
    return *found;
  }
  std::string text(const char* name) {
    const Json& value = get(name);
    if (!value.is_string()) throw Malformed{at(name) + " is no text"};
    return value.get<std::string>();
  }
  std::string optionalText(const char* name) { return json_.contains(name) ? text(name) : std::string(); }
  bool flag(const char* name) {
    const Json& value = get(name);
    if (!value.is_boolean()) throw Malformed{at(name) + " is neither true nor false"};
    return value.get<bool>();
  }
  std::int64_t whole(const char* name) {
    const Json& value = get(name);
    const bool fits = value.is_number_integer() && (!value.is_number_unsigned() || value.get<std::uint64_t>() <= kMost);
    if (!fits || value.get<std::int64_t>() < 0) throw Malformed{at(name) + " is no count"};
    return value.get<std::int64_t>();
  }
  double number(const char* name) {
    const Json& value = get(name);
    if (!value.is_number() || !std::isfinite(value.get<double>())) throw Malformed{at(name) + " is no number"};
    return value.get<double>();
  }
  /// Calls `take` with each element and its place.
  template <typename Take>
  void each(const char* name, const Take& take) {
    const Json& list = get(name);
    if (!list.is_array()) throw Malformed{at(name) + " is no list"};
    for (std::size_t i = 0; i < list.size(); ++i) take(list[i], fmt::format("{}[{}]", at(name), i));
  }
  std::vector<std::pair<std::string, std::string>> texts(const char* name) {
    const Json& object = get(name);
    if (!object.is_object()) throw Malformed{at(name) + " is no object"};
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [key, value] : object.items()) {
      if (!value.is_string()) throw Malformed{at(name) + " holds what is no text"};
      found.emplace_back(key, value.get<std::string>());
    }
    return found;
  }
  std::string at(const char* name) const { return place_.empty() ? name : place_ + "." + name; }
  void end() const {
    if (seen_.size() != json_.size())
      throw Malformed{(place_.empty() ? "it" : place_) + " has a member that does not belong there"};
  }

 private:
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 53;  // what every reader of JSON can hold

  const Json& json_;
  std::string place_;
  std::set<std::string> seen_;
};

Figure figureOf(Object& object) {
  Figure figure;
  figure.shown = object.flag("shown");
  if (!figure.shown) return figure;
  figure.count = object.whole("count");
  object.each("parts", [&](const Json& json, const std::string& place) {
    Object part(json, place);
    figure.parts.push_back({part.text("key"), part.text("label"), part.whole("count"), part.number("share")});
    if (figure.parts.back().share < 0 || figure.parts.back().share > 1)
      throw Malformed{part.at("share") + " does not lie from 0 to 1"};
    part.end();
  });
  if (object.find("mean") != nullptr) figure.mean = object.number("mean");
  return figure;
}

std::vector<Respondent> respondentsOf(Object& object) {
  std::vector<Respondent> respondents;
  if (object.find("respondents") == nullptr) return respondents;
  object.each("respondents", [&](const Json& json, const std::string& place) {
    Object one(json, place);
    Value who = {one.text("key"), one.text("label")};
    respondents.push_back({std::move(who), figureOf(one)});
    one.end();
  });
  return respondents;
}

Row rowOf(const Json& json, const std::string& place) {
  Object object(json, place);
  Row row;
  row.value = {object.text("key"), object.text("label")};
  row.figure = figureOf(object);
  if (row.figure.shown) {
    row.respondents = respondentsOf(object);
    if (const Json* beside = object.find("municipality")) {
      Object municipality(*beside, object.at("municipality"));
      row.municipality = figureOf(municipality);
      if (row.municipality->shown) row.municipalityRespondents = respondentsOf(municipality);
      municipality.end();
    }
    if (object.find("norms") != nullptr)
      object.each("norms", [&](const Json& one, const std::string& at) {
        Object norm(one, at);
        row.norms.push_back({norm.text("text"), norm.number("value"), norm.optionalText("part")});
        norm.end();
      });
  }
  object.end();
  return row;
}

Why whyOf(const Json& json) {
  Object object(json, "why");
  Why why;
  why.definition = object.text("definition");
  why.base = object.text("base");
  why.exclusions = object.text("exclusions");
  object.each("filters", [&](const Json& filter, const std::string& place) {
    if (!filter.is_string()) throw Malformed{place + " is no text"};
    why.filters.push_back(filter.get<std::string>());
  });
  why.snapshotMade = object.text("made");
  why.ruleSet = object.text("rule_set");
  why.noise = object.text("noise");
  why.threshold = object.text("threshold");
  if (object.find("variance") != nullptr) why.variance = object.number("variance");
  object.end();
  return why;
}

Query queryOf(Object& object) {
  Words words;
  words.indicator = object.text("indicator");
  words.viewer = object.text("as");
  words.filters = object.texts("filters");
  words.by = object.text("by");
  words.language = object.optionalText("language");
  auto query = queryFrom(words);
  // Its message may repeat what the text says.
  if (!query) throw Malformed{"it does not say what was asked"};
  return std::move(*query);
}

Outcome read(const Json& json) {
  Object object(json, "");
  Outcome outcome;
  outcome.query = queryOf(object);
  outcome.snapshot = object.text("snapshot");
  outcome.available = object.flag("available");
  outcome.title = object.text("title");
  outcome.viewerName = object.text("viewer");
  outcome.byLabel = object.text("by_label");
  for (auto& [name, label] : object.texts("filter_labels")) outcome.filters.push_back({name, label});
  outcome.notice = object.optionalText("notice");
  if (outcome.available)
    object.each("rows", [&](const Json& row, const std::string& place) { outcome.rows.push_back(rowOf(row, place)); });
  if (object.find("breaks") != nullptr)
    object.each("breaks", [&](const Json& one, const std::string& place) {
      Object mark(one, place);
      outcome.breaks.push_back({mark.text("quarter"), mark.text("text")});
      mark.end();
    });
  outcome.why = whyOf(object.get("why"));
  object.end();
  return outcome;
}

}  // namespace

Result<Outcome, std::string> outcomeFrom(const nlohmann::ordered_json& json) {
  try {
    return read(json);
  } catch (const Malformed& malformed) {
    return failure(malformed.message);
  }
}

Result<Outcome, std::string> parseOutcome(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return failure(std::string("it is no JSON"));
  return outcomeFrom(json);
}

}  // namespace sluis::report
