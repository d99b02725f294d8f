// Guessing made slow, without letting anybody lock somebody else out: failures are counted for each pair of account and
// address block, for each address block, and over all. Past a limit the next try of that pair or block waits (1, 2, 4 …
// s, at most 15 min); a browser that has signed in to this account before (a long-lived cookie, kept as SHA-256) has a
// counter of its own, so that a storm of wrong guesses from elsewhere never stops the owner.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"

namespace sluis::account {

/// Who tries: for passwords, second factors, forgotten passwords and applications alike.
struct Attempt {
  std::string what{};     ///< "password", "code", "forgot", "application"
  std::string user{};     ///< as typed, whether it exists or not
  std::string address{};  ///< IPv4, or IPv6 (counted by /64)
  std::string device{};   ///< the known-device cookie; empty = none
};

/// How long this one must wait first; nullopt = try now.
std::optional<std::chrono::seconds> waitOf(postgres::Connection& connection, const Attempt& attempt, Instant now);
void failed(postgres::Transaction& transaction, const Attempt& attempt, Instant now);
void succeeded(postgres::Transaction& transaction, const Attempt& attempt, Instant now);
/// A device cookie's value for an account that has just signed in with both factors (43 characters).
std::string rememberDevice(postgres::Transaction& transaction, std::int64_t account, Instant at);

}  // namespace sluis::account
