#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/registration.h"
#include "crypto/keyring.h"
#include "office/applications.h"

namespace sluis::cli {

namespace {

using office::Application;

struct Options {
  std::int64_t id = 0;
  bool all = false;
  std::string note;
  std::string reason;
  std::string code;
  std::string from;
  std::string until;
};

Json toJson(const Application& application) {
  Json people = Json::array();
  for (const auto& person : application.people) people.push_back({{"name", person.name}, {"mail", person.mail}});
  return {
      {"id", application.id},
      {"state", office::toString(application.state)},
      {"organisation", application.organisation},
      {"kvk", application.kvk},
      {"address", {application.street, application.postcode, application.town}},
      {"contact",
       {{"name", application.contact.name}, {"mail", application.contact.mail}, {"phone", application.contactPhone}}},
      {"technical", {{"name", application.technical.name}, {"mail", application.technical.mail}}},
      {"municipalities", application.municipalities},
      {"software", application.software},
      {"format", application.format},
      {"upload", application.upload},
      {"people", people},
      {"remarks", application.remarks},
      {"created", toRfc3339(application.created)},
      {"provider", application.provider.empty() ? Json(nullptr) : Json(application.provider)}};
}

int list(Session& session, const Options& options) {
  const auto found = office::applications(session.database(), options.all);
  if (session.json) {
    Json json = Json::array();
    for (const auto& each : found) json.push_back(toJson(each));
    printJson(json);
    return kGood;
  }
  Table table({"id", "state", "organisation", "municipalities", "since", "provider"});
  for (const auto& each : found)
    table.add({std::to_string(each.id), std::string(office::toString(each.state)), each.organisation,
               fmt::format("{}", fmt::join(each.municipalities, " ")), localTime(each.created), each.provider});
  print(table.text("no applications that wait for somebody"));
  return kGood;
}

int show(Session& session, const Options& options) {
  const auto found = office::findApplication(session.database(), options.id);
  if (!found)
    throw Error(ErrorKind::usage, fmt::format("there is no application {}", options.id),
                "type: sluis application list");
  const auto steps = office::stepsOf(session.database(), options.id);
  if (session.json) {
    Json json = toJson(*found);
    json["steps"] = Json::array();
    for (const auto& step : steps)
      json["steps"].push_back(
          {{"state", office::toString(step.state)}, {"at", toRfc3339(step.at)}, {"note", step.note}});
    printJson(json);
    return kGood;
  }
  Sheet sheet;
  sheet.add("application", std::to_string(found->id));
  sheet.add("state", std::string(office::toString(found->state)));
  sheet.add("organisation", fmt::format("{}, KvK {}", found->organisation, found->kvk));
  sheet.add("address", fmt::format("{}, {} {}", found->street, found->postcode, found->town));
  sheet.add("contact", fmt::format("{}, {}, {}", found->contact.name, found->contact.mail, found->contactPhone));
  if (!found->technical.mail.empty())
    sheet.add("technical", fmt::format("{}, {}", found->technical.name, found->technical.mail));
  sheet.add("municipalities", fmt::format("{}", fmt::join(found->municipalities, " ")));
  sheet.add("delivers", fmt::format("{} by {} {}", found->format, found->upload, found->software));
  for (const auto& person : found->people) sheet.add("account for", fmt::format("{}, {}", person.name, person.mail));
  if (!found->remarks.empty()) sheet.add("remarks", found->remarks);
  sheet.add("received", localTime(found->created));
  for (const auto& step : steps)
    sheet.add(std::string(office::toString(step.state)), fmt::format("{} {}", localTime(step.at), step.note));
  if (!found->provider.empty()) sheet.add("provider", found->provider);
  print(sheet.text());
  return kGood;
}

// One step in one transaction, with its entry in the log.
template <typename Step>
int take(Session& session, const Options& options, Step step) {
  postgres::Transaction transaction(session.database());
  step(transaction);
  transaction.commit();
  tellDaemon(session);
  const auto now = office::findApplication(session.database(), options.id);
  if (session.json)
    printJson(toJson(now.value()));
  else
    printLine(fmt::format("application {} is {}", options.id, office::toString(now.value().state)));
  return kGood;
}

std::optional<Day> day(const std::string& text, const char* option) {
  if (text.empty()) return std::nullopt;
  const auto day = fromIsoDate(text);
  if (!day) throw Error(ErrorKind::usage, fmt::format("{} is no date: \"{}\"", option, text), "write it as 2026-01-31");
  return day;
}

int enforce(Session& session, const Options& options) {
  office::InForce wanted;
  wanted.provider = office::providerDefaults(session.config());
  wanted.provider.code = canonicalCode(options.code);
  wanted.from = day(options.from, "--from").value_or(std::chrono::floor<std::chrono::days>(session.now()));
  wanted.until = day(options.until, "--until");
  const auto requireKey = [&session](const std::string& name) {
    auto keys = crypto::Keyring::load(session.config().keys);
    if (keys.latest(name) != nullptr) return false;
    keys.create(name);
    if (!session.json)
      printLine(
          fmt::format("a new key {} was made in {}; put a copy in the safe", name, session.config().keys.string()));
    return true;
  };
  return take(session, options, [&](postgres::Transaction& transaction) {
    office::inForce(transaction, options.id, wanted, requireKey, session.config().portal, session.occasion());
  });
}

}  // namespace

void addApplicationCommands(Command program, Session& session) {
  Command group = program.group("application", "Providers that applied at the portal, step by step");
  auto options = std::make_shared<Options>();
  Command all = group.command(session, "list", "Applications that wait for somebody, oldest first",
                              "sluis application list --all", [&session, options] { return list(session, *options); });
  all.flag("--all", options->all, "Also those that were declined or led to a provider");
  const auto withId = [&](const char* name, const char* description, const std::string& more,
                          std::function<int()> run) {
    Command command =
        group.command(session, name, description, fmt::format("sluis application {} 12{}", name, more), std::move(run));
    command.option("id", options->id, "Its number in the list", {.type = "ID", .required = true});
    return command;
  };
  withId("show", "One application with what was filled in, and its steps", "",
         [&session, options] { return show(session, *options); });
  withId("agreement-sent", "You have sent the processing agreement; the contact is told", "", [&session, options] {
    return take(session, *options, [&](postgres::Transaction& transaction) {
      office::agreementSent(transaction, options->id, office::postOf(session.config()), session.occasion());
    });
  });
  Command received =
      withId("agreement-received", "It came back signed", " --note \"dossier 2026-17\"", [&session, options] {
        return take(session, *options, [&](postgres::Transaction& transaction) {
          office::agreementReceived(transaction, options->id, options->note, session.occasion());
        });
      });
  received.option("--note", options->note, "Where it is kept, for the log", {.type = "TEXT"});
  Command force = withId("in-force", "Register the provider and its agreements, uploads as was wished",
                         " --code P0042 --from 2026-12-01", [&session, options] { return enforce(session, *options); });
  force.option("--code", options->code, "The new provider's code", {.type = "CODE", .required = true});
  force.option("--from", options->from, "First day of the agreements; left out: today", {.type = "YYYY-MM-DD"});
  force.option("--until", options->until, "Last day, inside; open when left out", {.type = "YYYY-MM-DD"});
  withId("invite", "Make the accounts that were wanted, and mail their invitations", "", [&session, options] {
    return take(session, *options, [&](postgres::Transaction& transaction) {
      const auto occasion = session.occasion();
      office::invitePeople(transaction, options->id,
                           office::inviteAsProvider(office::postOf(session.config()), occasion), occasion);
    });
  });
  Command decline = withId("decline", "It goes no further; the contact is told why", " --reason \"geen jeugdhulp\"",
                           [&session, options] {
                             return take(session, *options, [&](postgres::Transaction& transaction) {
                               office::declineApplication(transaction, options->id, options->reason,
                                                          office::postOf(session.config()), session.occasion());
                             });
                           });
  decline.option("--reason", options->reason, "Why, for the contact and the log", {.type = "TEXT", .required = true});
}

}  // namespace sluis::cli
