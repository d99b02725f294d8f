#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "crypto/keyring.h"

namespace sluis::cli {

namespace {

int list(Session& session) {
  const auto keys = crypto::Keyring::load(session.config().keys);
  if (session.json) {
    Json json = Json::array();
    for (const auto* key : keys.list()) json.push_back({{"name", key->name}, {"version", key->version}});
    printJson(json);
    return kGood;
  }
  Table table({"name", "version", "for"});
  for (const auto* key : keys.list())
    table.add({key->name, std::to_string(key->version),
               key->name == crypto::Keyring::kPseudonym ? "pseudonyms, step 1: can never be replaced"
                                                        : "pseudonyms, step 2: one municipality"});
  print(table.text("no keys; type: sluis key new"));
  return kGood;
}

int makeNew(Session& session, const std::string& name) {
  const auto& folder = session.config().keys;
  std::error_code ignored;
  if (!std::filesystem::exists(folder, ignored))
    throw Error(ErrorKind::config, fmt::format("there is no folder {}", folder.string()),
                fmt::format("type: install -d -m 0700 -o sluisd {}", folder.string()));
  auto keys = crypto::Keyring::load(folder);
  // What is stored was made with the first version; a second one would split every child in two.
  if (keys.latest(name) != nullptr)
    throw Error(ErrorKind::usage, fmt::format("there is a key {} already", name),
                "replacing a key needs its old one and the records: sluis key rotate, in a later version");
  // The log first: a key that nobody knows of is worse than an entry for a key that could not be written.
  postgres::Transaction transaction(session.database());
  audit::append(transaction, session.event("key.created", name));
  const auto& key = keys.create(name);
  transaction.commit();
  printLine(fmt::format("made {} version {} in {}", key.name, key.version, folder.string()));
  printLine("Put a copy in the safe now. Without it no record can be recognised again.");
  return kGood;
}

}  // namespace

void addKeyCommands(Command program, Session& session) {
  Command group = program.group("key", "The keys that make pseudonyms");
  group.command(session, "list", "Names and versions; never a key", "sluis key list",
                [&session] { return list(session); });
  auto name = std::make_shared<std::string>(crypto::Keyring::kPseudonym);
  Command add = group.command(session, "new", "Make a key", "sluis key new",
                              [&session, name] { return makeNew(session, *name); });
  add.option("name", *name, "pseudonym, or domain-GM0034 (agreement add makes those)",
             {.type = "NAME", .showDefault = true});
}

}  // namespace sluis::cli
