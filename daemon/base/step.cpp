#include "base/step.h"

#include <csignal>
#include <cstdlib>
#include <string>

namespace sluis {

void passed(std::string_view name) {
  static const std::string wanted = [] {
    const char* value = std::getenv("SLUIS_STOP_AT");
    return std::string(value != nullptr ? value : "");
  }();
  if (!wanted.empty() && wanted == name) ::raise(SIGSTOP);
}

}  // namespace sluis
