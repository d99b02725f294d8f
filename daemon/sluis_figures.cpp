// sluis-figures: answers questions with published figures, the only reader of snapshots. Wiring only.
#include "figures/service.h"
#include "service/program.h"

int main(int argc, char** argv) {
  const sluis::service::Program program{
      .name = "sluis-figures",
      .about =
          "The figures of Sluis: takes questions on a local socket, enters who looks into the audit log, and answers "
          "with figures that say nothing about a child. Runs in the foreground and logs to stderr. SIGHUP reads the "
          "configuration again, SIGTERM answers what was asked and ends.",
      .stopping = "stopping: what was asked is answered",
      .start = [](const std::filesystem::path& configFile) -> std::unique_ptr<sluis::service::Service> {
        return std::make_unique<sluis::service::ServiceOf<sluis::figures::Service>>(configFile);
      }};
  return sluis::service::run(program, argc, argv);
}
