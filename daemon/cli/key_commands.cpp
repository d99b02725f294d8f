#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <regex>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "control/client.h"
#include "crypto/keyring.h"
#include "load/parts.h"
#include "load/rekey.h"
#include "run/coverage.h"

namespace sluis::cli {

namespace {

using crypto::Keyring;

// What the database knows of the keys; nothing where it cannot be asked.
struct Use {
  bool known = false;
  std::map<std::uint16_t, std::uint16_t> inForce;
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint64_t> records;
  std::vector<load::Rotation> underWay;

  const load::Rotation* rotation(std::uint16_t municipality) const {
    const auto found = std::find_if(underWay.begin(), underWay.end(),
                                    [&](const auto& each) { return each.municipality == municipality; });
    return found == underWay.end() ? nullptr : &*found;
  }
};

Use useOf(postgres::Connection& database) {
  Use use{.known = true, .inForce = load::domains(database), .records = {}, .underWay = {}};
  for (const auto& each : load::keyUse(database)) use.records[{each.municipality, each.version}] = each.records;
  use.underWay = load::rotationsUnderWay(database);
  return use;
}

// Keys can be listed where there is no database yet, or none just now.
Use useIfKnown(Session& session) {
  try {
    return useOf(session.database());
  } catch (const Error& error) {
    fmt::print(stderr, "sluis: which keys are in use is not known: {}\n", error.message());
    return {};
  }
}

std::string municipalityOf(const std::string& text) {
  std::smatch parts;
  if (!std::regex_match(text, parts, std::regex("(?:domain-)?(?:[Gg][Mm])?([0-9]{4})")))
    throw Error(ErrorKind::usage, fmt::format("\"{}\" is no domain", text), "write a municipality, as GM0034");
  return "GM" + parts[1].str();
}

// Those that are made once and never replaced; why, and the state that the list shows.
struct Lasting {
  std::string_view name;
  std::string_view state;
  std::string_view why;
};
constexpr std::array<Lasting, 2> kLasting = {{
    {Keyring::kPseudonym, "step 1: can never be replaced",
     "without the numbers no child would be recognised again: docs/pseudonyms.md"},
    {Keyring::kCell, "noise of the figures: can never be replaced",
     "all noise would be drawn anew, and two answers to one query could be averaged: docs/pseudonyms.md"},
}};

const Lasting* lasting(std::string_view name) {
  const auto found =
      std::find_if(kLasting.begin(), kLasting.end(), [&](const auto& each) { return each.name == name; });
  return found == kLasting.end() ? nullptr : &*found;
}

void refuseLasting(std::string_view name) {
  if (const Lasting* one = lasting(name))
    throw Error(ErrorKind::usage, fmt::format("the key {} can never be replaced or put out of use", name),
                std::string(one->why));
}

std::uint16_t domainNumber(const crypto::Key& key) {
  constexpr std::string_view kPrefix = "domain-";
  return key.name.starts_with(kPrefix) ? run::municipalityNumber(std::string_view(key.name).substr(kPrefix.size())) : 0;
}

struct Listed {
  const crypto::Key* key;
  std::optional<bool> inForce;
  std::optional<std::uint64_t> records;
  const load::Rotation* rotation = nullptr;  // that goes to this version
  bool rotating = false;                     // away from this version
};

std::vector<Listed> listed(const Keyring& keys, const Use& use) {
  std::vector<Listed> all;
  for (const auto* key : keys.list()) {
    Listed one{.key = key, .inForce = {}, .records = {}};
    const std::uint16_t municipality = domainNumber(*key);
    const bool latest = keys.latest(key->name) == key;
    if (key->name == Keyring::kCell) {
      one.inForce = key->version == 1;
    } else if (municipality == 0) {
      one.inForce = latest;
    } else if (use.known) {
      const auto version = use.inForce.find(municipality);
      one.inForce = version == use.inForce.end() ? latest : version->second == key->version;
      const auto records = use.records.find({municipality, key->version});
      one.records = records == use.records.end() ? 0 : records->second;
      const auto* rotation = use.rotation(municipality);
      if (rotation != nullptr && rotation->to == key->version) one.rotation = rotation;
      one.rotating = rotation != nullptr && rotation->from == key->version;
    }
    all.push_back(one);
  }
  return all;
}

std::string stateOf(const Listed& one) {
  if (const Lasting* known = lasting(one.key->name); known != nullptr && one.inForce.value_or(false))
    return std::string(known->state);
  if (one.rotation != nullptr)
    return fmt::format("in force; rotating from version {}, part {} of {}", one.rotation->from, one.rotation->nextPart,
                       load::kParts);
  if (one.rotating) return "being replaced";
  if (!one.inForce) return "";
  if (*one.inForce) return "in force";
  return one.records.value_or(0) > 0 ? "old, in use" : "not in use";
}

int list(Session& session) {
  const auto keys = Keyring::load(session.config().keys);
  const Use use = useIfKnown(session);
  const auto all = listed(keys, use);
  if (session.json) {
    Json json = Json::array();
    for (const auto& one : all) {
      Json rotation = nullptr;
      if (one.rotation != nullptr)
        rotation = {{"from", one.rotation->from},
                    {"to", one.rotation->to},
                    {"asked_by", one.rotation->askedBy},
                    {"started", toRfc3339(one.rotation->started)},
                    {"records", one.rotation->records},
                    {"part", one.rotation->nextPart},
                    {"parts", load::kParts}};
      json.push_back({{"name", one.key->name},
                      {"version", one.key->version},
                      {"in_force", orNull(one.inForce)},
                      {"records", orNull(one.records)},
                      {"rotation", rotation}});
    }
    printJson(json);
    return kGood;
  }
  Table table({"name", "version", "records", "state"});
  for (const auto& one : all)
    table.add({one.key->name, std::to_string(one.key->version), one.records ? std::to_string(*one.records) : "",
               stateOf(one)});
  print(table.text("no keys; type: sluis key new"));
  return kGood;
}

void requireFolder(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder, ignored))
    throw Error(ErrorKind::config, fmt::format("there is no folder {}", folder.string()),
                fmt::format("type: install -d -m 0700 -o sluisd {}", folder.string()));
}

