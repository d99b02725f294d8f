#include "run/reminders.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "audit/audit.h"
#include "base/log.h"
#include "delivery/delivery.h"
#include "mail/dutch.h"
#include "mail/kinds.h"
#include "outbox/outbox.h"

namespace sluis::run {

namespace {

using std::chrono::days;

constexpr auto kKinds = {Period::Kind::month, Period::Kind::quarter, Period::Kind::half, Period::Kind::year};
constexpr days kLookedBack{3 * 366};
constexpr int kRhythm = 2;

Day monthAfter(Day day) {
  return Period::containing(Period::Kind::month, day).last() + days(1);
}

// What one provider delivered of one dataset, and what it owes.
class Account {
 public:
  Account(postgres::Connection& connection, const registry::Provider& provider, std::string dataset, Instant since)
      : provider_(provider), dataset_(std::move(dataset)) {
    delivery::Filter filter;
    filter.provider = provider.code;
    filter.dataset = dataset_;
    filter.since = since;
    for (const auto& each : delivery::list(connection, filter)) {
      const auto period = each.period ? Period::parse(*each.period) : std::nullopt;
      if (!period) continue;
      if (each.state == DeliveryState::accepted) accepted_.insert(*period);
      if (each.state == DeliveryState::queued || each.state == DeliveryState::held) onItsWay_.insert(*period);
    }
  }

  bool isOwed(const Period& period, const std::vector<registry::Agreement>& agreements) const {
    const bool agreed = std::any_of(agreements.begin(), agreements.end(), [&](const registry::Agreement& agreement) {
      return agreement.dataset == dataset_ && agreement.validFrom <= period.last() &&
             (!agreement.validUntil || *agreement.validUntil >= period.first());
    });
    return agreed && std::chrono::floor<days>(provider_.added) <= period.last() && hasRhythm(period) &&
           onItsWay_.count(period) == 0 && !isCovered(period);
  }

 private:
  bool hasRhythm(const Period& period) const {
    if (accepted_.empty()) return period.kind() == Period::Kind::half;
    Period before = period;
    for (int i = 0; i < kRhythm; ++i) {
      before = before.previous();
      if (accepted_.count(before) != 0) return true;
    }
    return false;
  }

  // Who delivers by month owes no half-year on top.
  bool isCovered(const Period& period) const {
    for (Day month = period.first(); month <= period.last(); month = monthAfter(month)) {
      const bool delivered = std::any_of(accepted_.begin(), accepted_.end(), [&](const Period& one) {
        return one.first() <= month && monthAfter(month) - days(1) <= one.last();
      });
      if (!delivered) return false;
    }
    return true;
  }

