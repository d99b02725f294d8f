#include "run/daemon.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "mail/dispatcher.h"
#include "office/applications.h"
#include "run/admission.h"
#include "run/arrivals.h"
#include "run/facts.h"
#include "run/limits.h"
#include "run/person_mail.h"
#include "run/provider_folders.h"
#include "run/rekey.h"
#include "run/reminders.h"
#include "run/unavailable_channel.h"

namespace sluis::run {

using namespace std::chrono_literals;

namespace {

constexpr auto kLook = 500ms;
constexpr auto kTick = 1s;
constexpr auto kMailPause = 5s;
constexpr auto kNap = 100ms;
constexpr auto kAfterAnError = 3s;
constexpr auto kSilenceAllowed = 15min;
constexpr auto kStatusPagesEvery = 5min;
constexpr auto kLimitsEvery = 1min;
constexpr auto kTidyEvery = 1h;
constexpr auto kLate = 10min;  // a run started so long after its time is called a catch-up
constexpr std::size_t kRunsLookedBack = 500;

std::int64_t secondsNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

plugin::ChannelSettings channelSettings(const config::Mail& mail) {
  plugin::ChannelSettings settings;
  settings.values = mail.settings;
  settings.secret = [secrets = mail.secrets](std::string_view name) {
    const auto found = secrets.find(name);
    if (found == secrets.end()) return Secret();
    std::string text = readFile(found->second, 64 << 10);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    Secret secret(text);
    wipe(std::as_writable_bytes(std::span(text.data(), text.size())));
    return secret;
  };
  return settings;
}

}  // namespace

Daemon::Daemon(config::Path configFile)
    : configFile_(std::move(configFile)),
      installation_(loadChecked(configFile_)),
      spool_(installation()->config.state / "spool"),
      plugins_(installation()->config.plugins, {"channel"}) {
  const auto now = installation();
  for (auto& seen : lastSeen_) seen = secondsNow();
  control_ = std::make_unique<control::Server>("sluisd", now->config.control,
                                               [this](const control::Request& request) { return answer(request); });
  threads_[kFolders] = std::thread([this] { watchFolders(); });
  threads_[kClock] = std::thread([this] { watchClock(); });
  threads_[kMail] = std::thread([this] { drainMail(); });
  threads_[kKeys] = std::thread([this] { rotateKeys(); });
  threads_[kSnapshots] = std::thread([this] { makeSnapshots(); });
  threads_[kLog] = std::thread([this] { checkLog(); });
}

Daemon::~Daemon() {
  stop();
}

std::shared_ptr<const Installation> Daemon::loadChecked(const config::Path& configFile) {
  auto installation = Installation::load(configFile);
  requireOneFileSystem(installation->config);
  return installation;
}

void Daemon::stop() {
  stopping_ = true;
  if (control_) control_->stop();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

std::shared_ptr<const Installation> Daemon::installation() const {
  return installation_.with([](const auto& current) { return current; });
}

std::shared_ptr<const Installation> Daemon::readAgain() {
  auto fresh = loadChecked(configFile_);
  installation_.with([&](auto& current) { current = fresh; });
  return fresh;
}

void Daemon::reload() {
  try {
    readAgain();
    log::notice("configuration read again");
  } catch (const Error& error) {
    log::error("configuration not taken over, the old one stays in force: {}", error.what());
  }
}

bool Daemon::isAlive() const {
  if (running_ > 0) return true;
  const auto now = secondsNow();
  const auto most = std::chrono::duration_cast<std::chrono::seconds>(kSilenceAllowed).count();
  return std::all_of(lastSeen_.begin(), lastSeen_.end(), [&](const auto& seen) { return now - seen < most; });
}

void Daemon::repeat(Thread which, std::chrono::milliseconds pause, const std::function<void()>& work) {
  while (!stopping_) {
    auto wait = pause;
    try {
      work();
    } catch (const Error& error) {
      log::error("{}", error.what());
      wait = kAfterAnError;
    } catch (const std::filesystem::filesystem_error& error) {
      // The disk, through the standard library; its text would name files as their senders did.
      log::error("a folder: {}", error.code().message());
      wait = kAfterAnError;
    }
    lastSeen_[which] = secondsNow();
    for (auto left = wait; left > 0ms && !stopping_; left -= kNap)
      std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(left, kNap));
  }
}

void Daemon::watchFolders() {
  const auto first = installation();
  Link link(config::daemonConninfo(first->config.database), "sluisd folders");
  Arrivals arrivals(spool_, clock_);
  std::vector<registry::Provider> providers;
  std::int64_t change = -1;
  std::shared_ptr<const Installation> lastUsed;
  Instant pagesWritten = Instant::min();
  Instant tidied = Instant::min();
  Instant limitsWatched = Instant::min();
  repeat(kFolders, kLook, [&] {
    const auto current = installation();
    try {
      postgres::Connection& connection = link.get();
      if (!recovered_) {
        Admission(*current, spool_, clock_).recover(connection);
        recovered_ = true;
      }
      const std::int64_t counter = registry::changeCounter(connection);
      std::set<std::string> stale;
      if (counter != change || current != lastUsed) {
        providers = registry::providers(connection);
        layOut(*current, connection, providers);
        change = counter;
        lastUsed = current;
        pagesWritten = Instant::min();
      }
      const Instant now = clock_.now();
      stale.merge(arrivals.look(*current, connection, providers));
      if (pagesStale_.exchange(false) || pagesWritten == Instant::min() || now - pagesWritten > kStatusPagesEvery) {
        for (const auto& provider : providers) stale.insert(provider.code);
        pagesWritten = now;
      }
      if (!stale.empty()) writeStatusPages(*current, connection, providers, stale, now);
      if (limitsWatched == Instant::min() || now - limitsWatched > kLimitsEvery) {
        watchLimits(*current, connection, spool_.node(), now);
        limitsWatched = now;
      }
      if (tidied == Instant::min() || now - tidied > kTidyEvery) {
        tidy(*current, providers, now);
        postgres::Transaction forgetting(connection);
        const int forgotten = office::forgetOldApplications(forgetting, now);
        forgetting.commit();
        if (forgotten > 0) log::notice("{} old applications were deleted", forgotten);
        tidied = now;
      }
    } catch (const postgres::DatabaseError&) {
      link.drop();
      throw;
    }
  });
}

void Daemon::watchClock() {
  const auto first = installation();
  Link link(config::daemonConninfo(first->config.database), "sluisd clock");
  std::optional<Instant> done;  // the latest due moment that is known to be handled
  bool looked = false;
  repeat(kClock, kTick, [&] {
    const auto current = installation();
    const Instant now = clock_.now();
    const Instant due = current->schedule.lastDue(now);
    try {
      bool brokenOff = false;
      if (!looked) {  // what the one before us has done, or left behind
        for (const auto& run : delivery::runs(link.get(), kRunsLookedBack)) {
          if (run.node != spool_.node()) continue;
          if (run.due && run.outcome == delivery::RunOutcome::done) done = std::max(done.value_or(*run.due), *run.due);
          brokenOff = !run.finished || run.outcome == delivery::RunOutcome::brokenOff;
        }
        done = std::max(done.value_or(Instant::min()), spool_.made());  // nothing was due before we were installed
        looked = true;
      }
      if (const auto actor = runAskedBy_.with([](auto& asked) { return std::exchange(asked, std::nullopt); })) {
        RunRequest asked;
        asked.kind = delivery::RunKind::asked;
        asked.actor = *actor;
        runDaily(std::move(asked), *current);
      }
      if (!brokenOff && due <= *done) return;
      RunRequest request;
      request.kind = brokenOff || now - due > kLate ? delivery::RunKind::catchUp : delivery::RunKind::scheduled;
      if (due > *done) request.due = due;
      if (runDaily(std::move(request), *current)) done = std::max(*done, due);
    } catch (const postgres::DatabaseError&) {
      link.drop();
      throw;
    }
  });
}

std::optional<delivery::Run> Daemon::runDaily(RunRequest request, const Installation& installation) {
  while (!recovered_ && !stopping_) std::this_thread::sleep_for(kNap);
  ++running_;
  const auto finally = std::unique_ptr<std::atomic<int>, void (*)(std::atomic<int>*)>(
      &running_, [](std::atomic<int>* running) { --*running; });
  Link link(config::daemonConninfo(installation.config.database), "sluisd run");
  request.stop = [this] { return stopping_.load(); };
  const bool ofTheDay = request.kind != delivery::RunKind::asked;
  const auto finished = DailyRun(installation, spool_, link, clock_).execute(request);
  if (finished) remindAfterRun(installation, link, clock_.now());
  if (finished && finished->accepted > 0) snapshots_.fallDue(finished->id);
  pagesStale_ = true;
  if (ofTheDay) logCheck_.fallDue();
  return finished;
}

void Daemon::drainMail() {
  const auto first = installation();
  Link link(config::daemonConninfo(first->config.database), "sluisd mail");
  repeat(kMail, kMailPause, [&] {
    try {
      const auto current = installation();
      drainOnce(link.get(), *current);
      if (office::announceApplications(link.get(), office::postOf(current->config), clock_.now()) > 0)
        drainOnce(link.get(), *current);
    } catch (const postgres::DatabaseError&) {
      link.drop();
      throw;
    }
  });
}

mail::Drained Daemon::drainOnce(postgres::Connection& connection, const Installation& installation) {
  std::shared_ptr<plugin::Channel> channel = plugins_.channel(installation.config.mail.channel);
  try {
    channel->open(channelSettings(installation.config.mail));
  } catch (const Error& error) {
    log::error("mail: {}", error.what());
    channel = std::make_shared<UnavailableChannel>(error.message());
  }
  mail::Lookups lookups;
  lookups.delivery = [&connection](const std::string& id) { return factsOf(connection, id); };
  lookups.folder = [&](const std::string& provider) { return installation.folderOf(provider) / "outbox"; };
  lookups.person = [&](std::int64_t account, const std::string& kind, postgres::Transaction& transaction) {
    return personOf(transaction, account, kind, installation.config.portal.url, clock_.now());
  };
  mail::DispatcherSettings settings{installation.letters(), installation.config.mail.domain(),
                                    installation.config.mail.operators};
  mail::Dispatcher dispatcher(std::move(settings), installation.texts, *channel, std::move(lookups));
  return draining_.with([&](int) { return dispatcher.drain(connection, clock_, [this] { return stopping_.load(); }); });
}

void Daemon::rotateKeys() {
  const auto first = installation();
  Link link(config::daemonConninfo(first->config.database), "sluisd keys");
  repeat(kKeys, kTick, [&] {
    try {
      continueRotations(*installation(), link.get(), clock_, [this] { return stopping_.load(); });
    } catch (const postgres::DatabaseError&) {
      link.drop();
      throw;
    }
  });
}

void Daemon::makeSnapshots() {
  repeat(kSnapshots, kTick, [&] {
    const auto run = snapshots_.due();
    if (!run) return;
    SnapshotRequest request;
    request.program = installation()->config.snapshotProgram;
    if (*run != Snapshots::kAtStart) request.words = {"--run", std::to_string(*run)};
    request.progress = [](const std::string& text) { log::info("snapshot: {}", text); };
    request.stop = [this] {
      lastSeen_[kSnapshots] = secondsNow();
      return stopping_.load();
    };
    snapshots_.make(configFile_, request);
  });
}

void Daemon::checkLog() {
  const auto first = installation();
  Link link(config::daemonConninfo(first->config.database), "sluisd log");
  repeat(kLog, kTick, [&] {
    try {
      logCheck_.checkWhenDue(link.get(), office::postOf(installation()->config), clock_, [this] {
        lastSeen_[kLog] = secondsNow();
        return !stopping_;
      });
    } catch (const postgres::DatabaseError&) {
      link.drop();
      throw;
    }
  });
}

}  // namespace sluis::run
