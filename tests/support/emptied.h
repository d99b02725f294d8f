// One database for all tests of a program, emptied for each: making a new one takes longer than most tests do.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "support/database.h"

namespace sluis::test {

/// With these tables empty, in this order; "audit.entry" too, which only the owner of the machine can.
inline Database& emptied(const std::vector<std::string>& tables) {
  static Database database;
  auto owner = database.connect();
  for (const auto& table : tables) {
    if (table == "audit.entry") owner.script("ALTER TABLE audit.entry DISABLE TRIGGER ALL");
    owner.exec(fmt::format("DELETE FROM {}", table));
    if (table != "audit.entry") continue;
    owner.script("ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER refuse_change");
    owner.script("ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER continue_chain");
  }
  return database;
}

}  // namespace sluis::test