// The log first: a key that nobody knows of is worse than an entry for a key that could not be written.
std::uint16_t create(Session& session, Keyring& keys, const std::string& name) {
  postgres::Transaction transaction(session.database());
  const auto* last = keys.latest(name);
  audit::append(transaction, session.event("key.created", name,
                                           {{"version", std::to_string(last == nullptr ? 1 : last->version + 1)}}));
  const auto& key = keys.create(name);
  transaction.commit();
  return key.version;
}

// Without a name: those of the lasting keys that are not there yet.
int makeNew(Session& session, const std::string& name) {
  const auto& folder = session.config().keys;
  requireFolder(folder);
  auto keys = Keyring::load(folder);
  std::vector<std::string> wanted;
  if (name.empty()) {
    for (const auto& each : kLasting)
      if (keys.latest(each.name) == nullptr) wanted.emplace_back(each.name);
    if (wanted.empty())
      throw Error(ErrorKind::usage, "the keys that every system needs are there already", "sluis key list");
  } else {
    // What is stored was made with the first version; a second one would split every child in two.
    if (keys.latest(name) != nullptr) {
      const Lasting* known = lasting(name);
      throw Error(ErrorKind::usage, fmt::format("there is a key {} already", name),
                  known == nullptr ? "to replace it: sluis key rotate"
                                   : fmt::format("it can never be replaced: {}", known->why));
    }
    wanted.push_back(name);
  }
  Json made = Json::array();
  for (const auto& each : wanted) {
    const std::uint16_t version = create(session, keys, each);
    made.push_back(Json{{"name", each}, {"version", version}});
    if (!session.json) printLine(fmt::format("made {} version {} in {}", each, version, folder.string()));
  }
  tellDaemon(session);
  if (session.json)
    printJson(name.empty() ? made : made[0]);
  else
    printLine("Put a copy in the safe now. Without it no record can be recognised again, and no figure made again.");
  return kGood;
}

