#include "mail/dispatcher.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/step.h"
#include "mail/check_text.h"
#include "mail/kinds.h"

namespace sluis::mail {

namespace {

using plugin::DeliveryReport;
using plugin::Outcome;

// A server that is away answers each message with the same timeout; three are enough to know.
constexpr int kPutOffInARow = 3;

std::vector<std::string> recipientsLeft(const outbox::Message& message, const DeliveryReport& report) {
  if (!report.retry.empty()) return report.retry;
  std::vector<std::string> left;
  for (const std::string& recipient : message.recipients)
    if (std::find(report.refused.begin(), report.refused.end(), recipient) == report.refused.end())
      left.push_back(recipient);
  return left;
}

// The one of these that `wat` names is not empty: the text has a line for each.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kChanges = {{
    {"wachtwoord", "wachtwoord"},
    {"tweede-factor", "tweede_factor"},
    {"herstelcodes", "herstelcodes"},
    {"uitgezet", "uitgezet"},
}};

void tellOf(const Person& person, const outbox::Message& message, Values& facts) {
  facts["naam"] = person.name;
  facts["gebruiker"] = person.user;
  facts["portaal"] = person.portal;
  facts["link"] = person.link;
  facts["verloopt"] = person.expires ? toRfc3339(*person.expires) : std::string();
  facts["moment"] = toRfc3339(message.created);
  const auto changed = message.facts.find("wat");
  for (const auto& [what, fact] : kChanges)
    if (changed != message.facts.end() && changed->second == what) facts[std::string(fact)] = "ja";
}

}  // namespace

std::string documentName(std::string_view file, std::string_view delivery, std::string_view ending) {
  std::string safe(file.substr(0, 150));
  for (char& c : safe)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
          c == '-'))
      c = '-';
  if (safe.empty() || safe.front() == '.') safe.insert(safe.begin(), '_');
  return fmt::format("{}.{}.{}", safe, delivery, ending);
}

Dispatcher::Dispatcher(DispatcherSettings settings, const Texts& texts, plugin::Channel& channel, Lookups lookups)
    : settings_(std::move(settings)), texts_(texts), channel_(channel), lookups_(std::move(lookups)) {}

Drained Dispatcher::drain(postgres::Connection& connection, const Clock& clock, const std::function<bool()>& stop) {
  const Instant started = clock.now();
  Drained drained;
  for (const outbox::Channel channel : {outbox::Channel::folder, outbox::Channel::mail}) {
    int putOff = 0;
    while (putOff < kPutOffInARow && !(stop && stop())) {
      const Step step = deliverNext(connection, clock, started, channel);
      if (step == Step::nothing) break;
      putOff = step == Step::later ? putOff + 1 : 0;
      if (step == Step::sent) ++drained.sent;
      if (step == Step::later) ++drained.later;
      if (step == Step::failed) ++drained.failed;
    }
  }
  return drained;
}

// One message a transaction, its row locked while it is on its way: a daemon that dies gives it back at once, and no
// other daemon sends it meanwhile.
Dispatcher::Step Dispatcher::deliverNext(postgres::Connection& connection, const Clock& clock, Instant started,
                                         outbox::Channel channel) {
  postgres::Transaction transaction(connection);
  const auto due = outbox::claimDue(transaction, started, 1, channel);
  if (due.empty()) return Step::nothing;
  const outbox::Message& message = due.front();
  const DeliveryReport report = attempt(transaction, message);
  const Instant now = clock.now();
  Step step = Step::sent;
  if (report.outcome == Outcome::delivered) {
    outbox::markSent(transaction, message, now);
    if (!report.refused.empty()) tellOperators(transaction, message, now, report.reason, report.refused);
  } else if (report.outcome == Outcome::tryLater) {
    const auto retry = outbox::markLater(transaction, message, now, report.reason, recipientsLeft(message, report));
    step = retry == outbox::Retry::givenUp ? Step::failed : Step::later;
    if (step == Step::later && !report.refused.empty())
      tellOperators(transaction, message, now, report.reason, report.refused);
  } else {
    step = Step::failed;
    outbox::markFailed(transaction, message, report.reason);
  }
  if (step == Step::failed) tellOperators(transaction, message, now, report.reason, message.recipients);
  transaction.commit();
  passed("mail.marked");
  if (step == Step::later) log::warning("message {} is delayed: {}", message.messageId, report.reason);
  if (step == Step::failed) log::error("message {} cannot be delivered: {}", message.messageId, report.reason);
  return step;
}

