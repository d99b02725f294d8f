#include "figures/service.h"

#include <chrono>

#include "base/error.h"
#include "base/log.h"
#include "figures/attacks.h"
#include "figures/confine.h"
#include "figures/possible.h"
#include "report/json.h"

namespace sluis::figures {

using namespace std::chrono_literals;

namespace {

constexpr auto kLook = 2s;
constexpr auto kNap = 100ms;
constexpr auto kSilenceAllowed = 10min;  // checking a large new snapshot on a slow disk takes its time
constexpr std::size_t kMostFilters = 64;

std::int64_t secondsNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

report::Words wordsFrom(const nlohmann::json& arguments) {
  report::Words words;
  words.indicator = arguments.value("indicator", "");
  words.viewer = arguments.value("as", "");
  words.by = arguments.value("by", "");
  words.snapshot = arguments.value("snapshot", "");
  words.language = arguments.value("language", "");
  const auto filters = arguments.value("filters", nlohmann::json::array());
  if (filters.size() > kMostFilters) throw Error(ErrorKind::usage, "that many filters mean nothing");
  for (const auto& filter : filters)
    words.filters.emplace_back(filter.at(0).get<std::string>(), filter.at(1).get<std::string>());
  return words;
}

}  // namespace

Service::Service(config::Path configFile) : configFile_(std::move(configFile)), ownAccount_(ownAccount()) {
  const config::Config config = config::load(configFile_);
  auto knowledge = Knowledge::load(config);
  knowledge_.with([&](auto& current) { current = std::move(knowledge); });
  log_ = std::make_unique<ViewLog>(config::figuresConninfo(config.database));
  confine(config);
  snapshots_ = std::make_unique<Snapshots>(config.figures.snapshots);
  questions_ = std::make_unique<Questions>(*snapshots_, *log_);
  lastSeen_ = secondsNow();
  // Known before the first question comes.
  snapshots_->domains();
  if (!log_->isReachable()) log::warning("the log cannot be reached yet: no figure is shown until it can");
  looking_ = std::thread([this] { lookAfter(); });
  server_ = std::make_unique<control::Server>("sluis-figures", config.figures.socket,
                                              [this](const control::Request& request) { return answer(request); });
}

Service::~Service() {
  stop();
}

void Service::stop() {
  stopping_ = true;
  if (server_) server_->stop();
  if (looking_.joinable()) looking_.join();
}

void Service::reload() {
  try {
    auto fresh = Knowledge::load(config::load(configFile_));
    knowledge_.with([&](auto& current) { current = std::move(fresh); });
    log::notice("configuration read again");
  } catch (const Error& error) {
    log::error("configuration not taken over, the old one stays in force: {}", error.what());
  }
}

bool Service::isAlive() const {
  return secondsNow() - lastSeen_ < std::chrono::duration_cast<std::chrono::seconds>(kSilenceAllowed).count();
}

// A question looks for itself; this is so that it seldom has to wait while a new snapshot is checked.
void Service::lookAfter() {
  while (!stopping_) {
    snapshots_->domains();
    lastSeen_ = secondsNow();
    for (auto left = std::chrono::milliseconds(kLook); left > 0ms && !stopping_; left -= kNap)
      std::this_thread::sleep_for(kNap);
  }
}

nlohmann::json Service::inService() {
  nlohmann::json all = nlohmann::json::array();
  for (const std::string& domain : snapshots_->domains()) {
    const InService newest = snapshots_->newest(domain);
    if (newest == nullptr) continue;
    const auto& facts = newest->front().snapshot->facts();
    all.push_back({{"domain", domain}, {"id", facts.id}, {"made", toRfc3339(facts.made)}});
  }
  return all;
}

nlohmann::json Service::report(const control::Request& request) {
  const auto knowledge = knowledge_.with([](const auto& current) { return current; });
  const Asker asker = askerOf(request.actor, request.arguments, {knowledge->portal, ownAccount_});
  const report::Outcome outcome = questions_->answer(*knowledge, wordsFrom(request.arguments), asker);
  return {{"outcome", report::jsonOf(outcome)}};
}

nlohmann::json Service::possible(const control::Request& request) {
  const auto knowledge = knowledge_.with([](const auto& current) { return current; });
  const Asker asker = askerOf(request.actor, request.arguments, {knowledge->portal, ownAccount_});
  report::Words words = wordsFrom(request.arguments);
  if (words.indicator.empty()) words.indicator = report::toString(report::kIndicators.front());
  if (const auto viewer = report::viewerFrom(words.viewer)) requireMayLookAs(asker, *viewer);
  return {{"possible", figures::possible(*knowledge, words, *snapshots_)}};
}

nlohmann::json Service::attack(const control::Request& request) {
  const auto knowledge = knowledge_.with([](const auto& current) { return current; });
  if (askerOf(request.actor, request.arguments, {knowledge->portal, ownAccount_}).person)
    throw Error(ErrorKind::usage, "an attack is not for the portal to ask");
  return attacking_.with([&](int) {
    return nlohmann::json{{"attacks", attackSnapshots({.snapshot = request.arguments.value("snapshot", ""),
                                                       .actor = request.actor,
                                                       .limit = knowledge->confidence,
                                                       .threads = knowledge->threads,
                                                       .progress = request.progress},
                                                      *snapshots_, *log_)}};
  });
}

nlohmann::json Service::answer(const control::Request& request) {
  if (request.command == "report") return report(request);
  if (request.command == "possible") return possible(request);
  if (request.command == "attack") return attack(request);
  if (request.command == "snapshots") return {{"snapshots", inService()}};
  if (request.command == "status") return {{"snapshots", inService()}, {"log", log_->isReachable()}};
  throw Error(ErrorKind::usage, "sluis-figures does not know that command");
}

}  // namespace sluis::figures
