#include "office/accounts.h"

#include <fmt/format.h>

#include "account/notice.h"
#include "base/error.h"
#include "mail/kinds.h"
#include "outbox/outbox.h"

namespace sluis::office {

namespace {

void requirePortal(const Post& post) {
  if (post.portal.empty())
    throw Error(ErrorKind::usage, "there is no portal to invite anybody to", "set portal.url in the configuration");
}

account::Account known(postgres::Transaction& transaction, const std::string& user) {
  auto found = account::find(transaction.connection(), user);
  if (!found)
    throw Error(ErrorKind::usage, fmt::format("there is no account {}", account::normalUser(user)),
                "sluis account list names them");
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

account::Account invite(postgres::Transaction& transaction, const account::NewAccount& wanted, const Post& post,
                        const Occasion& occasion) {
  requirePortal(post);
  auto account = account::add(transaction, wanted, occasion.at);
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
