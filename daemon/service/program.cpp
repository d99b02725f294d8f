#include "service/program.h"

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
#include "base/secret.h"
#include "config/config.h"

namespace sluis::service {

namespace {

constexpr int kGood = 0;
constexpr int kWrongUse = 2;
constexpr int kEnvironment = 3;

// SIGHUP and the watchdog: one thread that waits for either.
class Attendant {
 public:
  explicit Attendant(Service& service) : thread_([this, &service] { attend(service); }) {}
  ~Attendant() {
    stopping_ = true;
    thread_.join();
  }

 private:
  void attend(Service& service) const {
    sigset_t hangUp;
    ::sigemptyset(&hangUp);
    ::sigaddset(&hangUp, SIGHUP);
    const timespec second{1, 0};
    while (!stopping_) {
      if (::sigtimedwait(&hangUp, nullptr, &second) == SIGHUP) {
        ::sd_notify(0, "RELOADING=1");
        service.reload();
        ::sd_notify(0, "READY=1");
      }
      if (service.isAlive()) ::sd_notify(0, "WATCHDOG=1");
    }
  }

  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

class Foreground : public Poco::Util::ServerApplication {
 public:
  explicit Foreground(const Program& program) : program_(program) { setUnixOptions(true); }

 protected:
  void defineOptions(Poco::Util::OptionSet& options) override {
    using Poco::Util::Option;
    // Our own set only: no --daemon, no --pidfile.
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
      fmt::print("{} {}\n", program_.name, SLUIS_VERSION);
      return kGood;
    }
    if (help_) return showHelp();
    if (!rest.empty()) {
      fmt::print(stderr, "{0}: unexpected argument; see {0} --help\n", program_.name);
      return kWrongUse;
    }
    try {
      forbidCoreDumps();
      const std::unique_ptr<Service> service = program_.start(configFile_);
      const Attendant attendant(*service);
      log::notice("{} {} is up, configuration {}", program_.name, SLUIS_VERSION, configFile_.string());
      ::sd_notify(0, "READY=1");
      waitForTerminationRequest();
      ::sd_notify(0, "STOPPING=1");
      log::notice("{}", program_.stopping);
      service->stop();
      return kGood;
    } catch (const config::Invalid& invalid) {
      for (const std::string& message : invalid.messages()) fmt::print(stderr, "{}\n", message);
    } catch (const Error& error) {
      log::error("{}", error.what());
    }
    return kEnvironment;
  }

 private:
  int showHelp() {
    Poco::Util::HelpFormatter formatter(options());
    formatter.setUnixStyle(true);
    formatter.setCommand(program_.name);
    formatter.setUsage("--config FILE");
    formatter.setHeader(program_.about);
    formatter.setFooter(
        fmt::format("Exit: 0 ended as asked, 2 wrong use, 3 configuration or machine. See {}(8).", program_.name));
    formatter.format(std::cout);
    return kGood;
  }

  const Program& program_;
  std::filesystem::path configFile_ = config::kPackagedFile;
  bool help_ = false;
  bool version_ = false;
};

}  // namespace

int run(const Program& program, int argc, char** argv) {
  log::setProgram(program.name);
  // Before any thread: all of them inherit it, and the two that wait for signals get them.
  sigset_t handled;
  ::sigemptyset(&handled);
  for (const int each : {SIGHUP, SIGTERM, SIGINT, SIGQUIT}) ::sigaddset(&handled, each);
  ::pthread_sigmask(SIG_BLOCK, &handled, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  Foreground application(program);
  try {
    application.init(argc, argv);
  } catch (const Poco::Util::OptionException& error) {
    fmt::print(stderr, "{0}: {1}; see {0} --help\n", program.name, error.displayText());
    return kWrongUse;
  }
  // Hidden in ServerApplication, which would take the arguments apart a second time.
  return static_cast<Poco::Util::Application&>(application).run();
}

}  // namespace sluis::service
