#include "run/limits.h"

#include <sys/statvfs.h>

#include <fmt/format.h>

#include "base/log.h"
#include "delivery/delivery.h"
#include "mail/kinds.h"
#include "outbox/outbox.h"

namespace sluis::run {

namespace {

using namespace std::chrono_literals;

constexpr double kLeastFreeShare = 0.10;
constexpr auto kLongestInTheQueue = 26h;  // a day, and a run that takes its time

void tell(const Installation& installation, postgres::Connection& connection, Instant now, std::string_view about,
          const std::string& what, const std::string& advice) {
  if (installation.config.mail.operators.empty()) return;
  outbox::NewMessage message;
  const std::string day = toIsoDate(installation.schedule.today(now));
  message.messageId =
      mail::messageId(fmt::format("{}-{}", about, day), mail::kind::kLimit, installation.config.mail.domain());
  message.kind = mail::kind::kLimit;
  message.recipients = installation.config.mail.operators;
  message.facts = {{"melding", what}, {"advies", advice}};
  postgres::Transaction transaction(connection);
  const bool isNew = outbox::enqueue(transaction, message, now);
  transaction.commit();
  if (isNew) log::warning("{}", what);
}

void watchDisk(const Installation& installation, postgres::Connection& connection, const config::Path& folder,
               std::string_view about, Instant now) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0 || disk.f_blocks == 0) return;
  const double free = static_cast<double>(disk.f_bavail) / static_cast<double>(disk.f_blocks);
  if (free >= kLeastFreeShare) return;
  tell(installation, connection, now, about,
       fmt::format("Op de schijf van {} is nog {:.0f} procent vrij.", folder.string(), free * 100),
       "Maak ruimte. Aanleveringen blijven wachten zolang de schijf vol is; er gaat niets verloren.");
}

}  // namespace

void watchLimits(const Installation& installation, postgres::Connection& connection, const std::string& node,
                 Instant now) {
  watchDisk(installation, connection, installation.config.state, "schijf-state", now);
  watchDisk(installation, connection, installation.config.drop, "schijf-drop", now);
  delivery::Filter filter;
  filter.state = DeliveryState::queued;
  filter.node = node;
  std::size_t late = 0;
  for (const auto& each : delivery::list(connection, filter))
    if (each.queuedAt && now - *each.queuedAt > kLongestInTheQueue) ++late;
  if (late > 0)
    tell(installation, connection, now, "wachtrij",
         fmt::format("{} aanleveringen staan langer dan een dag in de wachtrij.", late),
         "Kijk met `sluis run list` en `sluis status` waarom de dagelijkse run ze niet heeft verwerkt.");
}

}  // namespace sluis::run
