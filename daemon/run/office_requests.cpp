#include "run/office_requests.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/denied.h"
#include "office/accounts.h"
#include "office/agreements.h"
#include "office/applications.h"
#include "office/providers.h"

namespace sluis::run {

namespace {

using nlohmann::json;

/// One request being carried out.
struct Change {
  const Installation& installation;
  postgres::Transaction& transaction;
  const json& arguments;
  const account::Account& person;
  office::Occasion occasion;

  std::string text(const char* name) const {
    const auto found = arguments.find(name);
    if (found == arguments.end()) return {};
    if (!found->is_string()) throw Error(ErrorKind::usage, fmt::format("\"{}\" is no text", name), "");
    return found->get<std::string>();
  }
  std::int64_t id() const {
    const auto found = arguments.find("id");
    if (found == arguments.end() || !found->is_number_integer()) throw Error(ErrorKind::usage, "which one?", "");
    return found->get<std::int64_t>();
  }
  std::optional<Day> day(const char* name) const {
    const std::string written = text(name);
    if (written.empty()) return std::nullopt;
    const auto day = fromIsoDate(written);
    if (!day) throw Denied(why::kNoDate, {}, "that is no date", "write it as 2026-01-31");
    return day;
  }
  std::string provider() const { return office::canonicalCode(text("provider")); }
  office::Post post() const { return office::postOf(installation.config); }
};

json suspend(const Change& change) {
  return {{"changed", office::setSuspended(change.transaction, change.provider(), true, change.occasion)}};
}

json resume(const Change& change) {
  return {{"changed", office::setSuspended(change.transaction, change.provider(), false, change.occasion)}};
}

json changeMails(const Change& change) {
  const auto found = change.arguments.find("mails");
  if (found == change.arguments.end() || !found->is_array())
    throw Error(ErrorKind::usage, "a provider needs at least one mail address", "give one");
  std::vector<std::string> mails;
  for (const auto& mail : *found) {
    if (!mail.is_string()) throw Error(ErrorKind::usage, "a mail address is a text", "");
    mails.push_back(mail.get<std::string>());
  }
  // Whose it is, is said by the account and by nothing in the request.
  const auto changed = office::changeMails(change.transaction, change.person, mails, change.post(), change.occasion);
  return {{"changed", !changed.empty()}};
}

json endAgreement(const Change& change) {
  const auto ended = office::endAgreement(change.transaction, change.id(), change.day("until"), change.occasion);
  return {{"provider", ended.provider}, {"until", ended.validUntil ? toIsoDate(*ended.validUntil) : ""}};
}

json agreementSent(const Change& change) {
  office::agreementSent(change.transaction, change.id(), change.post(), change.occasion);
  return json::object();
}

json agreementReceived(const Change& change) {
  office::agreementReceived(change.transaction, change.id(), change.text("note"), change.occasion);
  return json::object();
}

json inForce(const Change& change) {
  office::InForce wanted;
  wanted.provider = office::providerDefaults(change.installation.config);
  wanted.provider.code = change.provider();
  wanted.from = change.day("from").value_or(std::chrono::floor<std::chrono::days>(change.occasion.at));
  wanted.until = change.day("until");
  const auto requireKey = [&](const std::string& name) {
    if (change.installation.keys.latest(name) == nullptr)
      throw Denied(why::kNoKey, name.substr(name.find('-') + 1), fmt::format("there is no key {} yet", name),
                   fmt::format("an administrator makes it, and then starts sluisd again: sluis key new {}", name));
    return false;
  };
  office::inForce(change.transaction, change.id(), wanted, requireKey, change.installation.config.portal,
                  change.occasion);
  return {{"provider", wanted.provider.code}};
}

json decline(const Change& change) {
  office::declineApplication(change.transaction, change.id(), change.text("reason"), change.post(), change.occasion);
  return json::object();
}

json invitePeople(const Change& change) {
  const int invited = office::invitePeople(change.transaction, change.id(),
                                           office::inviteAsProvider(change.post(), change.occasion), change.occasion);
  return {{"invited", invited}};
}

json inviteAccount(const Change& change) {
  const auto role = account::roleFrom(change.text("role"));
  if (!role) throw Error(ErrorKind::usage, "that is no role", "provider, municipality, operator or auditor");
  const account::NewAccount wanted{.user = change.text("user"),
                                   .name = change.text("name"),
                                   .role = *role,
                                   .subject = change.text("subject"),
                                   .language = "nl"};
  const auto isMunicipality = office::municipalitiesOf(change.installation.config);
  const auto invited = office::invite(change.transaction, wanted, isMunicipality, change.post(), change.occasion);
  return {{"account", invited.id}};
}

// Nobody locks oneself out by a slip of the hand.
std::string userOfSomebodyElse(const Change& change) {
  const std::string user = account::normalUser(change.text("user"));
  if (user == change.person.user)
    throw Denied(why::kAccountOwn, {}, "that is your own account", "ask another operator, or an administrator");
  return user;
}

json disableAccount(const Change& change) {
  return {{"changed",
           office::disableAccount(change.transaction, userOfSomebodyElse(change), change.post(), change.occasion)}};
}

json enableAccount(const Change& change) {
  return {{"changed", office::enableAccount(change.transaction, userOfSomebodyElse(change), change.occasion)}};
}

json resetAccount(const Change& change) {
  office::resetAccount(change.transaction, userOfSomebodyElse(change), change.post(), change.occasion);
  return json::object();
}

struct Known {
  std::string_view command;
  json (*carryOut)(const Change&);
};

constexpr std::array kKnown = {
    Known{"provider-suspend", suspend},
    Known{"provider-resume", resume},
    Known{"provider-mails", changeMails},
    Known{"agreement-end", endAgreement},
    Known{"application-agreement-sent", agreementSent},
    Known{"application-agreement-received", agreementReceived},
    Known{"application-in-force", inForce},
    Known{"application-invite", invitePeople},
    Known{"application-decline", decline},
    Known{"account-invite", inviteAccount},
    Known{"account-disable", disableAccount},
    Known{"account-enable", enableAccount},
    Known{"account-reset", resetAccount},
};

}  // namespace

bool OfficeRequests::knows(std::string_view command) {
  return std::ranges::find(kKnown, command, &Known::command) != kKnown.end();
}

json OfficeRequests::answer(std::string_view command, const json& arguments, const account::Account& person,
                            Instant now) {
  const auto* known = std::ranges::find(kKnown, command, &Known::command);
  if (known == kKnown.end()) throw Error(ErrorKind::usage, "there is no such command", "");
  postgres::Transaction transaction(connection_);
  json done = known->carryOut({installation_,
                               transaction,
                               arguments,
                               person,
                               {.at = now, .actor = account::describe(person), .system = "sluisd"}});
  transaction.commit();
  return done;
}

}  // namespace sluis::run
