// Guessing made slow, without letting anybody lock somebody else out.
//
// Each failure is counted in several places, each with some free ones; past those the next try must wait 1, 2, 4 … s,
// at most 15 min, and counts are forgiven as time goes by:
//   pair      user and address block (an IPv4 address, an IPv6 /64)          5 free, one forgiven in 15 min
//   block     address block, whoever is tried                                      30 free, one forgiven a minute
//   account   user, from wherever                                                  20 free, one forgiven in 5 min
//   all       everybody                                                           300 free, one forgiven in 10 s
// `account` and `all` never make anybody wait: past their free ones a pair has 1 free try instead of 5 and a block 3
// instead of 30, so a storm from many addresses gets one guess from each, while who comes from elsewhere still comes
// in. What "code" counts is different: it takes the right password to try one, so there `account` makes others wait too
// (10 free, one forgiven in 15 min). A browser that has signed in to the account before (a long-lived cookie, kept as
// SHA-256) has a count of its own (5 free, one forgiven in 15 min) and none of the others: nobody elsewhere stops the
// owner. Whether a user exists changes nothing.
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

/// A known device's cookie lasts so long after its last use; one account has so many at most.
inline constexpr auto kDeviceLasts = std::chrono::hours(24 * 180);
inline constexpr int kMostDevices = 20;

// Either startTry() before judging and, when it was right, wasRight(): what is tried at the same moment is counted
// before any of it is judged. Or waitOf() before and failed() or succeeded() after.

/// Counts a failure before anything is judged, unless this one must wait first: how long then. Commit it at once.
std::optional<std::chrono::seconds> startTry(postgres::Transaction& transaction, const Attempt& attempt, Instant now);
/// What startTry() counted was none: takes it back, and forgets the failures of this pair or device.
void wasRight(postgres::Transaction& transaction, const Attempt& attempt, Instant now);

/// How long this one must wait first; nullopt = try now.
std::optional<std::chrono::seconds> waitOf(postgres::Connection& connection, const Attempt& attempt, Instant now);
void failed(postgres::Transaction& transaction, const Attempt& attempt, Instant now);
/// Forgets the failures of this pair or device; those of the block, the account and all remain.
void succeeded(postgres::Transaction& transaction, const Attempt& attempt, Instant now);
/// A device cookie's value for an account that has just signed in with both factors (43 characters).
std::string rememberDevice(postgres::Transaction& transaction, std::int64_t account, Instant at);

}  // namespace sluis::account
