// sluisd: wiring only.
#include "base/log.h"
#include "base/memory_lock.h"
#include "run/daemon.h"
#include "service/program.h"

int main(int argc, char** argv) {
  const sluis::service::Program program{
      .name = "sluisd",
      .about =
          "The daemon of Sluis: watches the drop folders, verifies, runs the daily batch, mails. Runs in the "
          "foreground "
          "and logs to stderr. SIGHUP reads the configuration again, SIGTERM finishes the delivery in hand and ends.",
      .stopping = "stopping: the delivery in hand is finished or left untouched",
      .start = [](const std::filesystem::path& configFile) -> std::unique_ptr<sluis::service::Service> {
        if (!sluis::lockMemory())
          sluis::log::notice("memory is not locked: give sluisd LimitMEMLOCK=infinity where there is swap");
        return std::make_unique<sluis::service::ServiceOf<sluis::run::Daemon>>(configFile);
      }};
  return sluis::service::run(program, argc, argv);
}