  const registry::Provider& provider_;
  std::string dataset_;
  std::set<Period> accepted_;
  std::set<Period> onItsWay_;
};

// The day before so many finished periods of its kind lie after it: the last on which isOpen() holds.
Day lastDayOf(const Period& period, int openPeriods) {
  Day day = period.last();
  for (int i = 0; i < openPeriods; ++i) day = Period::containing(period.kind(), day + days(1)).last();
  return day;
}

// Its successor is registered: nothing needs to be done.
bool isReplaced(const registry::Signer& signer, const std::vector<registry::Signer>& all) {
  return std::any_of(all.begin(), all.end(), [&](const registry::Signer& other) {
    return other.id > signer.id && !other.revokedAt && (!other.validUntil || *other.validUntil > *signer.validUntil);
  });
}

void addExpiring(postgres::Connection& connection, const registry::Provider& provider, const ReminderSettings& settings,
                 Day today, std::vector<Reminder>& reminders) {
  const auto signers = registry::signers(connection, provider.code);
  for (const registry::Signer& signer : signers) {
    if (signer.revokedAt || !signer.validUntil || isReplaced(signer, signers)) continue;
    const Day last = std::chrono::floor<days>(*signer.validUntil);
    if (last < today || last - today > days(settings.expiresDays)) continue;
    const std::string what = signer.kind == registry::SignerKind::ssh ? "sleutel" : "certificaat";
    const std::string named = signer.label.empty() ? signer.fingerprint : signer.label;
    reminders.push_back(
        {.kind = Reminder::Kind::expires,
         .provider = provider.code,
         .about = fmt::format("{}-ondertekenaar-{}-{}", provider.code, signer.id, toIsoDate(last)),
         .lastDay = last,
         .melding = fmt::format("Uw {} om aanleveringen te ondertekenen ({}) verloopt op {}.", what, named,
                                mail::dutchDay(last)),
         .oplossing = fmt::format("Maak een nieuw{} {} en stuur het openbare deel naar de helpdesk. Daarna worden "
                                  "aanleveringen met het oude geweigerd.",
                                  signer.kind == registry::SignerKind::ssh ? "e" : "", what)});
  }
}

std::string fileName(const ExpectedDelivery& expected) {
  return fmt::format("{}_{}", expected.dataset, expected.period.text());
}

}  // namespace

std::string_view toString(Reminder::Kind kind) {
  switch (kind) {
    case Reminder::Kind::expected:
      return "expected";
    case Reminder::Kind::closes:
      return "closes";
    case Reminder::Kind::expires:
      return "expires";
  }
  return "unknown";
}

std::vector<ExpectedDelivery> expectedOf(postgres::Connection& connection, const registry::Provider& provider,
                                         Day today) {
  std::vector<ExpectedDelivery> expected;
  if (provider.suspended) return expected;
  const auto agreements = registry::agreements(connection, provider.code);
  std::set<std::string> datasets;
  for (const auto& agreement : agreements)
    if (agreement.isInForceOn(today)) datasets.insert(agreement.dataset);
  for (const std::string& dataset : datasets) {
    const Account account(connection, provider, dataset, Instant(today - kLookedBack));
    for (const auto kind : kKinds) {
      Period period = Period::containing(kind, today);
      for (int i = 0; i < provider.openPeriods; ++i) {
        period = period.previous();
        if (account.isOwed(period, agreements))
          expected.push_back({dataset, period, lastDayOf(period, provider.openPeriods)});
      }
    }
  }
  std::stable_sort(expected.begin(), expected.end(),
                   [](const auto& a, const auto& b) { return a.lastDay < b.lastDay; });
  return expected;
}

std::vector<Reminder> remindersFor(postgres::Connection& connection, const registry::Provider& provider,
                                   const ReminderSettings& settings, Day today) {
  std::vector<Reminder> reminders;
  if (provider.suspended) return reminders;
  for (const ExpectedDelivery& one : expectedOf(connection, provider, today)) {
    const auto add = [&](Reminder::Kind kind, const char* about, std::string melding) {
      reminders.push_back({.kind = kind,
                           .provider = provider.code,
                           .about = fmt::format("{}-{}-{}-{}", provider.code, one.dataset, one.period.text(), about),
                           .dataset = one.dataset,
                           .period = one.period.text(),
                           .lastDay = one.lastDay,
                           .melding = std::move(melding),
                           .oplossing = fmt::format("Lever {} aan in de map inbox, met de handtekening erbij. Was er "
                                                    "niets te melden, lever dan een bestand met alleen de "
                                                    "kolomnamen.",
                                                    fileName(one))});
    };
    const bool closes = one.lastDay - today <= days(settings.closesDays);
    // One mail, not two on one day: what closes soon is the more urgent of the two.
    if (closes)
      add(Reminder::Kind::closes, "sluit",
          fmt::format("De periode {} van {} kan nog tot en met {} worden aangeleverd.", one.period.text(), one.dataset,
                      mail::dutchDay(one.lastDay)));
    else if (today - one.period.last() >= days(settings.afterDays))
      add(Reminder::Kind::expected, "verwacht",
          fmt::format("Wij hebben van u nog geen goedgekeurde aanlevering van {} over {}.", one.dataset,
                      one.period.text()));
  }
  addExpiring(connection, provider, settings, today, reminders);
  return reminders;
}

int remind(postgres::Connection& connection, const ReminderSettings& settings, Day today, Instant now) {
  int told = 0;
  for (const registry::Provider& provider : registry::providers(connection)) {
    std::vector<Reminder> fresh;
    postgres::Transaction transaction(connection);
    for (Reminder& reminder : remindersFor(connection, provider, settings, today)) {
      outbox::NewMessage message;
      message.messageId = mail::messageId(reminder.about, mail::kind::kReminder, settings.mailDomain);
      message.kind = mail::kind::kReminder;
      message.provider = provider.code;
      message.recipients = provider.mails;
      message.facts = {{"aanbieder", provider.code},
                       {"aanbiedernaam", provider.name},
                       {"dataset", reminder.dataset},
                       {"periode", reminder.period},
                       {"verloopt", mail::dutchDay(reminder.lastDay)},
                       {"melding", reminder.melding},
                       {"oplossing", reminder.oplossing}};
      if (outbox::enqueue(transaction, message, now)) fresh.push_back(std::move(reminder));
    }
    for (const Reminder& reminder : fresh) {
      audit::Event event;
      event.what = "reminder.sent";
      event.at = now;
      event.subject = provider.code;
      event.system = "sluisd";
      event.actor = "sluisd";
      event.responsible = "TTP";
      event.details = {{"reminder", std::string(toString(reminder.kind))}, {"last_day", toIsoDate(reminder.lastDay)}};
      if (!reminder.dataset.empty()) {
        event.details["dataset"] = reminder.dataset;
        event.details["period"] = reminder.period;
      }
      audit::append(transaction, event);
    }
    if (!fresh.empty()) transaction.commit();
    told += static_cast<int>(fresh.size());
  }
  return told;
}

void remindAfterRun(const Installation& installation, Link& link, Instant now) {
  const auto& reminders = installation.config.reminders;
  const ReminderSettings settings{.afterDays = reminders.afterDays,
                                  .closesDays = reminders.closesDays,
                                  .expiresDays = reminders.expiresDays,
                                  .mailDomain = installation.config.mail.domain()};
  try {
    const int told = remind(link.get(), settings, installation.schedule.today(now), now);
    if (told > 0) log::notice("{} reminders", told);
  } catch (const postgres::DatabaseError& error) {
    log::error("reminders: {}; tomorrow again", error.what());
    link.drop();
  }
}

}  // namespace sluis::run