DeliveryReport Dispatcher::attempt(postgres::Transaction& transaction, const outbox::Message& message) {
  try {
    return message.channel == outbox::Channel::folder ? writeDocuments(message) : mailIt(transaction, message);
  } catch (const Error& error) {
    // The database decides for itself what to do when it is away: nothing has been marked yet.
    if (error.kind() == ErrorKind::database) throw;
    return {Outcome::tryLater, error.what()};
  } catch (const std::logic_error& error) {
    return {Outcome::failed, fmt::format("cannot be rendered: {}", error.what())};
  } catch (const std::exception& error) {
    // A plugin that breaks its promise not to throw must not stop the messages behind this one.
    return {Outcome::tryLater, error.what()};
  }
}

DeliveryReport Dispatcher::mailIt(postgres::Transaction& transaction, const outbox::Message& message) {
  if (findKind(message.kind) == nullptr)
    return {Outcome::failed, fmt::format("there is no mail of kind {}", message.kind)};
  if (message.recipients.empty()) return {Outcome::failed, "it has no recipients"};
  std::optional<DeliveryFacts> delivery;
  std::optional<DeliveryFacts> earlier;
  if (message.delivery) {
    delivery = lookups_.delivery(*message.delivery);
    if (!delivery) return {Outcome::failed, fmt::format("there is no delivery {}", *message.delivery)};
  }
  if (const auto fact = message.facts.find("eerder"); fact != message.facts.end())
    earlier = lookups_.delivery(fact->second);
  Values facts = message.facts;
  if (const auto account = facts.find("account"); account != facts.end()) {
    const auto person = personOf(transaction, message, account->second);
    if (!person) return {Outcome::failed, fmt::format("account {} takes no such mail", account->second)};
    tellOf(*person, message, facts);
  }
  LetterRequest request{message.messageId,
                        message.kind,
                        message.to,
                        message.created,
                        std::move(facts),
                        delivery ? &*delivery : nullptr,
                        earlier ? &*earlier : nullptr};
  plugin::Message letter = renderLetter(request, texts_, settings_.letters);
  letter.recipients = message.recipients;
  passed("mail.rendered");
  DeliveryReport report = channel_.deliver(letter);
  passed("mail.delivered");
  return report;
}

std::optional<Person> Dispatcher::personOf(postgres::Transaction& transaction, const outbox::Message& message,
                                           const std::string& account) {
  std::int64_t id = 0;
  const auto [end, wrong] = std::from_chars(account.data(), account.data() + account.size(), id);
  if (wrong != std::errc() || end != account.data() + account.size() || !lookups_.person) return std::nullopt;
  return lookups_.person(id, message.kind, transaction);
}

DeliveryReport Dispatcher::writeDocuments(const outbox::Message& message) {
  if (!message.delivery || !message.provider) return {Outcome::failed, "documents of no delivery"};
  const auto folder = lookups_.folder(*message.provider);
  if (!folder) return {Outcome::failed, fmt::format("{} has no outbox folder", *message.provider)};
  const auto facts = lookups_.delivery(*message.delivery);
  if (!facts) return {Outcome::failed, fmt::format("there is no delivery {}", *message.delivery)};
  const auto write = [&](std::string_view ending, const std::string& bytes) {
    writeFileDurably(*folder / documentName(facts->receipt.file, facts->receipt.delivery, ending), bytes);
  };
  // The receipt last: who waits for it finds the rest there.
  if (!facts->findings.kept.empty()) write("findings.csv", renderFindingsCsv(facts->findings, facts->ruleText));
  if (message.kind == kind::kCheck)
    write("check.txt", renderCheck(*facts, settings_.letters.helpdesk, settings_.letters.timeZone));
  else
    write("receipt.json", renderReceipt(facts->receipt));
  passed("folder.written");
  return {Outcome::delivered, {}};
}

void Dispatcher::tellOperators(postgres::Transaction& transaction, const outbox::Message& message, Instant now,
                               const std::string& reason, const std::vector<std::string>& recipients) {
  // A mail to the operators that fails must not beget another.
  const Kind* kind = findKind(message.kind);
  if (settings_.operators.empty() || (kind != nullptr && kind->audience == Audience::operators)) return;
  outbox::NewMessage told;
  told.messageId =
      messageId(fmt::format("message-{}-{}", message.id, message.attempts), kind::kUndeliverable, settings_.domain);
  told.kind = kind::kUndeliverable;
  told.recipients = settings_.operators;
  told.facts = {{"bericht", message.messageId},
                {"soort", message.kind},
                {"aanlevering", message.delivery.value_or("")},
                {"aanbieder", message.provider.value_or("")},
                {"ontvangers", fmt::format("{}", fmt::join(recipients, ", "))},
                {"reden", reason},
                {"pogingen", std::to_string(message.attempts + 1)},
                {"sinds", toRfc3339(message.created)}};
  outbox::enqueue(transaction, told, now);
}

}  // namespace sluis::mail
