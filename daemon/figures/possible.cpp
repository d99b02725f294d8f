#include "figures/possible.h"

#include "base/error.h"
#include "figures/choice.h"

namespace sluis::figures {

namespace {

using report::Dimension;
using report::Role;

nlohmann::json snapshotsOf(const Choice& choice, Snapshots& snapshots) {
  nlohmann::json all = nlohmann::json::array();
  if (choice.snapshots.size() == 1) {
    const auto ids = snapshots.ids(choice.snapshots.front()->front().snapshot->facts().domain);
    for (auto id = ids.rbegin(); id != ids.rend(); ++id)
      if (const auto made = snapshots.made(*id)) all.push_back({{"id", *id}, {"made", toRfc3339(*made)}});
    return all;
  }
  std::string ids;
  Instant made = Instant::max();
  for (const InService& each : choice.snapshots) {
    const auto& facts = each->front().snapshot->facts();
    ids += (ids.empty() ? "" : ",") + facts.id;
    made = std::min(made, facts.made);
  }
  all.push_back({{"id", ids}, {"made", toRfc3339(made)}});
  return all;
}

}  // namespace

nlohmann::json possible(const Knowledge& knowledge, const report::Words& words, Snapshots& snapshots) {
  const auto query = report::queryFrom(words);
  if (!query) throw Error(ErrorKind::usage, query.error().message);
  if (snapshots.domains().empty()) return {{"snapshots", nlohmann::json::array()}};
  const Areas areas = knowledge.areas();
  const Choice choice = choose(*query, areas, snapshots);
  const report::Area area = areaOf(choice);
  report::Vocabulary vocabulary = report::vocabularyOf(knowledge.definitions, area, query->language);
  // Quarters are told as two; a provider is told of no other.
  for (const Dimension dimension : {Dimension::start, Dimension::end}) vocabulary.values.erase(dimension);
  if (query->viewer.role == Role::provider) vocabulary.values.erase(Dimension::provider);
  nlohmann::json values = nlohmann::json::object();
  for (const auto& [dimension, list] : vocabulary.values) {
    nlohmann::json& pairs = values[std::string(report::toString(dimension))] = nlohmann::json::array();
    for (const report::Value& value : list) pairs.push_back({value.key, value.label});
  }
  return {{"values", std::move(values)},
          {"quarters", {report::toString(area.first), report::toString(area.last)}},
          {"most_dimensions", circumstancesOf(choice).mostDimensions},
          {"snapshots", snapshotsOf(choice, snapshots)}};
}

}  // namespace sluis::figures
