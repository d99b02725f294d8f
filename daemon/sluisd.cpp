// sluisd: wiring only. A Poco ServerApplication around run::Daemon; signals, readiness and the watchdog.
#include <signal.h>
#include <systemd/sd-daemon.h>

#include <atomic>
#include <cstdio>
#include <iostream>
#include <thread>

#include <Poco/Exception.h>
#include <Poco/Util/HelpFormatter.h>
#include <Poco/Util/OptionException.h>
#include <Poco/Util/ServerApplication.h>
#include <fmt/format.h>

#include "base/log.h"
#include "base/memory_lock.h"
#include "base/secret.h"
#include "run/daemon.h"

namespace {

constexpr int kGood = 0;
constexpr int kWrongUse = 2;
constexpr int kEnvironment = 3;

// SIGHUP and the watchdog: one thread that waits for either.
class Attendant {
 public:
  explicit Attendant(sluis::run::Daemon& daemon) : thread_([this, &daemon] { attend(daemon); }) {}
  ~Attendant() {
    stopping_ = true;
    thread_.join();
  }

 private:
  void attend(sluis::run::Daemon& daemon) const {
    sigset_t hangUp;
    ::sigemptyset(&hangUp);
    ::sigaddset(&hangUp, SIGHUP);
    const timespec second{1, 0};
    while (!stopping_) {
      if (::sigtimedwait(&hangUp, nullptr, &second) == SIGHUP) {
        ::sd_notify(0, "RELOADING=1");
        daemon.reload();
        ::sd_notify(0, "READY=1");
      }
      if (daemon.isAlive()) ::sd_notify(0, "WATCHDOG=1");
    }
  }

  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

class Sluisd : public Poco::Util::ServerApplication {
 public:
  Sluisd() { setUnixOptions(true); }

  int start(int argc, char** argv) {
    try {
      init(argc, argv);
    } catch (const Poco::Util::OptionException& error) {
      fmt::print(stderr, "sluisd: {}; see sluisd --help\n", error.displayText());
      return kWrongUse;
    }
    return run();
  }

 protected:
  void defineOptions(Poco::Util::OptionSet& options) override {
    using Poco::Util::Option;
    // Our own set only: this program never puts itself into the background, systemd is better at that.
    options.addOption(Option("config", "c", "the configuration to read").argument("FILE"));
    options.addOption(Option("help", "h", "show this text"));
    options.addOption(Option("version", "V", "show the version"));
  }
  void handleOption(const std::string& name, const std::string& value) override {
    if (name == "config") configFile_ = value;
    if (name == "help") help_ = true;
    if (name == "version") version_ = true;
    if (help_ || version_) stopOptionsProcessing();
  }
  void initialize(Application&) override {}  // Poco's own configuration files and logging are not used

  int main(const std::vector<std::string>& rest) override {
    if (version_) {
      fmt::print("sluisd {}\n", SLUIS_VERSION);
      return kGood;
    }
    if (help_) return showHelp();
    if (!rest.empty()) {
      fmt::print(stderr, "sluisd: unexpected argument; see sluisd --help\n");
      return kWrongUse;
    }
    try {
      sluis::forbidCoreDumps();
      if (!sluis::lockMemory())
        sluis::log::notice("memory is not locked: give sluisd LimitMEMLOCK=infinity where there is swap");
      sluis::run::Daemon daemon(configFile_);
      const Attendant attendant(daemon);
      sluis::log::notice("sluisd {} is up, configuration {}", SLUIS_VERSION, configFile_.string());
      ::sd_notify(0, "READY=1");
      waitForTerminationRequest();
      ::sd_notify(0, "STOPPING=1");
      sluis::log::notice("stopping: the delivery in hand is finished or left untouched");
      daemon.stop();
      return kGood;
    } catch (const sluis::config::Invalid& invalid) {
      for (const std::string& message : invalid.messages()) fmt::print(stderr, "{}\n", message);
    } catch (const sluis::Error& error) {
      sluis::log::error("{}", error.what());
    }
    return kEnvironment;
  }

 private:
  int showHelp() {
    Poco::Util::HelpFormatter formatter(options());
    formatter.setUnixStyle(true);
    formatter.setCommand("sluisd");
    formatter.setUsage("--config FILE");
    formatter.setHeader(
        "The daemon of Sluis: watches the drop folders, verifies, runs the daily batch, mails. Runs in the foreground "
        "and logs to stderr. SIGHUP reads the configuration again, SIGTERM finishes the delivery in hand and ends.");
    formatter.setFooter("Exit: 0 ended as asked, 2 wrong use, 3 configuration or machine. See sluisd(8).");
    formatter.format(std::cout);
    return kGood;
  }

  std::filesystem::path configFile_ = sluis::config::kPackagedFile;
  bool help_ = false;
  bool version_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  sluis::log::setProgram("sluisd");
  // Before any thread: all of them inherit it, and the two that wait for signals get them.
  sigset_t handled;
  ::sigemptyset(&handled);
  for (const int each : {SIGHUP, SIGTERM, SIGINT, SIGQUIT}) ::sigaddset(&handled, each);
  ::pthread_sigmask(SIG_BLOCK, &handled, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  Sluisd application;
  try {
    application.init(argc, argv);
  } catch (const Poco::Util::OptionException& error) {
    fmt::print(stderr, "sluisd: {}; see sluisd --help\n", error.displayText());
    return kWrongUse;
  }
  // Hidden in ServerApplication, which would take the arguments apart a second time.
  return static_cast<Poco::Util::Application&>(application).run();
}
