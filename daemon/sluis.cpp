// sluis: the command line. Wiring only.
#include <cstdio>
#include <exception>

#include "base/secret.h"
#include "cli/commands.h"

int main(int argc, char** argv) {
  try {
    sluis::forbidCoreDumps();  // `validate` sees numbers, `key` sees keys
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluis: %s\n", error.what());
    return sluis::cli::kEnvironmentFailed;
  }
  return sluis::cli::runProgram(argc, argv);
}
