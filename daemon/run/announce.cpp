#include "run/announce.h"

#include <fmt/format.h>

#include "audit/audit.h"
#include "mail/kinds.h"
#include "outbox/outbox.h"
#include "registry/registry.h"

namespace sluis::run {

namespace kind = mail::kind;

namespace {

void addNumber(std::map<std::string, std::string>& details, const char* name,
               const std::optional<std::uint64_t>& value) {
  if (value) details[name] = std::to_string(*value);
}

std::string ruleSetOf(const Installation& installation, const std::string& dataset, const std::string& period) {
  const auto parsed = Period::parse(period);
  const auto* definition = parsed ? installation.definitions.find(dataset, *parsed) : nullptr;
  return definition == nullptr ? std::string() : definition->dataset() + " " + definition->version();
}

}  // namespace

std::vector<std::string> Announcer::mailsOf(postgres::Transaction& transaction, const std::string& provider) const {
  if (known_ && known_->code == provider) return known_->mails;
  return registry::provider(transaction.connection(), provider).mails;
}

void Announcer::tell(postgres::Transaction& transaction, const delivery::Delivery& delivery, std::string_view kind,
                     const Occasion& occasion, const std::optional<std::string>& earlier) const {
  outbox::NewMessage message;
  message.messageId = mail::messageId(delivery.id, kind, installation_.config.mail.domain());
  message.channel = outbox::Channel::mail;
  message.kind = kind;
  message.delivery = delivery.id;
  message.provider = delivery.provider;
  message.recipients = mailsOf(transaction, delivery.provider);
  if (earlier)
    message.facts["eerder"] = *earlier;
  else if (delivery.supersededBy)
    message.facts["door"] = *delivery.supersededBy;
  if (kind == kind::kArrival) message.facts["volgende_run"] = toRfc3339(installation_.schedule.nextDue(occasion.at));
  outbox::enqueueLater(transaction, message, occasion.at);
}

void Announcer::documents(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                          const std::string& about, const Occasion& occasion) const {
  outbox::NewMessage message;
  message.messageId = mail::messageId(about, kind::kDocuments, installation_.config.mail.domain());
  message.channel = outbox::Channel::folder;
  message.kind = kind::kDocuments;
  message.delivery = delivery.id;
  message.provider = delivery.provider;
  outbox::enqueueLater(transaction, message, occasion.at);
}

void Announcer::log(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                    const Occasion& occasion) const {
  audit::Event event;
  event.what = "delivery." + std::string(toString(delivery.state));
  event.at = occasion.at;
  event.subject = delivery.id;
  event.system = "sluisd";
  event.actor = occasion.actor;
  event.responsible = delivery.provider;
  auto& details = event.details;
  details["file"] = delivery.file;
  details["node"] = delivery.node;
  if (delivery.code) details["code"] = *delivery.code;
  if (delivery.dataset) details["dataset"] = *delivery.dataset;
  if (delivery.period) details["period"] = *delivery.period;
  if (delivery.sha256) details["sha256"] = toHex(*delivery.sha256);
  if (delivery.signerFingerprint) details["signer"] = *delivery.signerFingerprint;
  if (delivery.uploadedBy) details["account"] = std::to_string(*delivery.uploadedBy);
  if (delivery.secondFactorAt) details["second_factor"] = toRfc3339(*delivery.secondFactorAt);
  if (delivery.run) details["run"] = std::to_string(*delivery.run);
  if (delivery.replaces) details["replaces"] = *delivery.replaces;
  if (delivery.supersededBy) details["superseded_by"] = *delivery.supersededBy;
  addNumber(details, "confirmed_deleted", delivery.confirmedDeleted);
  // A receipt is made from what was so then: a later release, relabelling or rule set must not change it.
  details["software"] = SLUIS_VERSION;
  if (delivery.signerId) details["signer_label"] = registry::signerLabel(transaction.connection(), *delivery.signerId);
  if (delivery.detected && !delivery.detected->empty())
    details["rules"] = ruleSetOf(installation_, delivery.dataset.value_or(""), delivery.period.value_or(""));
  addNumber(details, "size", delivery.size);
  addNumber(details, "records", delivery.records);
  addNumber(details, "wrong_records", delivery.wrongRecords);
  addNumber(details, "loaded", delivery.loaded);
  addNumber(details, "replaced", delivery.replaced);
  addNumber(details, "deleted", delivery.deleted);
  addNumber(details, "errors", delivery.errors);
  addNumber(details, "warnings", delivery.warnings);
  audit::append(transaction, event);
}

void Announcer::queued(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                       const Occasion& occasion) const {
  tell(transaction, delivery, kind::kArrival, occasion);
  log(transaction, delivery, occasion);
}

void Announcer::accepted(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                         const Occasion& occasion) const {
  tell(transaction, delivery, kind::kReceipt, occasion);
  documents(transaction, delivery, delivery.id, occasion);
  log(transaction, delivery, occasion);
}

void Announcer::held(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                     const Occasion& occasion) const {
  // A delivery can be held again after a release: each time is told.
  const std::string about = delivery.holds > 1 ? fmt::format("{}-{}", delivery.id, delivery.holds) : delivery.id;
  const auto number = [](const std::optional<std::uint64_t>& value) { return std::to_string(value.value_or(0)); };
  outbox::NewMessage message;
  message.messageId = mail::messageId(about, kind::kHeld, installation_.config.mail.domain());
  message.kind = kind::kHeld;
  message.delivery = delivery.id;
  message.provider = delivery.provider;
  message.recipients = mailsOf(transaction, delivery.provider);
  // As it is now: by the time the mail goes the delivery may have been released.
  message.facts = {{"records", number(delivery.records)},
                   {"verwijderd", number(delivery.deleted)},
                   {"reden", std::string(kindOf(RefusalCode::DEL01).dutch)},
                   {"toelichting", delivery.detail.value_or("")}};
  outbox::enqueueLater(transaction, message, occasion.at);

  outbox::NewMessage told;
  told.messageId = mail::messageId(about, kind::kHold, installation_.config.mail.domain());
  told.kind = kind::kHold;
  told.recipients = installation_.config.mail.operators;
  told.facts = {{"aanlevering", delivery.id},
                {"aanbieder", delivery.provider},
                {"melding", delivery.detail.value_or("")},
                {"sinds", toRfc3339(occasion.at)}};
  if (!told.recipients.empty()) outbox::enqueueLater(transaction, told, occasion.at);
  documents(transaction, delivery, about + "-vastgehouden", occasion);
  log(transaction, delivery, occasion);
}

void Announcer::released(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                         const std::string& reason, const Occasion& occasion) const {
  audit::Event event;
  event.what = "delivery.released";
  event.at = occasion.at;
  event.subject = delivery.id;
  event.system = "sluisd";
  event.actor = occasion.actor;
  event.responsible = "TTP";
  event.details = {{"reason", reason}};
  addNumber(event.details, "confirmed_deleted", delivery.deleted);
  audit::append(transaction, event);
}

void Announcer::refused(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                        const Occasion& occasion, const std::optional<std::string>& earlier) const {
  const bool superseded = delivery.state == DeliveryState::superseded;
  tell(transaction, delivery, superseded ? kind::kSuperseded : kind::kErrors, occasion, earlier);
  documents(transaction, delivery, delivery.id, occasion);
  log(transaction, delivery, occasion);
}

void Announcer::runFailed(postgres::Transaction& transaction, std::int64_t run, const std::string& why,
                          const Occasion& occasion) const {
  const std::string name = "run-" + std::to_string(run);
  outbox::NewMessage message;
  message.messageId = mail::messageId(name, kind::kRunFailed, installation_.config.mail.domain());
  message.kind = kind::kRunFailed;
  message.recipients = installation_.config.mail.operators;
  message.facts = {{"run", std::to_string(run)}, {"melding", why}};
  if (!message.recipients.empty()) outbox::enqueueLater(transaction, message, occasion.at);

  audit::Event event;
  event.what = "run.failed";
  event.at = occasion.at;
  event.subject = name;
  event.system = "sluisd";
  event.actor = occasion.actor;
  event.responsible = "TTP";
  event.details = {{"error", why}};
  audit::append(transaction, event);
}

}  // namespace sluis::run
