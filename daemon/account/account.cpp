#include "account/account.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "account/columns.h"
#include "crypto/random.h"
#include "model/denied.h"
#include "model/mail_address.h"
#include "registry/registry.h"

namespace sluis::account {

namespace {

constexpr std::array kRoles = {
    std::pair(Role::municipality, std::string_view("municipality")),
    std::pair(Role::provider, std::string_view("provider")),
    std::pair(Role::ttpOperator, std::string_view("operator")),
    std::pair(Role::auditor, std::string_view("auditor")),
};
constexpr std::array kStates = {
    std::pair(State::invited, std::string_view("invited")),
    std::pair(State::active, std::string_view("active")),
    std::pair(State::disabled, std::string_view("disabled")),
};

template <typename Pairs, typename Value>
std::string_view wordOf(const Pairs& pairs, Value value) {
  return std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == value; })->second;
}

[[noreturn]] void refuse(const std::string& message, const std::string& hint) {
  throw Error(ErrorKind::usage, message, hint);
}

[[noreturn]] void refuseUnknown(const std::string& user) {
  throw Denied(why::kAccountUnknown, user, fmt::format("there is no account {}", user),
               "sluis account list names them");
}

std::string selectWhere(std::string_view condition) {
  return fmt::format("SELECT {} FROM portal.account AS a {}", kAccountColumns, condition);
}

std::optional<Account> oneOf(const postgres::Rows& rows) {
  const auto row = rows.first();
  return row ? std::optional(accountFrom(*row)) : std::nullopt;
}

bool isProvider(postgres::Connection& connection, std::string_view code) {
  return registry::findProvider(connection, code).has_value();
}

// Locks the row, so that what is changed with it is of one state.
std::pair<std::int64_t, State> locked(postgres::Transaction& transaction, std::string_view user) {
  const auto rows =
      transaction.exec("SELECT id, state FROM portal.account WHERE \"user\" = $1 FOR UPDATE", normalUser(user));
  if (rows.empty()) refuseUnknown(normalUser(user));
  const std::string state = rows[0].text("state");
  const auto* found =
      std::find_if(kStates.begin(), kStates.end(), [&](const auto& pair) { return pair.second == state; });
  return {rows[0].integer("id"), found->first};
}

void endEverythingOf(postgres::Transaction& transaction, std::int64_t account) {
  transaction.exec("DELETE FROM portal.session WHERE account = $1", account);
  transaction.exec("DELETE FROM portal.link WHERE account = $1", account);
}

}  // namespace

std::string_view toString(Role role) {
  return wordOf(kRoles, role);
}

std::optional<Role> roleFrom(std::string_view word) {
  for (const auto& [role, name] : kRoles)
    if (name == word) return role;
  return std::nullopt;
}

std::string_view toString(State state) {
  return wordOf(kStates, state);
}

Account accountFrom(const postgres::Row& row) {
  Account account;
  account.id = row.integer("account_id");
  account.user = row.text("user");
  account.name = row.text("name");
  account.role = roleFrom(row.text("role")).value();
  account.subject = row.text("subject");
  account.language = row.text("language");
  const std::string state = row.text("state");
  for (const auto& [value, name] : kStates)
    if (name == state) account.state = value;
  account.hasPassword = row.get<bool>("has_password");
  account.hasSecondFactor = row.get<bool>("has_second_factor");
  account.termsAccepted = row.text("terms_accepted");
  account.created = row.get<Instant>("account_created");
  account.lastSignIn = row.maybe<Instant>("last_sign_in");
  return account;
}

