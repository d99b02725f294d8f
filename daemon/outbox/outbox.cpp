#include "outbox/outbox.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace sluis::outbox {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr minutes kLongestWait = hours(4);
constexpr hours kGiveUpAfter = hours(5 * 24);
constexpr std::size_t kReasonKept = 500;

// Those the message was made for, once some have got it and `recipients` has shrunk. The name can be no placeholder.
constexpr const char* kTo = "@to";

constexpr postgres::Prepared kEnqueue{
    "INSERT INTO outbox.message (message_id, channel, kind, delivery, provider, recipients, facts, "
    "next_attempt, created) VALUES ($1, $2, $3, $4, $5, $6::text[], $7::jsonb, $8::timestamptz, "
    "$8::timestamptz) ON CONFLICT (message_id) DO NOTHING"};

std::string factsOf(const NewMessage& message) {
  return nlohmann::json(message.facts).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// One line: a server's answer ends up in `sluis status` and in mails.
std::string oneLine(std::string_view reason) {
  std::string text(reason.substr(0, kReasonKept));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = ' ';
  return text;
}

Message messageOf(const postgres::Row& row) {
  Message message;
  message.id = row.integer("id");
  message.messageId = row.get<std::string>("message_id");
  message.channel = row.get<std::string>("channel") == "folder" ? Channel::folder : Channel::mail;
  message.kind = row.get<std::string>("kind");
  message.delivery = row.maybe<std::string>("delivery");
  message.provider = row.maybe<std::string>("provider");
  message.recipients = row.get<std::vector<std::string>>("recipients");
  message.attempts = row.get<int>("attempts");
  message.created = row.get<Instant>("created");
  message.to = message.recipients;
  const auto facts = nlohmann::json::parse(row.get<std::string>("facts"));
  for (const auto& [name, value] : facts.items()) {
    if (name == kTo)
      message.to = value.get<std::vector<std::string>>();
    else if (value.is_string())
      message.facts[name] = value.get<std::string>();
    else
      message.facts[name] = value.dump();
  }
  return message;
}

}  // namespace

std::string_view toString(Channel channel) {
  return channel == Channel::folder ? "folder" : "mail";
}

bool enqueue(postgres::Transaction& transaction, const NewMessage& message, Instant now) {
  return transaction
             .exec(kEnqueue, message.messageId, toString(message.channel), message.kind, message.delivery,
                   message.provider, message.recipients, factsOf(message), now)
             .affected() > 0;
}

void enqueueLater(postgres::Transaction& transaction, const NewMessage& message, Instant now) {
  transaction.later(kEnqueue, message.messageId, toString(message.channel), message.kind, message.delivery,
                    message.provider, message.recipients, factsOf(message), now);
}

std::vector<Message> claimDue(postgres::Transaction& transaction, Instant now, int limit, Channel channel) {
  std::vector<Message> messages;
  for (const auto row : transaction.exec(
           postgres::Prepared{
               "SELECT id, message_id, channel, kind, delivery, provider, recipients, facts::text AS facts, "
               "attempts, created FROM outbox.message WHERE state = 'pending' AND channel = $1 AND "
               "next_attempt <= $2::timestamptz ORDER BY next_attempt, id LIMIT $3::bigint FOR UPDATE SKIP LOCKED"},
           toString(channel), now, limit))
    messages.push_back(messageOf(row));
  return messages;
}

void markSent(postgres::Transaction& transaction, const Message& message, Instant now) {
  transaction.later(
      postgres::Prepared{"UPDATE outbox.message SET state = 'sent', sent = $2::timestamptz, attempts = attempts + 1, "
                         "last_error = NULL WHERE id = $1::bigint"},
      message.id, now);
}

minutes backOff(int attempts) {
  // 2^8 minutes is past the longest wait; the shift must not overflow.
  return std::min(minutes(1LL << std::clamp(attempts - 1, 0, 8)), kLongestWait);
}

Retry markLater(postgres::Transaction& transaction, const Message& message, Instant now, std::string_view reason,
                const std::vector<std::string>& remaining) {
  if (now - message.created >= kGiveUpAfter) {
    markFailed(transaction, message, reason);
    return Retry::givenUp;
  }
  transaction.exec(
      "UPDATE outbox.message SET attempts = attempts + 1, next_attempt = $2::timestamptz, last_error = $3 "
      "WHERE id = $1::bigint",
      message.id, now + backOff(message.attempts + 1), oneLine(reason));
  if (!remaining.empty() && remaining != message.recipients)
    transaction.exec(
        "UPDATE outbox.message SET facts = jsonb_build_object('@to', to_jsonb(recipients)) || facts, "
        "recipients = $2::text[] WHERE id = $1::bigint",
        message.id, remaining);
  return Retry::scheduled;
}

void markFailed(postgres::Transaction& transaction, const Message& message, std::string_view reason) {
  transaction.exec(
      "UPDATE outbox.message SET state = 'failed', attempts = attempts + 1, last_error = $2 "
      "WHERE id = $1::bigint",
      message.id, oneLine(reason));
}

Backlog backlog(postgres::Connection& connection, Instant now) {
  const auto rows = connection.exec(
      "SELECT count(*) FILTER (WHERE state = 'pending') AS pending, "
      "count(*) FILTER (WHERE state = 'pending' AND attempts > 0) AS delayed, "
      "count(*) FILTER (WHERE state = 'failed' AND created > $1::timestamptz - interval '35 days') AS failed, "
      "min(created) FILTER (WHERE state = 'pending') AS oldest, "
      "(SELECT last_error FROM outbox.message WHERE state = 'pending' AND last_error IS NOT NULL "
      "ORDER BY next_attempt DESC LIMIT 1) AS last_error FROM outbox.message WHERE state <> 'sent'",
      now);
  const auto row = rows.only();
  return {row.integer("pending"), row.integer("delayed"), row.integer("failed"), row.maybe<Instant>("oldest"),
          row.text("last_error")};
}

std::vector<Failed> failed(postgres::Connection& connection, Instant now, int limit) {
  std::vector<Failed> messages;
  for (const auto row :
       connection.exec("SELECT message_id, kind, delivery, provider, last_error, created FROM outbox.message "
                       "WHERE state = 'failed' AND created > $1::timestamptz - interval '35 days' ORDER BY id DESC "
                       "LIMIT $2::bigint",
                       now, limit))
    messages.push_back({row.get<std::string>("message_id"), row.get<std::string>("kind"),
                        row.maybe<std::string>("delivery"), row.maybe<std::string>("provider"), row.text("last_error"),
                        row.get<Instant>("created")});
  return messages;
}

std::optional<Instant> nextDue(postgres::Connection& connection) {
  return connection.exec("SELECT min(next_attempt) AS next FROM outbox.message WHERE state = 'pending'")
      .only()
      .maybe<Instant>("next");
}

}  // namespace sluis::outbox
