#include <fmt/format.h>

#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "office/accounts.h"

namespace sluis::cli {

namespace {

using account::Account;

struct Options {
  std::string user;
  std::string name;
  std::string role;
  std::string subject;
  std::string language = "nl";
};

Json toJson(const Account& account) {
  return {{"id", account.id},
          {"user", account.user},
          {"name", account.name},
          {"role", account::toString(account.role)},
          {"of", account.subject.empty() ? Json(nullptr) : Json(account.subject)},
          {"language", account.language},
          {"state", account::toString(account.state)},
          {"second_factor", account.hasSecondFactor},
          {"created", toRfc3339(account.created)},
          {"last_sign_in", orNull(account.lastSignIn)}};
}

// What became of it, in both forms of output; and sluisd is told that there is a mail to send.
int changed(Session& session, const std::string& user, const std::string& what) {
  tellDaemon(session);
  const auto now = account::find(session.database(), user);
  if (session.json)
    printJson(toJson(now.value()));
  else
    printLine(fmt::format("{} {}", account::describe(now.value()), what));
  return kGood;
}

int add(Session& session, const Options& options) {
  const auto role = account::roleFrom(options.role);
  if (!role)
    throw Error(ErrorKind::usage, fmt::format("there is no role \"{}\"", options.role),
                "municipality, provider, operator or auditor");
  postgres::Transaction transaction(session.database());
  const auto made =
      office::invite(transaction,
                     {.user = options.user,
                      .name = options.name,
                      .role = *role,
                      .subject = options.subject,
                      .language = options.language},
                     office::municipalitiesOf(session.config()), office::postOf(session.config()), session.occasion());
  transaction.commit();
  return changed(session, made.user, "is invited by mail");
}

int list(Session& session) {
  const auto accounts = account::accounts(session.database());
  if (session.json) {
    Json json = Json::array();
    for (const auto& each : accounts) json.push_back(toJson(each));
    printJson(json);
    return kGood;
  }
  Table table({"user", "name", "role", "of", "state", "second factor", "last sign-in"});
  for (const auto& each : accounts)
    table.add({each.user, each.name, std::string(account::toString(each.role)), each.subject,
               std::string(account::toString(each.state)), each.hasSecondFactor ? "yes" : "no",
               localTime(each.lastSignIn)});
  print(table.text("no accounts; type: sluis account add --help"));
  return kGood;
}

int disable(Session& session, const std::string& user) {
  postgres::Transaction transaction(session.database());
  const bool did = office::disableAccount(transaction, user, office::postOf(session.config()), session.occasion());
  transaction.commit();
  return changed(session, user, did ? "is disabled; its sessions have ended" : "is disabled already");
}

int enable(Session& session, const std::string& user) {
  postgres::Transaction transaction(session.database());
  const bool did = office::enableAccount(transaction, user, session.occasion());
  transaction.commit();
  return changed(session, user, did ? "may sign in again" : "is not disabled");
}

int reset(Session& session, const std::string& user) {
  postgres::Transaction transaction(session.database());
  office::resetAccount(transaction, user, office::postOf(session.config()), session.occasion());
  transaction.commit();
  return changed(session, user, "begins anew; a new link goes by mail");
}

}  // namespace

void addAccountCommands(Command program, Session& session) {
  Command group = program.group("account", "Who may use the portal");
  auto options = std::make_shared<Options>();
  Command command = group.command(session, "add", "Invite somebody by mail",
                                  "sluis account add --user j.devries@aanbieder.example --name \"J. de Vries\" \\\n"
                                  "    --role provider --for P0001",
                                  [&session, options] { return add(session, *options); });
  command.option("--user", options->user, "Mail address: the user name, and where the link goes",
                 {.type = "MAIL", .required = true});
  command.option("--name", options->name, "As it stands in mails and pages", {.type = "NAME", .required = true});
  command.option("--role", options->role, "municipality, provider, operator or auditor",
                 {.type = "ROLE", .required = true});
  command.option("--for", options->subject,
                 "The municipality (GM0034) or the provider (P0001); an operator or auditor is for none",
                 {.type = "CODE"});
  command.option("--language", options->language, "Of the pages: nl or en", {.type = "nl|en", .showDefault = true});
  group.command(session, "list", "All accounts", "sluis account list --json", [&session] { return list(session); });
  const auto withUser = [&](const char* name, const char* description, int (*run)(Session&, const std::string&)) {
    Command each =
        group.command(session, name, description, fmt::format("sluis account {} j.devries@aanbieder.example", name),
                      [&session, options, run] { return run(session, options->user); });
    each.option("user", options->user, "The user name", {.type = "USER", .required = true});
  };
  withUser("disable", "No more signing in; sessions and links end at once", disable);
  withUser("enable", "May sign in again, as before", enable);
  withUser("reset", "Forget password and second factor, and mail a new link", reset);
}

}  // namespace sluis::cli