bool canBeUser(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

std::string newToken() {
  return toBase64Url(crypto::randomSecret(32).reveal());
}

crypto::Sha256 tokenHash(std::string_view token) {
  return crypto::sha256(asBytes(token));
}

std::string describe(const Account& account) {
  return fmt::format("{} (account {}, {}{}{})", account.user, account.id, toString(account.role),
                     account.subject.empty() ? "" : " ", account.subject);
}

std::string normalUser(std::string_view user) {
  while (!user.empty() && static_cast<unsigned char>(user.front()) <= ' ') user.remove_prefix(1);
  while (!user.empty() && static_cast<unsigned char>(user.back()) <= ' ') user.remove_suffix(1);
  std::string normal(user);
  for (char& c : normal)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return normal;
}

std::vector<Account> accounts(postgres::Connection& connection) {
  std::vector<Account> found;
  for (const auto row : connection.exec(selectWhere("ORDER BY a.\"user\""))) found.push_back(accountFrom(row));
  return found;
}

std::optional<Account> find(postgres::Connection& connection, std::string_view user) {
  if (!canBeUser(normalUser(user))) return std::nullopt;
  return oneOf(connection.exec(selectWhere("WHERE a.\"user\" = $1"), normalUser(user)));
}

std::optional<Account> find(postgres::Connection& connection, std::int64_t id) {
  return oneOf(connection.exec(selectWhere("WHERE a.id = $1"), id));
}

std::optional<Account> lock(postgres::Transaction& transaction, std::int64_t id) {
  return oneOf(transaction.exec(selectWhere("WHERE a.id = $1 FOR UPDATE"), id));
}

Account add(postgres::Transaction& transaction, const NewAccount& account, Instant at) {
  const std::string user = normalUser(account.user);
  if (!isMailAddress(user))
    throw Denied(why::kUserNoMail, {}, "a user is a mail address", "give the address that the invitation goes to");
  if (std::any_of(account.name.begin(), account.name.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    refuse("a person's name is one line", "it stands in mails");
  const bool ofSomebody = account.role == Role::municipality || account.role == Role::provider;
  if (ofSomebody && account.subject.empty())
    throw Denied(why::kSubjectMissing, {}, fmt::format("of which {} is the account?", toString(account.role)),
                 account.role == Role::provider ? "give the provider's code" : "give the municipality's code: GM0034");
  if (!ofSomebody && !account.subject.empty())
    throw Denied(
        why::kSubjectNotWanted, {},
        fmt::format("an account of role {} is the TTP's own, for no municipality or provider", toString(account.role)),
        "leave the code out");
  if (account.role == Role::provider && !isProvider(transaction.connection(), account.subject))
    throw Denied(why::kProviderUnknown, account.subject, fmt::format("there is no provider {}", account.subject),
                 "a provider's account is for a provider's code; sluis provider list names them");
  try {
    postgres::Savepoint savepoint(transaction);
    const auto rows = transaction.exec(
        "INSERT INTO portal.account (\"user\", name, role, subject, language, created)"
        " VALUES ($1, $2, $3, nullif($4, ''), $5, $6) RETURNING id",
        user, account.name, toString(account.role), account.subject, account.language, at);
    savepoint.release();
    return find(transaction.connection(), rows.only().integer(0)).value();
  } catch (const postgres::DatabaseError& error) {
    if (error.isUniqueViolation())
      throw Denied(why::kAccountTaken, user, fmt::format("there is an account {} already", user),
                   "sluis account list names them");
    if (error.sqlState() == "23514")
      refuse(fmt::format("not added: {}", error.constraint()), "mend the value and try again");
    throw;
  }
}

bool disable(postgres::Transaction& transaction, std::string_view user, Instant) {
  const auto [id, state] = locked(transaction, user);
  endEverythingOf(transaction, id);
  if (state == State::disabled) return false;
  transaction.exec("UPDATE portal.account SET state = 'disabled' WHERE id = $1", id);
  return true;
}

bool enable(postgres::Transaction& transaction, std::string_view user) {
  const auto [id, state] = locked(transaction, user);
  if (state != State::disabled) return false;
  transaction.exec(
      "UPDATE portal.account SET state = CASE WHEN password_hash IS NULL AND oidc_subject IS NULL THEN 'invited'"
      " ELSE 'active' END WHERE id = $1",
      id);
  return true;
}

void reset(postgres::Transaction& transaction, std::string_view user, Instant) {
  const auto [id, state] = locked(transaction, user);
  if (state == State::disabled)
    throw Denied(why::kAccountDisabled, normalUser(user), fmt::format("account {} is disabled", normalUser(user)),
                 "sluis account enable first");
  endEverythingOf(transaction, id);
  transaction.exec("DELETE FROM portal.recovery_code WHERE account = $1", id);
  transaction.exec("DELETE FROM portal.device WHERE account = $1", id);
  transaction.exec(
      "UPDATE portal.account SET state = 'invited', password_hash = NULL, totp_sealed = NULL, totp_step = NULL,"
      " oidc_subject = NULL WHERE id = $1",
      id);
}

std::optional<Account> findByBroker(postgres::Connection& connection, std::string_view subject) {
  if (subject.empty() || subject.find('\0') != std::string_view::npos) return std::nullopt;
  return oneOf(connection.exec(selectWhere("WHERE a.oidc_subject = $1"), subject));
}

bool bindBroker(postgres::Transaction& transaction, std::int64_t account, std::string_view subject) {
  try {
    postgres::Savepoint savepoint(transaction);
    const auto bound = transaction.exec(
        "UPDATE portal.account SET oidc_subject = $2, state = 'active' WHERE id = $1 AND state <> 'disabled'", account,
        subject);
    savepoint.release();
    return bound.affected() > 0;
  } catch (const postgres::DatabaseError& error) {
    if (error.isUniqueViolation()) return false;
    throw;
  }
}

}  // namespace sluis::account
