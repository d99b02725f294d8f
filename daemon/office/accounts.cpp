#include "office/accounts.h"

#include <algorithm>

#include <fmt/format.h>

#include "account/notice.h"
#include "base/file.h"
#include "dataset/code_list_import.h"
#include "mail/kinds.h"
#include "model/denied.h"
#include "model/provider_code.h"
#include "office/agreements.h"
#include "outbox/outbox.h"

namespace sluis::office {

namespace {

constexpr std::size_t kLargestList = 4 << 20;

void requirePortal(const Post& post) {
  if (post.portal.empty())
    throw Error(ErrorKind::usage, "there is no portal to invite anybody to", "set portal.url in the configuration");
}

// Of whom the account is, as it is kept. What is missing, or too much, is account::add()'s to say.
std::string subjectOf(const account::NewAccount& wanted, const IsMunicipality& isMunicipality) {
  if (wanted.subject.empty()) return {};
  if (wanted.role == account::Role::provider) {
    const auto code = ProviderCode::parse(wanted.subject);
    if (code) return code->text();
    throw Denied(why::kProviderCode, wanted.subject,
                 fmt::format("a provider's account is for a provider's code, not for \"{}\"", wanted.subject),
                 "sluis provider list names them");
  }
  if (wanted.role != account::Role::municipality) return wanted.subject;
  const auto code = municipalityFrom(wanted.subject);
  if (!code)
    throw Denied(why::kMunicipalityCode, wanted.subject,
                 fmt::format("a municipality's account is for a municipality's code, not for \"{}\"", wanted.subject),
                 "write it as GM0034");
  requireMunicipality(*code, isMunicipality);
  return *code;
}

account::Account known(postgres::Transaction& transaction, const std::string& user) {
  auto found = account::find(transaction.connection(), user);
  if (!found)
    throw Denied(why::kAccountUnknown, account::normalUser(user),
                 fmt::format("there is no account {}", account::normalUser(user)), "sluis account list names them");
  return *found;
}

void tell(postgres::Transaction& transaction, const account::Account& account, std::string_view kind,
          outbox::Facts facts, const Post& post, Instant at) {
  facts.emplace("account", std::to_string(account.id));
  outbox::NewMessage message;
  message.messageId =
      mail::messageId(fmt::format("account-{}-{}", account.id, at.time_since_epoch().count()), kind, post.domain);
  message.kind = kind;
  message.recipients = {account.user};
  message.facts = std::move(facts);
  outbox::enqueue(transaction, message, at);
}

void enter(postgres::Transaction& transaction, const account::Account& account, const char* what,
           const Occasion& occasion) {
  std::map<std::string, std::string> details = {{"account", std::to_string(account.id)},
                                                {"role", std::string(account::toString(account.role))}};
  if (!account.subject.empty()) details.emplace("of", account.subject);
  audit::append(transaction, occasion.event(what, account.user, std::move(details)));
}

}  // namespace

IsMunicipality municipalitiesOf(const config::Config& config) {
  return [file = config.codelists / "gemeenten.yaml"](const std::string& code) {
    const auto codes = dataset::readCodeList(file.string(), readFile(file, kLargestList)).codes;
    return std::ranges::find(codes, code, &dataset::Code::code) != codes.end();
  };
}

void requireMunicipality(const std::string& code, const IsMunicipality& isMunicipality) {
  if (!isMunicipality(code))
    throw Denied(why::kMunicipalityUnknown, code,
                 fmt::format("there is no municipality {} in the code list gemeenten", code),
                 "look at the code; is it right, bring the list up to date: sluis codelist import gemeenten");
}

account::Account invite(postgres::Transaction& transaction, const account::NewAccount& wanted,
                        const IsMunicipality& isMunicipality, const Post& post, const Occasion& occasion) {
  requirePortal(post);
  account::NewAccount canonical = wanted;
  canonical.subject = subjectOf(wanted, isMunicipality);
  auto account = account::add(transaction, canonical, occasion.at);
  tell(transaction, account, mail::kind::kInvitation, {}, post, occasion.at);
  enter(transaction, account, "account.added", occasion);
  return account;
}

bool disableAccount(postgres::Transaction& transaction, const std::string& user, const Post& post,
                    const Occasion& occasion) {
  const auto account = known(transaction, user);
  if (!account::disable(transaction, user, occasion.at)) return false;
  tell(transaction, account, mail::kind::kAccountChanged,
       {{"wat", std::string(account::toString(account::Change::disabled))}}, post, occasion.at);
  enter(transaction, account, "account.disabled", occasion);
  return true;
}

bool enableAccount(postgres::Transaction& transaction, const std::string& user, const Occasion& occasion) {
  const auto account = known(transaction, user);
  if (!account::enable(transaction, user)) return false;
  enter(transaction, account, "account.enabled", occasion);
  return true;
}

account::Account resetAccount(postgres::Transaction& transaction, const std::string& user, const Post& post,
                              const Occasion& occasion) {
  requirePortal(post);
  account::reset(transaction, user, occasion.at);
  auto account = known(transaction, user);
  tell(transaction, account, mail::kind::kInvitation, {}, post, occasion.at);
  enter(transaction, account, "account.reset", occasion);
  return account;
}

}  // namespace sluis::office
