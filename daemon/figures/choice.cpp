#include "figures/choice.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace sluis::figures {

namespace {

using report::Dimension;
using report::Role;

const snapshot::Facts& factsOf(const InService& snapshot) {
  return snapshot->front().snapshot->facts();
}

bool isIn(const InService& snapshot, const std::string& provider) {
  const auto& providers = factsOf(snapshot).providers;
  return std::any_of(providers.begin(), providers.end(), [&](const auto& each) { return each.code == provider; });
}

std::vector<std::string> splitIds(const std::string& text) {
  std::vector<std::string> ids;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    ids.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return ids;
}

/// Domains with a snapshot in service, as far as this viewer may know of them.
std::vector<std::string> domainsSeenBy(const report::Viewer& viewer, const Areas& areas, Snapshots& snapshots) {
  std::vector<std::string> seen = snapshots.domains();
  if (viewer.role == Role::municipality) {
    const auto parts = areas.partsOf(viewer.code);
    std::erase_if(seen, [&](const auto& domain) { return !std::binary_search(parts.begin(), parts.end(), domain); });
  } else if (viewer.role == Role::provider) {
    std::erase_if(seen, [&](const auto& domain) {
      const InService newest = snapshots.newest(domain);
      return newest == nullptr || !isIn(newest, viewer.code);
    });
  }
  return seen;
}

/// Those of `seen` that the question is about.
std::vector<std::string> domainsAsked(const report::Query& query, const Areas& areas, std::vector<std::string> seen) {
  const auto filter = query.filters.find(Dimension::municipality);
  if (filter != query.filters.end() && query.viewer.role != Role::municipality) {
    const auto parts = areas.partsOf(filter->second);
    std::erase_if(seen, [&](const auto& domain) { return !std::binary_search(parts.begin(), parts.end(), domain); });
  }
  return seen;
}

// What a report of that time was made of: an id for every domain asked, but for those that had no snapshot then.
std::vector<InService> named(const std::string& ids, const std::vector<std::string>& asked, Snapshots& snapshots) {
  std::map<std::string, InService> chosen;
  Instant latest = Instant::min();
  for (const std::string& id : splitIds(ids)) {
    // Before it is looked for: which snapshots others have is not for everybody.
    if (!std::binary_search(asked.begin(), asked.end(), id.substr(0, id.find('-'))))
      throw Error(ErrorKind::usage, fmt::format("the snapshot {} is not one of those asked for", id),
                  fmt::format("possible are snapshots of: {}", fmt::join(asked, ", ")));
    InService found = snapshots.find(id);
    const snapshot::Facts& facts = factsOf(found);
    latest = std::max(latest, facts.made);
    if (!chosen.emplace(facts.domain, std::move(found)).second)
      throw Error(ErrorKind::usage, fmt::format("two snapshots of {} are named", id.substr(0, id.find('-'))));
  }
  for (const std::string& domain : asked) {
    if (chosen.count(domain) != 0) continue;
    const auto kept = snapshots.ids(domain);
    if (!kept.empty() && factsOf(snapshots.find(kept.front())).made <= latest)
      throw Error(ErrorKind::usage, fmt::format("these figures are of {} too: name a snapshot of it as well", domain),
                  fmt::format("possible are: {}", fmt::join(kept, ", ")));
  }
  std::vector<InService> all;
  for (auto& [domain, snapshot] : chosen) all.push_back(std::move(snapshot));
  return all;
}

[[noreturn]] void failWithout(const report::Query& query, Snapshots& snapshots) {
  const char* hint = "records must have been loaded; type: sluis report snapshot";
  if (snapshots.domains().empty()) throw Error(ErrorKind::system, "there are no published figures yet", hint);
  const auto filter = query.filters.find(Dimension::municipality);
  const std::string whose = filter != query.filters.end()        ? filter->second
                            : query.viewer.role != Role::officer ? query.viewer.code
                                                                 : "any municipality";
  throw Error(ErrorKind::usage, fmt::format("there are no published figures of {}", whose), hint);
}

}  // namespace

Choice choose(const report::Query& query, const Areas& areas, Snapshots& snapshots) {
  Choice choice;
  choice.municipalities = domainsSeenBy(query.viewer, areas, snapshots);
  if (choice.municipalities.empty()) failWithout(query, snapshots);
  std::vector<std::string> asked = domainsAsked(query, areas, choice.municipalities);
  // Which there are is said by report::check(), so it gets to see the question.
  if (asked.empty()) asked = choice.municipalities;
  if (query.snapshot) {
    choice.snapshots = named(*query.snapshot, asked, snapshots);
  } else {
    for (const std::string& domain : asked)
      if (InService newest = snapshots.newest(domain)) choice.snapshots.push_back(std::move(newest));
  }
  if (choice.snapshots.empty()) failWithout(query, snapshots);
  // The municipality's own code may be named by itself, also while only its predecessors have figures.
  if (query.viewer.role == Role::municipality) choice.municipalities = {query.viewer.code};
  return choice;
}

}  // namespace sluis::figures
