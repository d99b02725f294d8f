// sluis: the command line. Wiring only.
#include "cli/commands.h"

int main(int argc, char** argv) {
  return sluis::cli::runProgram(argc, argv);
}
