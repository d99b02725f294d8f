#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "base/time.h"

namespace sluis::log {

namespace {

std::string& program() {
  static std::string name = "sluis";
  return name;
}

std::atomic<Level> mostVerbose{Level::info};

}  // namespace

void setProgram(std::string_view name) {
  program() = name;
}
void setLevel(Level most) {
  mostVerbose = most;
}

void write(Level level, std::string_view message) {
  if (level > mostVerbose.load()) return;
  static const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  std::string line = journal ? fmt::format("<{}>", static_cast<int>(level))
                             : fmt::format("{} {}[{}]: {}", toRfc3339(SystemClock().now()), program(), ::getpid(),
                                           level <= Level::error     ? "error: "
                                           : level == Level::warning ? "warning: "
                                                                     : "");
  // One line stays one line: a message may hold a foreign program's text.
  for (const char c : message) line += c == '\n' || c == '\r' ? ' ' : c;
  line += '\n';
  // One write(2), so that lines of several processes do not mix; nobody is left to tell when stderr is gone.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace sluis::log