int rotate(Session& session, const std::string& domain) {
  refuseLasting(domain);
  const std::string municipality = municipalityOf(domain);
  const std::uint16_t number = run::municipalityNumber(municipality);
  const std::string name = Keyring::domainName(number);
  auto keys = Keyring::load(session.config().keys);
  const auto* latest = keys.latest(name);
  if (latest == nullptr) throw Error(ErrorKind::usage, fmt::format("there is no key {}", name), "sluis key list");
  const auto underWay = load::rotationsUnderWay(session.database());
  const bool going =
      std::any_of(underWay.begin(), underWay.end(), [&](const auto& each) { return each.municipality == number; });
  const auto inForce = load::domains(session.database());
  if (!inForce.contains(number))
    throw Error(ErrorKind::usage,
                fmt::format("nothing was ever loaded for {}: there is nothing to re-key", municipality));
  const bool tell = !session.json;
  // A key that an earlier call made and that never came into force is taken now.
  if (!going && latest->version <= inForce.at(number)) {
    if (!control::answers(session.daemon()))
      throw Error(ErrorKind::system, "sluisd does not answer, and it is sluisd that re-keys", "start it first");
    const std::uint16_t made = create(session, keys, name);
    if (tell) {
      printLine(fmt::format("made {} version {} in {}", name, made, session.config().keys.string()));
      printLine("Put a copy in the safe now, beside that of the earlier version.");
    }
  }
  Json answer = Json(control::ask(session.daemon(), "rotate",
                                  [tell](const std::string& text) {
                                    if (!tell) return;
                                    printLine(text);
                                    std::fflush(stdout);
                                  },
                                  {{"domain", municipality}}));
  const bool finished = !answer["finished"].is_null();
  if (session.json)
    printJson(answer);
  else if (finished)
    printLine(fmt::format(
        "{} is at version {}. When no backup needs version {} any more: sluis key retire {} --version {}", municipality,
        answer.value("to", 0), answer.value("from", 0), municipality, answer.value("from", 0)));
  else
    printLine("sluisd is stopping; it goes on by itself when it is started again");
  return kGood;
}

int retire(Session& session, const std::string& domain, std::int64_t version) {
  refuseLasting(domain);
  const std::string municipality = municipalityOf(domain);
  const std::uint16_t number = run::municipalityNumber(municipality);
  const std::string name = Keyring::domainName(number);
  auto keys = Keyring::load(session.config().keys);
  const auto wanted = static_cast<std::uint16_t>(version);
  if (keys.find(name, wanted) == nullptr)
    throw Error(ErrorKind::usage, fmt::format("there is no version {} of the key {}", version, name), "sluis key list");
  postgres::Transaction transaction(session.database());
  const Use use = useOf(session.database());
  if (use.rotation(number) != nullptr)
    throw Error(ErrorKind::usage, fmt::format("the key of {} is being rotated", municipality),
                "wait for its end: sluis key list");
  const auto inForce = use.inForce.find(number);
  if (inForce == use.inForce.end() ? keys.latest(name)->version == wanted : inForce->second <= wanted)
    throw Error(ErrorKind::usage, fmt::format("version {} of the key {} is in force, or will be", version, name),
                fmt::format("first: sluis key rotate {}", municipality));
  if (const auto records = use.records.find({number, wanted}); records != use.records.end() && records->second > 0)
    throw Error(ErrorKind::usage,
                fmt::format("{} records are under version {} of the key {}", records->second, version, name));
  audit::append(transaction, session.event("key.retired", name, {{"version", std::to_string(version)}}));
  const auto path = keys.retire(name, wanted);
  transaction.commit();
  tellDaemon(session);
  if (session.json) {
    printJson(Json{{"name", name}, {"version", version}, {"file", path.string()}});
    return kGood;
  }
  printLine(fmt::format("version {} of {} is out of use: {}", version, name, path.string()));
  printLine("A backup from before the rotation needs it. Once there is none left, destroy it and its copies.");
  return kGood;
}

}  // namespace

void addKeyCommands(Command program, Session& session) {
  Command group = program.group("key", "The keys that make pseudonyms and draw the noise of figures");
  group.command(session, "list", "Names, versions and use; never a key", "sluis key list",
                [&session] { return list(session); });
  auto name = std::make_shared<std::string>();
  Command add = group.command(session, "new", "Make the keys that every system needs, or the named one",
                              "sluis key new", [&session, name] { return makeNew(session, *name); });
  add.option("name", *name, "pseudonym, cell, or domain-GM0034 (agreement add makes those); without it the first two",
             {.type = "NAME"});
  auto domain = std::make_shared<std::string>();
  Command turn =
      group.command(session, "rotate", "Give a domain a new key and bring all its records under it, while runs go on",
                    "sluis key rotate GM0034", [&session, domain] { return rotate(session, *domain); });
  turn.option("domain", *domain, "The municipality whose key it is", {.type = "DOMAIN", .required = true});
  auto version = std::make_shared<std::int64_t>(0);
  Command end = group.command(session, "retire", "Put a version out of use that no record needs",
                              "sluis key retire GM0034 --version 1",
                              [&session, domain, version] { return retire(session, *domain, *version); });
  end.option("domain", *domain, "The municipality whose key it was", {.type = "DOMAIN", .required = true});
  end.option("--version", *version, "Which", {.type = "N", .required = true, .least = 1, .most = 9999});
}

}  // namespace sluis::cli
