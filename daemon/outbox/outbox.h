// What must be told: messages that were committed together with what they tell, and wait until they are delivered.
//
// A message is a row; it is enqueued in the transaction that makes it true and leaves it only as sent or failed.
// Nothing is rendered here and nothing is sent here. Several daemons may drain one outbox: a claimed row is locked for
// as long as the claiming transaction lives, so a daemon that dies gives its message back at once. Delivery is at least
// once, with the same Message-ID. Failures of the database are sluis::Error.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "postgres/connection.h"

namespace sluis::outbox {

/// mail = through the configured channel plugin; folder = into the provider's outbox/ folder.
enum class Channel { mail, folder };
std::string_view toString(Channel channel);

/// Small facts that only the moment knows ("melding" -> "de schijf is vol"), by placeholder name. Never a delivered
/// value.
using Facts = std::map<std::string, std::string, std::less<>>;

struct NewMessage {
  std::string messageId;  ///< without angle brackets; unique for ever: a second message with the same one is ignored
  Channel channel = Channel::mail;
  std::string kind;                     ///< "foutrapport" (mail/kinds.h)
  std::optional<std::string> delivery;  ///< id, when it is about one
  std::optional<std::string> provider;  ///< code; none = to the operator
  std::vector<std::string> recipients;  ///< mail addresses; empty for a folder
  Facts facts;
};

/// Writes the message into the caller's transaction. False when there is one with this Message-ID already.
bool enqueue(postgres::Transaction& transaction, const NewMessage& message, Instant now);
/// The same for who does not ask: goes with the transaction's next statement.
void enqueueLater(postgres::Transaction& transaction, const NewMessage& message, Instant now);

struct Message {
  std::int64_t id = 0;
  std::string messageId;
  Channel channel = Channel::mail;
  std::string kind;
  std::optional<std::string> delivery;
  std::optional<std::string> provider;
  std::vector<std::string> recipients;  ///< who has yet to get it
  std::vector<std::string> to;          ///< everybody it was made for, in the order of enqueue()
  Facts facts;
  int attempts = 0;  ///< finished ones
  Instant created;
};

/// The messages due at `now`, longest waiting first, locked until `transaction` ends; those another daemon holds are
/// skipped.
std::vector<Message> claimDue(postgres::Transaction& transaction, Instant now, int limit, Channel channel);

void markSent(postgres::Transaction& transaction, const Message& message, Instant now);

/// What markLater() made of it.
enum class Retry { scheduled, givenUp };
/// Another try after 1, 2, 4 … minutes, at most 4 hours apart; a message older than 5 days becomes failed instead.
/// `remaining` replaces the recipients when some have got it already; empty = all of them again.
/// `reason`: one line for the operator, no content.
Retry markLater(postgres::Transaction& transaction, const Message& message, Instant now, std::string_view reason,
                const std::vector<std::string>& remaining = {});

void markFailed(postgres::Transaction& transaction, const Message& message, std::string_view reason);

/// The wait before try number `attempts` + 1, after `attempts` (>= 1) failed ones.
std::chrono::minutes backOff(int attempts);

struct Backlog {
  std::int64_t pending = 0;       ///< waiting, mail and folder
  std::int64_t delayed = 0;       ///< of those: tried before without success
  std::int64_t failed = 0;        ///< given up, of the last 35 days
  std::optional<Instant> oldest;  ///< creation of the oldest pending one
  std::string lastError;          ///< of the pending one tried last; empty when none
};
Backlog backlog(postgres::Connection& connection, Instant now);

struct Failed {
  std::string messageId;
  std::string kind;
  std::optional<std::string> delivery;
  std::optional<std::string> provider;
  std::string reason;
  Instant created;
};
/// Messages given up, of the last 35 days, newest first, for `sluis status`.
std::vector<Failed> failed(postgres::Connection& connection, Instant now, int limit = 50);

/// When the next pending message is due; nullopt when nothing waits. For the daemon's sleep.
std::optional<Instant> nextDue(postgres::Connection& connection);

}  // namespace sluis::outbox
