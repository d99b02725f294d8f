#include "portal/portal.h"

#include <chrono>

#include <fmt/format.h>

#include "account/terms.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"
#include "portal/router.h"
#include "portal/staging.h"
#include "portal/visit.h"
#include "postgres/migrate.h"

namespace sluis::portal {

using namespace std::chrono_literals;

namespace {

constexpr auto kSweep = 1min;
constexpr auto kNap = 200ms;
constexpr auto kSilenceAllowed = 5min;
constexpr std::size_t kLargestTerms = 256 << 10;

std::int64_t secondsNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string termsOf(const config::Portal& portal) {
  return portal.terms ? readFile(*portal.terms, kLargestTerms) : std::string();
}

Routes all() {
  Routes routes;
  for (Routes each : {signInRoutes(), accountRoutes(), reportRoutes(), deliveryRoutes(), uploadRoutes(),
                      operationsRoutes(), applicationRoutes(), helpRoutes()})
    routes.insert(routes.end(), std::make_move_iterator(each.begin()), std::make_move_iterator(each.end()));
  return routes;
}

std::string originOf(const std::string& url) {
  return url.substr(0, url.find('/', std::string_view("https://").size()));
}

web::ServerSettings serverSettings(const config::Portal& portal) {
  web::ServerSettings settings;
  settings.listen = portal.listen;
  settings.port = portal.port;
  if (portal.certificate) {
    settings.certificate = *portal.certificate;
    settings.key = *portal.key;
  }
  settings.trustedProxies = portal.trustedProxies;
  settings.mostConnections = portal.mostConnections;
  // Signing in by the broker begins with a form of ours that leads there.
  if (portal.broker) settings.formTargets = {originOf(portal.broker->issuer)};
  return settings;
}

}  // namespace

/// Everything that a reload makes anew, and the router over it.
struct Portal::Outfit {
  config::Config config;
  web::Templates templates;
  account::Passwords passwords;
  account::SecondFactor secondFactor;
  Services services;
  Router router;

  Outfit(config::Config read, const Clock& clock, Database& database)
      : config(std::move(read)),
        templates(web::Templates::load(config.portal.files)),
        passwords(config.portal.files / "common-passwords.txt"),
        secondFactor(config.portal.sealKey),
        services{.config = config,
                 .clock = clock,
                 .database = database,
                 .templates = templates,
                 .passwords = passwords,
                 .secondFactor = secondFactor,
                 .terms = termsOf(config.portal),
                 .termsVersion = {},
                 .sessionRules = {.idle = config.portal.idle, .longest = config.portal.longest},
                 .figures = {"sluis-figures", config.figures.socket},
                 .sluisd = {"sluisd", config.control}},
        router(services, all()) {
    services.termsVersion = account::termsVersion(services.terms);
  }
};

Portal::Portal(std::filesystem::path configFile) : configFile_(std::move(configFile)) {
  forbidCoreDumps();
  const config::Config config = config::load(configFile_);
  if (config.portal.url.empty())
    throw Error(ErrorKind::config, fmt::format("{} has no portal.url", configFile_.string()),
                "name the address at which browsers find the portal");
  database_ = std::make_unique<Database>(config::portalConninfo(config.database));
  auto fresh = fitOut();
  outfit_.with([&](auto& current) { current = std::move(fresh); });
  database_->with([](postgres::Connection& connection) { postgres::requireSchema(connection); });
  sweepStaging(config.drop, clock_.now(), 0s);
  lastSeen_ = secondsNow();
  server_ = std::make_unique<web::Server>(
      serverSettings(config.portal), [this](web::Request& request) { return outfit()->router.answer(request); },
      [this](const web::Refused& refused, const web::Request* request) {
        return outfit()->router.broken(refused, request);
      });
  sweeping_ = std::thread([this] { sweepNowAndThen(); });
}

Portal::~Portal() {
  stop();
}

void Portal::stop() {
  stopping_ = true;
  if (server_) server_->stop();
  if (!sweeping_.joinable()) return;
  sweeping_.join();
  outfit()->router.upkeep();
}

std::shared_ptr<Portal::Outfit> Portal::outfit() const {
  return outfit_.with([](const auto& current) { return current; });
}

std::shared_ptr<Portal::Outfit> Portal::fitOut() {
  return std::make_shared<Outfit>(config::load(configFile_), clock_, *database_);
}

void Portal::reload() {
  try {
    auto fresh = fitOut();
    outfit_.with([&](auto& current) { std::swap(current, fresh); });
    fresh->router.upkeep();
    server_->reloadCertificate();
    log::notice("configuration, pages and certificate read again");
  } catch (const Error& error) {
    log::error("configuration not taken over, the old one stays in force: {}", error.what());
  }
}

bool Portal::isAlive() const {
  return secondsNow() - lastSeen_ < std::chrono::duration_cast<std::chrono::seconds>(kSilenceAllowed).count();
}

void Portal::sweepNowAndThen() {
  auto left = std::chrono::milliseconds(0);
  while (!stopping_) {
    lastSeen_ = secondsNow();
    std::this_thread::sleep_for(kNap);
    left -= kNap;
    if (left > 0ms) continue;
    left = kSweep;
    try {
      const auto current = outfit();
      current->router.upkeep();
      database_->with([&](postgres::Connection& connection) {
        account::sweep(connection, current->services.sessionRules, clock_.now());
      });
      sweepStaging(current->config.drop, clock_.now());
    } catch (const Error& error) {
      log::warning("sweeping is put off: {}", error.what());
    }
  }
}

}  // namespace sluis::portal
