// sluis-reader: the worker in which foreign bytes are parsed. Started by sluisd and sluis, never by hand.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string_view>

#include "reader/protocol.h"
#include "reader/worker_side.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--version") {
    std::puts("sluis-reader " SLUIS_VERSION);
    return 0;
  }
  if ((argc != 3 && argc != 4) || std::string_view(argv[1]) != "worker" ||
      ::fcntl(sluis::reader::kRingFd, F_GETFD) < 0) {
    std::fputs("sluis-reader is started by sluisd and sluis; it has no use of its own.\n", stderr);
    return 2;
  }
  int status = 1;
  try {
    status = sluis::reader::work(argv[2], argc == 4 ? argv[3] : "");
  } catch (const std::exception&) {
    // Whatever it was may hold a delivered value: the parent sees that the worker ended, and that is all.
  }
  // Confined: the handlers of a normal exit, those of plugins included, have nothing left to do.
  ::_exit(status);
}
