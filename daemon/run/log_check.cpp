#include "run/log_check.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/log.h"
#include "mail/kinds.h"
#include "outbox/outbox.h"
#include "postgres/advisory_lock.h"

namespace sluis::run {

namespace {

using namespace std::chrono_literals;

constexpr auto kLongestUnchecked = 26h;  // a day, and a run that takes its time
constexpr auto kLookEvery = 10min;

struct Stopped {};

void tellOperators(postgres::Transaction& transaction, const audit::Verification& found, const office::Post& post) {
  if (post.operators.empty()) return;
  outbox::NewMessage message;
  message.messageId = mail::messageId(fmt::format("log-{}", found.id), mail::kind::kLogBroken, post.domain);
  message.kind = mail::kind::kLogBroken;
  message.recipients = post.operators;
  message.facts = {{"melding", fmt::format("Gevonden na {} goede regels: {}.", found.entries, found.what)},
                   {"sinds", toRfc3339(found.at)}};
  outbox::enqueue(transaction, message, found.at);
}

}  // namespace

std::optional<audit::Verification> LogCheck::checkWhenDue(postgres::Connection& connection, const office::Post& post,
                                                          const Clock& clock, const std::function<bool()>& goOn) {
  const Instant now = clock.now();
  if (!due_) {
    if (looked_ && now - *looked_ < kLookEvery) return std::nullopt;
    const auto last = audit::lastVerification(connection);
    looked_ = now;
    if (last && now - last->at < kLongestUnchecked) return std::nullopt;
  }
  const auto alone = postgres::SessionLock::tryTake(connection, postgres::Lock::logCheck);
  if (!alone) return std::nullopt;
  due_ = false;
  audit::Report report;
  try {
    report = audit::verify(connection, audit::lastGoodHead(connection), [&](std::int64_t) {
      if (!goOn()) throw Stopped();
    });
  } catch (const Stopped&) {
    return std::nullopt;
  } catch (...) {
    due_ = true;
    throw;
  }
  postgres::Transaction transaction(connection);
  const auto found = audit::remember(transaction, report, clock.now());
  if (!found.good) tellOperators(transaction, found, post);
  transaction.commit();
  looked_ = clock.now();
  if (!found.good)
    log::error("the log is NOT whole, after {} good entries: {}", found.entries, found.what);
  else if (found.head)  // kept where who can change the database may not reach
    log::notice("the log is whole: {} entries, head {}:{}", found.entries, found.head->index,
                toHex(BytesView(found.head->chainHash)));
  return found;
}

}  // namespace sluis::run
