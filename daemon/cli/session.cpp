#include "cli/session.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

#include "base/error.h"
#include "postgres/migrate.h"

namespace sluis::cli {

const config::Config& Session::config() {
  if (!config_) config_ = config::load(configFile);
  return *config_;
}

postgres::Connection& Session::database() {
  if (!database_) {
    auto connection = std::make_unique<postgres::Connection>(config().database.admin, "sluis");
    postgres::requireSchema(*connection);
    database_ = std::move(connection);
  }
  return *database_;
}

const config::Layout& Session::layout() {
  if (!layout_) layout_ = config::layout();
  return *layout_;
}

office::Occasion Session::occasion() const {
  return {.at = now(), .actor = actor(), .system = "sluis"};
}

audit::Event Session::event(std::string what, std::string subject, std::map<std::string, std::string> details) const {
  return occasion().event(std::move(what), std::move(subject), std::move(details));
}

std::string actor() {
  // Only root may say who it was before: anybody can set a variable.
  const char* before = std::getenv("SUDO_USER");
  if (::getuid() == 0 && before != nullptr && *before != '\0') return fmt::format("{} (root)", before);
  const passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : fmt::format("uid {}", ::getuid());
}

void tellDaemon(Session& session) {
  try {
    control::ask(session.daemon(), "reload");
  } catch (const Error&) {
    // Not running, or not ours to ask: it looks at the register's change counter anyway.
  }
}

}  // namespace sluis::cli
