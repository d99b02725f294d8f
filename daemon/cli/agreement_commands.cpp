#include <fmt/format.h>

#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/registration.h"
#include "crypto/keyring.h"
#include "office/accounts.h"
#include "office/agreements.h"
#include "office/signers.h"
#include "registry/registry.h"

namespace sluis::cli {

namespace {

struct Options {
  std::string provider;
  std::string municipality;
  std::string dataset = "jeugdhulp";
  std::string from;
  std::string until;
  std::string upload = "automation";
  std::int64_t id = 0;
};

Day day(const std::string& text, const char* option) {
  const auto day = fromIsoDate(text);
  if (!day) throw Error(ErrorKind::usage, fmt::format("{} is no date: \"{}\"", option, text), "write it as 2026-01-31");
  return *day;
}

bool makeKey(const config::Config& config, const std::string& name) {
  auto keys = crypto::Keyring::load(config.keys);
  if (keys.latest(name) != nullptr) return false;
  keys.create(name);
  return true;
}

int addOne(Session& session, const Options& options) {
  registry::Agreement agreement;
  agreement.provider = canonicalCode(options.provider);
  agreement.municipality = office::canonicalMunicipality(options.municipality);
  office::requireMunicipality(agreement.municipality, office::municipalitiesOf(session.config()));
  agreement.dataset = options.dataset;
  agreement.validFrom = day(options.from, "--from");
  if (!options.until.empty()) agreement.validUntil = day(options.until, "--until");
  const auto upload = registry::uploadByFrom(options.upload);
  if (!upload)
    throw Error(ErrorKind::usage, fmt::format("--upload is no \"{}\"", options.upload), "automation or person");
  agreement.upload = *upload;
  postgres::Transaction transaction(session.database());
  const auto added = office::addAgreement(
      transaction, agreement, [&session](const std::string& name) { return makeKey(session.config(), name); },
      session.occasion());
  if (agreement.upload == registry::UploadBy::person)
    office::addPortalSigner(transaction, session.config().portal, agreement.provider, session.occasion());
  transaction.commit();
  tellDaemon(session);
  const std::string keyName = office::keyNameOf(agreement.municipality);
  if (session.json) {
    printJson(Json{{"id", added.id}, {"key_created", added.newKey ? Json(keyName) : Json(nullptr)}});
    return kGood;
  }
  printLine(fmt::format("agreement {}: {} delivers {} of {} from {}{}", added.id, agreement.provider, agreement.dataset,
                        agreement.municipality, options.from,
                        options.until.empty() ? "" : " up to and including " + options.until));
  if (added.newKey) {
    printLine(
        fmt::format("a new key {} was made in {}; put a copy in the safe", keyName, session.config().keys.string()));
    printLine("where systemd hands the keys to sluisd, it learns of this one by: systemctl restart sluisd");
  }
  return kGood;
}

int list(Session& session, const Options& options) {
  const auto provider =
      options.provider.empty() ? std::nullopt : std::optional<std::string>(canonicalCode(options.provider));
  const auto agreements = registry::agreements(session.database(), provider);
  const Day today = std::chrono::floor<std::chrono::days>(session.now());
  if (session.json) {
    Json json = Json::array();
    for (const auto& each : agreements)
      json.push_back({{"id", each.id},
                      {"provider", each.provider},
                      {"municipality", each.municipality},
                      {"dataset", each.dataset},
                      {"from", toIsoDate(each.validFrom)},
                      {"until", each.validUntil ? Json(toIsoDate(*each.validUntil)) : Json(nullptr)},
                      {"upload", registry::toString(each.upload)},
                      {"in_force", each.isInForceOn(today)}});
    printJson(json);
    return kGood;
  }
  Table table({"id", "provider", "municipality", "dataset", "from", "until", "upload", ""});
  for (const auto& each : agreements)
    table.add({std::to_string(each.id), each.provider, each.municipality, each.dataset, toIsoDate(each.validFrom),
               each.validUntil ? toIsoDate(*each.validUntil) : "", std::string(registry::toString(each.upload)),
               each.isInForceOn(today) ? "in force" : ""});
  print(table.text("no agreements; type: sluis agreement add --help"));
  return kGood;
}

int end(Session& session, const Options& options) {
  const Day today = std::chrono::floor<std::chrono::days>(session.now());
  const auto last = options.until.empty() ? std::nullopt : std::optional(day(options.until, "--until"));
  postgres::Transaction transaction(session.database());
  const auto agreement = office::endAgreement(transaction, options.id, last, session.occasion());
  transaction.commit();
  tellDaemon(session);
  printLine(fmt::format("agreement {} of {} with {} {}", agreement.id, agreement.provider, agreement.municipality,
                        !last || *last < today ? "has ended" : "ends after " + toIsoDate(*last)));
  return kGood;
}

}  // namespace

void addAgreementCommands(Command program, Session& session) {
  Command group = program.group("agreement", "Processing agreements: without one a delivery is refused unread");
  auto options = std::make_shared<Options>();
  Command add =
      group.command(session, "add", "Enter an agreement; makes the municipality's key when it has none",
                    "sluis agreement add --provider P0001 --municipality GM0034 --dataset jeugdhulp --from 2026-01-01",
                    [&session, options] { return addOne(session, *options); });
  add.option("--provider", options->provider, "The provider's code", {.type = "CODE", .required = true});
  add.option("--municipality", options->municipality, "GM0034", {.type = "CODE", .required = true});
  add.option("--dataset", options->dataset, "What is delivered", {.type = "NAME", .showDefault = true});
  add.option("--from", options->from, "First day", {.type = "YYYY-MM-DD", .required = true});
  add.option("--until", options->until, "Last day, inside; open when left out", {.type = "YYYY-MM-DD"});
  add.option("--upload", options->upload,
             "person: its people may upload in the portal without a signature, the portal signs; automation: it signs",
             {.type = "BY", .showDefault = true});
  Command all =
      group.command(session, "list", "Agreements, those that ended too", "sluis agreement list --provider P0001",
                    [&session, options] { return list(session, *options); });
  all.option("--provider", options->provider, "Of one provider", {.type = "CODE"});
  Command ending =
      group.command(session, "end", "End an agreement, now or on a day", "sluis agreement end 3 --until 2026-12-31",
                    [&session, options] { return end(session, *options); });
  ending.option("id", options->id, "Its number in the list", {.type = "ID", .required = true});
  ending.option("--until", options->until, "Last day in force; left out: it ends at once", {.type = "YYYY-MM-DD"});
}

}  // namespace sluis::cli
