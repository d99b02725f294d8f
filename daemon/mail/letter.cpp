#include "mail/letter.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "mail/blocks.h"
#include "mail/dutch.h"
#include "mail/kinds.h"
#include "mail/mime.h"
#include "model/refusal.h"

namespace sluis::mail {

namespace {

// A fact that is an instant as toRfc3339() writes it is shown as a Dutch time.
std::optional<Instant> instantFrom(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd.ddddddZ";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (kForm[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != kForm[i]) return std::nullopt;
  const auto day = fromIsoDate(text.substr(0, 10));
  if (!day) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  return Instant(*day) + std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
         std::chrono::seconds(number(17, 2)) + std::chrono::microseconds(number(20, 6));
}

Values deliveryValues(const DeliveryFacts& facts, const std::string& timeZone) {
  const Receipt& receipt = facts.receipt;
  Values values = {
      {"aanlevering", receipt.delivery},
      {"aanbieder", receipt.provider},
      {"aanbiedernaam", facts.providerName},
      {"bestand", receipt.file},
      {"dataset", receipt.dataset},
      {"periode", receipt.period},
      {"ontvangen", dutchTime(receipt.received, timeZone)},
      {"verwerkt", receipt.processed ? dutchTime(*receipt.processed, timeZone) : std::string()},
      {"code", receipt.code},
      {"toelichting", facts.detail},
      {"records", dutchNumber(receipt.counts.records)},
      {"geladen", dutchNumber(receipt.counts.loaded)},
      {"vervangen", dutchNumber(receipt.counts.replaced)},
      {"verwijderd", dutchNumber(receipt.counts.deleted)},
      {"weggelaten", receipt.verdict == "accepted" && receipt.counts.records > receipt.counts.loaded
                         ? dutchNumber(receipt.counts.records - receipt.counts.loaded)
                         : std::string()},
      {"fouten", receipt.counts.errors > 0 ? dutchNumber(receipt.counts.errors) : std::string()},
      {"signalen", receipt.counts.warnings > 0 ? dutchNumber(receipt.counts.warnings) : std::string()},
      {"samenvatting", summarise(facts.findings, facts.ruleText)},
      {"controlegetal", receipt.sha256},
      {"grootte", dutchSize(receipt.size)},
      {"ondertekenaar", receipt.signer ? receipt.signer->label : std::string()},
      {"run", receipt.run},
  };
  if (const RefusalKind* refusal = findRefusalKind(receipt.code)) {
    values["reden"] = refusal->dutch;
    values["oplossing"] = refusal->dutchRemedy;
  }
  return values;
}

std::string attachmentStem(const Receipt& receipt) {
  return fmt::format("{}.{}", receipt.file, receipt.delivery);
}

Attachment receiptOf(const DeliveryFacts& facts) {
  return {attachmentStem(facts.receipt) + ".receipt.json", "application/json", renderReceipt(facts.receipt)};
}

std::vector<Attachment> attachmentsOf(const LetterRequest& request) {
  std::vector<Attachment> attachments;
  if (request.delivery == nullptr) return attachments;
  if (request.kind == kind::kReceipt) attachments.push_back(receiptOf(*request.delivery));
  if (request.kind == kind::kSuperseded && request.earlier != nullptr)
    attachments.push_back(receiptOf(*request.earlier));
  const bool tellsFindings = request.kind == kind::kReceipt || request.kind == kind::kErrors;
  if (tellsFindings && !request.delivery->findings.kept.empty())
    attachments.push_back({attachmentStem(request.delivery->receipt) + ".findings.csv", "text/csv; charset=UTF-8",
                           renderFindingsCsv(request.delivery->findings, request.delivery->ruleText)});
  return attachments;
}

}  // namespace

plugin::Message renderLetter(const LetterRequest& request, const Texts& texts, const LetterSettings& settings) {
  Values values = request.delivery ? deliveryValues(*request.delivery, settings.timeZone) : Values();
  for (const auto& [name, value] : request.facts) {
    const auto instant = instantFrom(value);
    values[name] = instant ? dutchTime(*instant, settings.timeZone) : value;
  }
  values["helpdesk_naam"] = settings.helpdesk.name;
  values["helpdesk_mail"] = settings.helpdesk.mail;
  values["helpdesk_telefoon"] = settings.helpdesk.phone;
  const Wording wording = texts.fill(request.kind, values);

  Mail mail;
  mail.messageId = request.messageId;
  mail.fromName = settings.fromName;
  mail.from = settings.from;
  mail.to = request.to;
  mail.subject = wording.subject;
  mail.date = request.created;
  mail.headers = {{"Auto-Submitted", "auto-generated"}, {"Content-Language", "nl"}, {"X-Sluis-Kind", request.kind}};
  if (request.delivery != nullptr) mail.headers.emplace_back("X-Sluis-Delivery", request.delivery->receipt.delivery);
  mail.text = wording.text;
  mail.html = htmlOf(wording.subject, wording.text);
  mail.attachments = attachmentsOf(request);
  return {request.messageId, settings.from, request.to, encodeMail(mail)};
}

}  // namespace sluis::mail
