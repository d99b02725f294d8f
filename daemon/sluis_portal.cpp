// sluis-portal: the web pages of municipalities, providers and the TTP. Wiring only.
#include "portal/portal.h"
#include "service/program.h"

int main(int argc, char** argv) {
  const sluis::service::Program program{
      .name = "sluis-portal",
      .about =
          "The web portal of Sluis: figures for municipalities and providers, uploads, and the TTP's operations. Takes "
          "figures from sluis-figures and hands changes to sluisd; holds no records. Runs in the foreground and logs "
          "to "
          "stderr. SIGHUP reads configuration, pages and certificate again, SIGTERM answers what was asked and ends.",
      .stopping = "stopping: what was asked is answered",
      .start = [](const std::filesystem::path& configFile) -> std::unique_ptr<sluis::service::Service> {
        return std::make_unique<sluis::service::ServiceOf<sluis::portal::Portal>>(configFile);
      }};
  return sluis::service::run(program, argc, argv);
}
