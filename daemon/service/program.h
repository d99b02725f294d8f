// A daemon as a program: runs in the foreground, logs to stderr, takes --config, --help and --version; SIGHUP reloads,
// SIGTERM stops; tells systemd when it is ready, reloading, alive and stopping. What it does is a Service.
//
// Never puts itself into the background and reads no configuration of its own: systemd is better at that.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace sluis::service {

class Service {
 public:
  virtual ~Service() = default;
  virtual void reload() = 0;
  /// False: the watchdog should restart us.
  virtual bool isAlive() const = 0;
  /// Finishes or leaves what is in hand; called once.
  virtual void stop() = 0;
};

struct Program {
  std::string name;      ///< "sluisd"
  std::string about;     ///< one paragraph of its help
  std::string stopping;  ///< what the log says on SIGTERM
  /// Reads the configuration and begins. Error when anything is wrong: then nothing runs.
  std::function<std::unique_ptr<Service>(const std::filesystem::path& configFile)> start;
};

/// All of main(): 0 ended as asked, 2 wrong use, 3 configuration or machine.
int run(const Program& program, int argc, char** argv);

/// A class with those three members as a Service.
template <typename T>
class ServiceOf final : public Service {
 public:
  template <typename... Args>
  explicit ServiceOf(Args&&... args) : inner_(std::forward<Args>(args)...) {}
  void reload() override { inner_.reload(); }
  bool isAlive() const override { return inner_.isAlive(); }
  void stop() override { inner_.stop(); }

 private:
  T inner_;
};

}  // namespace sluis::service
