#include "run/person_mail.h"

#include "account/session.h"
#include "mail/kinds.h"

namespace sluis::run {

std::optional<mail::Person> personOf(postgres::Transaction& transaction, std::int64_t account, const std::string& kind,
                                     const std::string& portalUrl, Instant now) {
  const auto found = account::find(transaction.connection(), account);
  if (!found || portalUrl.empty()) return std::nullopt;
  mail::Person person{.name = found->name, .user = found->user, .portal = portalUrl};
  const bool invites = kind == mail::kind::kInvitation;
  if (!invites && kind != mail::kind::kForgotten) return person;
  // An invitation that waited while its account came into use would let in whoever reads that mail.
  if (found->state == account::State::disabled || (invites && found->state != account::State::invited))
    return std::nullopt;
  // Signed in by a broker since it was asked for: there is no password to set.
  if (found->state == account::State::active && !found->hasPassword) return std::nullopt;
  const auto purpose = invites ? account::Purpose::invitation : account::Purpose::reset;
  const std::string token = account::makeLink(transaction, account, purpose, now);
  person.link = portalUrl + "/link/" + token;
  person.expires = now + (invites ? std::chrono::seconds(account::kInvitationLasts) : account::kResetLasts);
  return person;
}

}  // namespace sluis::run
