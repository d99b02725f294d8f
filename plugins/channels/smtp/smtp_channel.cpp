#include "smtp/smtp_channel.h"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

#include "base/error.h"

namespace sluis::channel_smtp {

namespace {

using plugin::DeliveryReport;
using plugin::Outcome;

// What cannot stand between < and > of an envelope would end the command, or begin another.
bool isSafeAddress(std::string_view address) {
  return !address.empty() && address.size() <= 254 && address.find('@') != std::string_view::npos &&
         std::all_of(address.begin(), address.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '<' && c != '>'; });
}

// 530 and 535: we are not let in, which is no fault of the message.
bool isForLater(const Reply& reply) {
  return reply.isTransient() || reply.code == 530 || reply.code == 535;
}

struct Recipients {
  std::vector<std::string> taken;
  std::vector<std::string> later;
  std::vector<std::string> refused;
  std::string reason;

  void note(const std::string& recipient, std::string_view why) {
    reason += fmt::format("{}{}: {}", reason.empty() ? "" : "; ", recipient, why);
  }
};

// The message's outcome once `taken` have it (delivered), may have it later, or never get it.
DeliveryReport report(Recipients recipients, Outcome ofTaken, const std::string& reason) {
  if (ofTaken == Outcome::tryLater)
    recipients.later.insert(recipients.later.begin(), recipients.taken.begin(), recipients.taken.end());
  if (ofTaken == Outcome::failed)
    recipients.refused.insert(recipients.refused.begin(), recipients.taken.begin(), recipients.taken.end());
  DeliveryReport result;
  result.reason = reason.empty() ? recipients.reason : reason;
  result.refused = recipients.refused;
  if (!recipients.later.empty()) {
    result.outcome = Outcome::tryLater;
    result.retry = recipients.later;
  } else if (ofTaken == Outcome::delivered && !recipients.taken.empty()) {
    result.outcome = Outcome::delivered;
  } else {
    result.outcome = Outcome::failed;
  }
  return result;
}

}  // namespace

void SmtpChannel::open(const plugin::ChannelSettings& settings) {
  settings_ = SmtpSettings::from(settings);
}

DeliveryReport SmtpChannel::deliver(const plugin::Message& message) {
  if (!settings_) return {Outcome::tryLater, "the channel is not open"};
  if (!isSafeAddress(message.from)) return {Outcome::failed, "the sender's address cannot be used"};
  try {
    SmtpSession session(*settings_);
    session.begin();
    DeliveryReport result = converse(session, message);
    session.quit();
    return result;
  } catch (const std::exception& error) {
    return {Outcome::tryLater, error.what()};
  }
}

DeliveryReport SmtpChannel::converse(SmtpSession& session, const plugin::Message& message) const {
  if (const std::uint64_t limit = session.sizeLimit(); limit != 0 && message.bytes.size() > limit)
    return {Outcome::failed, fmt::format("the message is larger than the {} bytes the mail server takes", limit)};
  const std::string size = session.offers("SIZE") ? fmt::format(" SIZE={}", message.bytes.size()) : std::string();
  const Reply sender = session.command(fmt::format("MAIL FROM:<{}>{}", message.from, size));
  if (!sender.isGood())
    return {isForLater(sender) ? Outcome::tryLater : Outcome::failed, fmt::format("sender: {}", sender.text())};

  Recipients recipients;
  for (const std::string& recipient : message.recipients) {
    if (!isSafeAddress(recipient)) {
      recipients.refused.push_back(recipient);
      recipients.note("a recipient", "the address cannot be used");
      continue;
    }
    const Reply reply = session.command(fmt::format("RCPT TO:<{}>", recipient));
    (reply.isGood()      ? recipients.taken
     : isForLater(reply) ? recipients.later
                         : recipients.refused)
        .push_back(recipient);
    if (!reply.isGood()) recipients.note(recipient, reply.text());
  }
  if (recipients.taken.empty()) return report(std::move(recipients), Outcome::failed, {});

  const Reply ready = session.command("DATA");
  if (ready.code != 354)
    return report(std::move(recipients), isForLater(ready) ? Outcome::tryLater : Outcome::failed,
                  fmt::format("data: {}", ready.text()));
  const Reply end = session.data(message.bytes);
  if (end.isGood()) return report(std::move(recipients), Outcome::delivered, {});
  return report(std::move(recipients), isForLater(end) ? Outcome::tryLater : Outcome::failed,
                fmt::format("message: {}", end.text()));
}

}  // namespace sluis::channel_smtp
