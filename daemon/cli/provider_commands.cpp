#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/registration.h"
#include "office/providers.h"
#include "office/signers.h"
#include "registry/registry.h"
#include "run/reminders.h"
#include "run/schedule.h"

namespace sluis::cli {

namespace {

struct AddOptions {
  std::string code;
  std::string name;
  std::vector<std::string> mails;
  std::vector<std::string> sshKeys;
  std::vector<std::string> signers;
  std::string from;
};

Registration wanted(const AddOptions& options, const config::Config& config) {
  if (!options.from.empty()) {
    if (!options.code.empty() || !options.name.empty() || !options.mails.empty() || !options.sshKeys.empty() ||
        !options.signers.empty())
      throw Error(ErrorKind::usage, "--from stands alone: the file says the rest");
    return readRegistration(options.from, office::providerDefaults(config));
  }
  const std::pair<const char*, bool> needed[] = {{"--code", options.code.empty()},
                                                 {"--name", options.name.empty()},
                                                 {"--mail", options.mails.empty()},
                                                 {"--ssh-key", options.sshKeys.empty()},
                                                 {"--signer", options.signers.empty()}};
  for (const auto& [option, missing] : needed)
    if (missing)
      throw Error(ErrorKind::usage, fmt::format("{} is needed (or --from FILE.yaml)", option),
                  "type: sluis provider add --help");
  Registration registration{.provider = office::providerDefaults(config), .loginKeys = {}, .signers = {}};
  registration.provider.code = canonicalCode(options.code);
  registration.provider.name = options.name;
  registration.provider.mails = options.mails;
  registration.loginKeys.assign(options.sshKeys.begin(), options.sshKeys.end());
  registration.signers.assign(options.signers.begin(), options.signers.end());
  return registration;
}

Json toJson(const registry::Provider& provider) {
  return {{"code", provider.code},
          {"name", provider.name},
          {"mail", provider.mails},
          {"suspended", provider.suspended},
          {"max_file_bytes", provider.maxFileBytes},
          {"quota_bytes", provider.quotaBytes},
          {"open_periods", provider.openPeriods},
          {"max_deleted_share", provider.maxDeletedShare},
          {"max_rejected_records", provider.maxRejectedRecords},
          {"added", toRfc3339(provider.added)}};
}

int addOne(Session& session, const AddOptions& options) {
  const Registration registration = wanted(options, session.config());
  postgres::Transaction transaction(session.database());
  const auto fingerprints = office::addProvider(transaction, readKeys(registration), session.occasion());
  transaction.commit();
  tellDaemon(session);
  if (session.json) {
    Json json = {{"code", registration.provider.code}};
    for (const auto& [name, fingerprint] : fingerprints) json[name] = fingerprint;
    printJson(json);
    return kGood;
  }
  printLine(
      fmt::format("{} ({}) is registered and may log in", registration.provider.code, registration.provider.name));
  for (const auto& [name, fingerprint] : fingerprints) printLine(fmt::format("  {}  {}", name, fingerprint));
  printLine(
      fmt::format("Deliveries are taken once there is an agreement: sluis agreement add --provider {} "
                  "--municipality GM0000 --dataset jeugdhulp --from YYYY-MM-DD",
                  registration.provider.code));
  return kGood;
}

int list(Session& session) {
  const auto providers = registry::providers(session.database());
  if (session.json) {
    Json json = Json::array();
    for (const auto& provider : providers) json.push_back(toJson(provider));
    printJson(json);
    return kGood;
  }
  Table table({"code", "name", "mail", "state", "since"});
  for (const auto& provider : providers)
    table.add({provider.code, provider.name, fmt::format("{}", fmt::join(provider.mails, " ")),
               provider.suspended ? "suspended" : "active", localTime(provider.added)});
  print(table.text("no providers; type: sluis provider add --help"));
  return kGood;
}

int show(Session& session, const std::string& text) {
  const std::string code = canonicalCode(text);
  auto& database = session.database();
  const auto provider = registry::provider(database, code);
  const auto keys = registry::loginKeys(database, code);
  const auto signers = registry::signers(database, code);
  const auto agreements = registry::agreements(database, code);
  const auto& clock = session.config().run;
  const auto expected =
      run::expectedOf(database, provider, run::Schedule(clock.at, clock.timezone).today(session.now()));
  if (session.json) {
    Json json = toJson(provider);
    json["login_keys"] = Json::array();
    for (const auto& key : keys)
      json["login_keys"].push_back(
          {{"fingerprint", key.fingerprint}, {"comment", key.comment}, {"added", toRfc3339(key.added)}});
    json["signers"] = Json::array();
    for (const auto& signer : signers)
      json["signers"].push_back({{"kind", registry::toString(signer.kind)},
                                 {"fingerprint", signer.fingerprint},
                                 {"label", signer.label},
                                 {"valid_from", orNull(signer.validFrom)},
                                 {"valid_until", orNull(signer.validUntil)},
                                 {"revoked", orNull(signer.revokedAt)}});
    json["agreements"] = Json::array();
    for (const auto& each : agreements)
      json["agreements"].push_back({{"id", each.id},
                                    {"municipality", each.municipality},
                                    {"dataset", each.dataset},
                                    {"from", toIsoDate(each.validFrom)},
                                    {"until", each.validUntil ? Json(toIsoDate(*each.validUntil)) : Json(nullptr)}});
    json["expected"] = Json::array();
    for (const auto& each : expected)
      json["expected"].push_back(
          {{"dataset", each.dataset}, {"period", each.period.text()}, {"until", toIsoDate(each.lastDay)}});
    printJson(json);
    return kGood;
  }
  Sheet sheet;
  sheet.add("provider", provider.code);
  sheet.add("name", provider.name);
  sheet.add("mail", fmt::format("{}", fmt::join(provider.mails, " ")));
  sheet.add("state", std::string(provider.suspended ? "suspended" : "active"));
  sheet.add("limits",
            fmt::format("file {} bytes, quota {} bytes, {} open periods, {} wrong records allowed",
                        provider.maxFileBytes, provider.quotaBytes, provider.openPeriods, provider.maxRejectedRecords));
  for (const auto& key : keys) sheet.add("login key", fmt::format("{} {}", key.fingerprint, key.comment));
  for (const auto& signer : signers)
    sheet.add(fmt::format("signer ({})", registry::toString(signer.kind)),
              fmt::format("{} {}{}{}", signer.fingerprint, signer.label,
                          signer.validUntil ? " until " + localTime(signer.validUntil) : "",
                          signer.revokedAt ? ", revoked" : ""));
  for (const auto& each : agreements)
    sheet.add("agreement", fmt::format("{} {} from {}{}", each.municipality, each.dataset, toIsoDate(each.validFrom),
                                       each.validUntil ? " until " + toIsoDate(*each.validUntil) : ""));
  for (const auto& each : expected)
    sheet.add("expected", fmt::format("{} {} until {}", each.dataset, each.period.text(), toIsoDate(each.lastDay)));
  print(sheet.text());
  return kGood;
}

constexpr std::int64_t kKeep = -1;

struct SetOptions {
  std::string code;
  std::string name;
  std::vector<std::string> mails;
  std::int64_t maxFileBytes = kKeep;
  std::int64_t quotaBytes = kKeep;
  std::int64_t openPeriods = kKeep;
  std::string maxDeletedShare;
  std::int64_t maxRejectedRecords = kKeep;
};

double shareOf(const std::string& text) {
  double share = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (failed != std::errc() || end != text.data() + text.size() || !(share >= 0 && share <= 1))
    throw Error(ErrorKind::usage, fmt::format("\"{}\" is no share between 0 and 1", text), "0.2 is 20 percent");
  return share;
}

int setOne(Session& session, const SetOptions& options) {
  postgres::Transaction transaction(session.database());
  registry::Provider after = registry::provider(session.database(), canonicalCode(options.code));
  const auto put = [](std::int64_t given, auto& place) {
    if (given != kKeep) place = static_cast<std::remove_reference_t<decltype(place)>>(given);
  };
  if (!options.name.empty()) after.name = options.name;
  if (!options.mails.empty()) after.mails = options.mails;
  put(options.maxFileBytes, after.maxFileBytes);
  put(options.quotaBytes, after.quotaBytes);
  put(options.openPeriods, after.openPeriods);
  put(options.maxRejectedRecords, after.maxRejectedRecords);
  if (!options.maxDeletedShare.empty()) after.maxDeletedShare = shareOf(options.maxDeletedShare);
  const auto changed = office::changeProvider(transaction, after, session.occasion());
  transaction.commit();
  if (!changed.empty()) tellDaemon(session);
  if (session.json) {
    printJson(toJson(after));
    return kGood;
  }
  if (changed.empty()) printLine(fmt::format("{} is so already", after.code));
  for (const auto& [name, value] : changed) printLine(fmt::format("{}: {} is now {}", after.code, name, value));
  return kGood;
}

int setSuspended(Session& session, const std::string& text, bool suspended) {
  const std::string code = canonicalCode(text);
  postgres::Transaction transaction(session.database());
  const bool changed = office::setSuspended(transaction, code, suspended, session.occasion());
  transaction.commit();
  if (changed) tellDaemon(session);
  printLine(fmt::format("{} is {}{}", code, suspended ? "suspended" : "active", changed ? "" : " already"));
  return kGood;
}

int revokeSigner(Session& session, const std::string& text, const std::string& fingerprint) {
  const std::string code = canonicalCode(text);
  postgres::Transaction transaction(session.database());
  office::revokeSigner(transaction, code, fingerprint, session.occasion());
  transaction.commit();
  tellDaemon(session);
  printLine(fmt::format("{}: nothing signed with {} is taken from now on", code, fingerprint));
  return kGood;
}

// For who came without: a provider that applied at the portal has none yet.
int addKeys(Session& session, const AddOptions& options) {
  Registration registration{.provider = {}, .loginKeys = {}, .signers = {}};
  registration.provider.code = canonicalCode(options.code);
  registration.loginKeys.assign(options.sshKeys.begin(), options.sshKeys.end());
  registration.signers.assign(options.signers.begin(), options.signers.end());
  postgres::Transaction transaction(session.database());
  const auto fingerprints = office::addKeys(transaction, readKeys(registration), session.occasion());
  transaction.commit();
  tellDaemon(session);
  Json json = {{"code", registration.provider.code}};
  for (const auto& [name, fingerprint] : fingerprints) {
    json[name] = fingerprint;
    if (!session.json) printLine(fmt::format("{} may use {}", registration.provider.code, fingerprint));
  }
  if (session.json) printJson(json);
  return kGood;
}

}  // namespace

void addProviderCommands(Command program, Session& session) {
  Command group = program.group("provider", "Who may deliver, with which keys");
  auto options = std::make_shared<AddOptions>();
  Command add =
      group.command(session, "add", "Register a provider",
                    "sluis provider add --code P0001 --name \"Stichting Voorbeeld\" --mail ict@voorbeeld.nl \\\n"
                    "    --ssh-key login.pub --signer signing.pub --signer certificate.pem\n"
                    "  sluis provider add --from voorbeeld.yaml     (code, name, mail, ssh_key, signer)",
                    [&session, options] { return addOne(session, *options); });
  add.option("--code", options->code, "2 to 16 letters and digits: P0001", {.type = "CODE"});
  add.option("--name", options->name, "As it stands in mails", {.type = "NAME"});
  add.option("--mail", options->mails, "Where mails go; may be repeated", {.type = "ADDRESS"});
  add.option("--ssh-key", options->sshKeys, "OpenSSH public key for login; may be repeated", {.type = "FILE"});
  add.option("--signer", options->signers, "OpenSSH public key or certificate that signs; may be repeated",
             {.type = "FILE"});
  add.option("--from", options->from, "All of this from a file", {.type = "FILE.yaml"});
  auto set = std::make_shared<SetOptions>();
  Command change = group.command(session, "set", "Change a provider's name, addresses or limits",
                                 "sluis provider set P0001 --max-rejected-records 5",
                                 [&session, set] { return setOne(session, *set); });
  change.option("code", set->code, "The provider's code", {.type = "CODE", .required = true});
  change.option("--name", set->name, "As it stands in mails", {.type = "NAME"});
  change.option("--mail", set->mails, "Where mails go, in place of the present ones; may be repeated",
                {.type = "ADDRESS"});
  change.option("--max-rejected-records", set->maxRejectedRecords,
                "So many wrong records are left out and named; more, and nothing is loaded",
                {.type = "N", .most = INT32_MAX});
  change.option("--max-deleted-share", set->maxDeletedShare,
                "A replacement that deletes more of the earlier records is held", {.type = "SHARE"});
  change.option("--open-periods", set->openPeriods, "Latest finished periods of each kind that may be delivered",
                {.type = "N", .least = 1, .most = 1000});
  change.option("--max-file-bytes", set->maxFileBytes, "One delivery", {.type = "BYTES", .least = 1});
  change.option("--quota-bytes", set->quotaBytes, "What may lie in inbox/ and test/", {.type = "BYTES", .least = 1});
  group.command(session, "list", "All providers", "sluis provider list --json", [&session] { return list(session); });
  auto code = std::make_shared<std::string>();
  const auto withCode = [&](const char* name, const char* description, std::function<int()> run) {
    Command command = group.command(session, name, description, fmt::format("sluis provider {} P0001", name), run);
    command.option("code", *code, "The provider's code", {.type = "CODE", .required = true});
  };
  withCode("show", "One provider with its keys, signers and agreements",
           [&session, code] { return show(session, *code); });
  withCode("suspend", "No more logins and deliveries, until resumed",
           [&session, code] { return setSuspended(session, *code, true); });
  withCode("resume", "End a suspension", [&session, code] { return setSuspended(session, *code, false); });
  Command keys = group.command(session, "add-key", "Let a provider that is there use more keys",
                               "sluis provider add-key P0001 --ssh-key login.pub --signer signing.pub",
                               [&session, options] { return addKeys(session, *options); });
  keys.option("code", options->code, "The provider's code", {.type = "CODE", .required = true});
  keys.option("--ssh-key", options->sshKeys, "OpenSSH public key for login; may be repeated", {.type = "FILE"});
  keys.option("--signer", options->signers, "OpenSSH public key or certificate that signs; may be repeated",
              {.type = "FILE"});
  auto fingerprint = std::make_shared<std::string>();
  Command revoke = group.command(session, "revoke-signer", "Take no more signatures by a key or certificate",
                                 "sluis provider revoke-signer P0001 SHA256:…     (as in sluis provider show)",
                                 [&session, code, fingerprint] { return revokeSigner(session, *code, *fingerprint); });
  revoke.option("code", *code, "The provider's code", {.type = "CODE", .required = true});
  revoke.option("fingerprint", *fingerprint, "Of the key or certificate", {.type = "SHA256:…", .required = true});
}

}  // namespace sluis::cli
