// The people who use the portal: who they are, what they may, and how they prove it. Each query on portal.account,
// portal.session, portal.link, portal.recovery_code and portal.attempt lives in this room.
//
// Passwords are kept as Argon2id (password.h), second factors sealed under a key that is not in the database
// (second_factor.h), tokens of sessions and links as SHA-256 only. What changes takes the caller's transaction. What a
// person got wrong is a value, what the database does an Error. Never says whether an account exists: not by a text,
// not by the time it takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/time.h"
#include "postgres/connection.h"

namespace sluis::account {

enum class Role : std::uint8_t {
  municipality,  ///< looks at its own municipality's figures
  provider,      ///< its own figures and deliveries
  ttpOperator,   ///< operations of the TTP
  auditor,       ///< looks at operations, changes nothing
};
std::string_view toString(Role role);  ///< "municipality", "provider", "operator", "auditor"
std::optional<Role> roleFrom(std::string_view word);

enum class State : std::uint8_t {
  invited,  ///< no password yet: a link was or will be mailed
  active,
  disabled,  ///< may not sign in; its sessions have ended
};
std::string_view toString(State state);

struct Account {
  std::int64_t id = 0;
  std::string user{};  ///< the mail address it signs in with, lower case
  std::string name{};  ///< "J. de Vries"
  Role role = Role::provider;
  std::string subject{};  ///< "GM0034", "P0001"; empty for the TTP
  std::string language = "nl";
  State state = State::invited;
  bool hasPassword = false;
  bool hasSecondFactor = false;
  std::string termsAccepted{};  ///< version of the terms last accepted
  Instant created{};
  std::optional<Instant> lastSignIn{};
};

/// In the log: "j.devries@aanbieder.example (account 12, provider P0001)".
std::string describe(const Account& account);

/// By user.
std::vector<Account> accounts(postgres::Connection& connection);
std::optional<Account> find(postgres::Connection& connection, std::string_view user);
std::optional<Account> find(postgres::Connection& connection, std::int64_t id);

/// The same, locked until the transaction ends: what is decided by it stays so.
std::optional<Account> lock(postgres::Transaction& transaction, std::int64_t id);

struct NewAccount {
  std::string user{};
  std::string name{};
  Role role = Role::provider;
  std::string subject{};
  std::string language = "nl";
};
/// State invited. Error (usage): not a mail address, a user that exists, a role without its subject or the reverse, a
/// provider that is not registered.
Account add(postgres::Transaction& transaction, const NewAccount& account, Instant at);
/// Ends its sessions and links. false when it was so already; Error (usage) when there is none.
bool disable(postgres::Transaction& transaction, std::string_view user, Instant at);
/// May sign in again with what it had; invited when it never had a password. false when it was not disabled.
bool enable(postgres::Transaction& transaction, std::string_view user);
/// Forgets password, second factor, recovery codes, broker and known browsers, ends its sessions and links, state
/// invited: a new link must be mailed. Error (usage): none of that user, or disabled.
void reset(postgres::Transaction& transaction, std::string_view user, Instant at);

/// Whom a broker's subject (issuer and `sub`, as one text) was bound to.
std::optional<Account> findByBroker(postgres::Connection& connection, std::string_view subject);
/// Makes an invited account active. false: bound to somebody else already, or the account is disabled.
bool bindBroker(postgres::Transaction& transaction, std::int64_t account, std::string_view subject);

/// A user as it is kept: without blanks around it, ASCII letters in lower case.
std::string normalUser(std::string_view user);

}  // namespace sluis::account
