#include "office/applications.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "crypto/digest.h"
#include "crypto/random.h"
#include "delivery/reason.h"
#include "mail/kinds.h"
#include "model/denied.h"
#include "office/accounts.h"
#include "office/providers.h"
#include "office/signers.h"
#include "outbox/outbox.h"

namespace sluis::office {

namespace {

namespace kind = mail::kind;

constexpr int kAnnouncedAtOnce = 20;
constexpr std::size_t kTokenBytes = 32;

constexpr std::array<std::pair<ApplicationState, std::string_view>, 6> kStates = {{
    {ApplicationState::received, "received"},
    {ApplicationState::agreementSent, "agreement-sent"},
    {ApplicationState::agreementReceived, "agreement-received"},
    {ApplicationState::inForce, "in-force"},
    {ApplicationState::invited, "invited"},
    {ApplicationState::declined, "declined"},
}};

constexpr const char* kColumns =
    "id, state, language, organisation, kvk, street, postcode, town, contact_name, contact_mail, contact_phone,"
    " technical_name, technical_mail, municipalities, software, format, upload, remarks, person_names, person_mails,"
    " created, provider";

Application applicationFrom(const postgres::Row& row) {
  Application found;
  found.id = row.integer("id");
  found.state = applicationStateFrom(row.text("state")).value();
  found.language = row.text("language");
  found.organisation = row.text("organisation");
  found.kvk = row.text("kvk");
  found.street = row.text("street");
  found.postcode = row.text("postcode");
  found.town = row.text("town");
  found.contact = {row.text("contact_name"), row.text("contact_mail")};
  found.contactPhone = row.text("contact_phone");
  found.technical = {row.text("technical_name"), row.text("technical_mail")};
  found.municipalities = row.get<std::vector<std::string>>("municipalities");
  found.software = row.text("software");
  found.format = row.text("format");
  found.upload = row.text("upload");
  found.remarks = row.text("remarks");
  const auto names = row.get<std::vector<std::string>>("person_names");
  const auto mails = row.get<std::vector<std::string>>("person_mails");
  for (std::size_t i = 0; i < std::min(names.size(), mails.size()); ++i) found.people.push_back({names[i], mails[i]});
  found.created = row.get<Instant>("created");
  found.provider = row.text("provider");
  return found;
}

std::string subjectOf(std::int64_t id) {
  return fmt::format("application-{}", id);
}

// The application, locked until the transaction ends, in one of these states.
Application locked(postgres::Transaction& transaction, std::int64_t id, std::initializer_list<ApplicationState> from) {
  const auto rows =
      transaction.exec(fmt::format("SELECT {} FROM portal.application WHERE id = $1 FOR NO KEY UPDATE", kColumns), id);
  if (rows.empty())
    throw Denied(why::kApplicationUnknown, std::to_string(id), fmt::format("there is no application {}", id),
                 "type: sluis application list");
  Application found = applicationFrom(rows.only());
  if (std::ranges::find(from, found.state) == from.end())
    throw Denied(why::kApplicationStep, std::to_string(id),
                 fmt::format("application {} is {}: that step cannot be taken now", id, toString(found.state)),
                 "somebody may have taken it already; look again");
  return found;
}

void move(postgres::Transaction& transaction, std::int64_t id, ApplicationState to, const std::string& note,
          const Occasion& occasion, const std::string& provider = {}) {
  transaction.exec(
      "UPDATE portal.application SET state = $2, provider = coalesce(nullif($3, ''), provider) WHERE id = $1", id,
      toString(to), provider);
  transaction.exec("INSERT INTO portal.application_step (application, state, at, note) VALUES ($1, $2, $3, $4)", id,
                   toString(to), occasion.at, note);
}

void tellContact(postgres::Transaction& transaction, const Application& application, std::string_view kind,
                 outbox::Facts facts, const Post& post, Instant at) {
  outbox::NewMessage message;
  message.messageId = mail::messageId(subjectOf(application.id), kind, post.domain);
  message.kind = kind;
  message.recipients = {application.contact.mail};
  message.facts = std::move(facts);
  message.facts["aanmelding"] = std::to_string(application.id);
  outbox::enqueue(transaction, message, at);
}

void tellOperators(postgres::Transaction& transaction, const Application& application, const Post& post, Instant at) {
  if (post.operators.empty()) return;
  outbox::NewMessage message;
  message.messageId = mail::messageId(subjectOf(application.id), kind::kApplication, post.domain);
  message.kind = kind::kApplication;
  message.recipients = post.operators;
  message.facts = {{"melding", fmt::format("Aanmelding {} van {}", application.id, application.organisation)},
                   {"advies", "Bekijk de aanmelding en stuur de verwerkersovereenkomst."},
                   {"sinds", toRfc3339(application.created)}};
  outbox::enqueue(transaction, message, at);
}

// The link's token; only its SHA-256 stays. As sha256(convert_to(token, 'UTF8')) of portal.application_of().
std::string makeLink(postgres::Transaction& transaction, std::int64_t id) {
  std::array<std::byte, kTokenBytes> random{};
  crypto::fillRandom(random);
  const std::string token = toBase64Url(random);
  transaction.exec("UPDATE portal.application SET secret_hash = $2 WHERE id = $1", id, crypto::sha256(asBytes(token)));
  return token;
}

}  // namespace

std::string_view toString(ApplicationState state) {
  const auto* found = std::ranges::find(kStates, state, &std::pair<ApplicationState, std::string_view>::first);
  return found->second;
}

std::optional<ApplicationState> applicationStateFrom(std::string_view word) {
  const auto* found = std::ranges::find(kStates, word, &std::pair<ApplicationState, std::string_view>::second);
  return found == kStates.end() ? std::nullopt : std::optional(found->first);
}

std::vector<Application> applications(postgres::Connection& connection, bool all) {
  const auto rows = connection.exec(
      fmt::format("SELECT {} FROM portal.application WHERE $1 OR state NOT IN ('invited', 'declined') ORDER BY id",
                  kColumns),
      all);
  std::vector<Application> found;
  for (const auto row : rows) found.push_back(applicationFrom(row));
  return found;
}

std::optional<Application> findApplication(postgres::Connection& connection, std::int64_t id) {
  const auto rows = connection.exec(fmt::format("SELECT {} FROM portal.application WHERE id = $1", kColumns), id);
  return rows.empty() ? std::nullopt : std::optional(applicationFrom(rows.only()));
}

std::vector<ApplicationStep> stepsOf(postgres::Connection& connection, std::int64_t id) {
  const auto rows =
      connection.exec("SELECT state, at, note FROM portal.application_step WHERE application = $1 ORDER BY at", id);
  std::vector<ApplicationStep> steps;
  for (const auto row : rows)
    steps.push_back({applicationStateFrom(row.text("state")).value(), row.get<Instant>("at"), row.text("note")});
  return steps;
}

int announceApplications(postgres::Connection& connection, const Post& post, Instant at) {
  const auto waiting =
      connection.exec(postgres::Prepared{"SELECT EXISTS (SELECT FROM portal.application WHERE secret_hash IS NULL)"});
  if (!waiting.only().get<bool>(0)) return 0;
  postgres::Transaction transaction(connection);
  const auto rows =
      transaction.exec(fmt::format("SELECT {} FROM portal.application WHERE secret_hash IS NULL ORDER BY id LIMIT {}"
                                   " FOR NO KEY UPDATE SKIP LOCKED",
                                   kColumns, kAnnouncedAtOnce));
  for (const auto row : rows) {
    const Application application = applicationFrom(row);
    const std::string token = makeLink(transaction, application.id);
    tellContact(transaction, application, kind::kApplied, {{"link", fmt::format("{}/apply/{}", post.portal, token)}},
                post, at);
    tellOperators(transaction, application, post, at);
  }
  transaction.commit();
  return rows.size();
}

void agreementSent(postgres::Transaction& transaction, std::int64_t id, const Post& post, const Occasion& occasion) {
  const auto application = locked(transaction, id, {ApplicationState::received});
  move(transaction, id, ApplicationState::agreementSent, {}, occasion);
  tellContact(transaction, application, kind::kAgreementSent, {}, post, occasion.at);
  audit::append(transaction, occasion.event("application.agreement-sent", subjectOf(id)));
}

void agreementReceived(postgres::Transaction& transaction, std::int64_t id, const std::string& note,
                       const Occasion& occasion) {
  delivery::checkReason(note);
  locked(transaction, id, {ApplicationState::agreementSent});
  move(transaction, id, ApplicationState::agreementReceived, note, occasion);
  audit::append(transaction, occasion.event("application.agreement-received", subjectOf(id), {{"note", note}}));
}

void inForce(postgres::Transaction& transaction, std::int64_t id, InForce wanted, const RequireKey& requireKey,
             const config::Portal& portal, const Occasion& occasion) {
  const auto application = locked(transaction, id, {ApplicationState::agreementReceived});
  wanted.provider.name = application.organisation;
  wanted.provider.mails = {application.contact.mail};
  if (!application.technical.mail.empty() && application.technical.mail != application.contact.mail)
    wanted.provider.mails.push_back(application.technical.mail);
  addProvider(transaction, {.provider = wanted.provider, .loginKeys = {}, .signers = {}}, occasion);
  registry::Agreement agreement;
  agreement.provider = wanted.provider.code;
  agreement.dataset = wanted.dataset;
  agreement.validFrom = wanted.from;
  agreement.validUntil = wanted.until;
  agreement.upload = registry::uploadByFrom(application.upload).value_or(registry::UploadBy::automation);
  if (agreement.upload == registry::UploadBy::person)
    addPortalSigner(transaction, portal, agreement.provider, occasion);
  for (const auto& municipality : application.municipalities) {
    agreement.municipality = municipality;
    addAgreement(transaction, agreement, requireKey, occasion);
  }
  move(transaction, id, ApplicationState::inForce, {}, occasion, wanted.provider.code);
  audit::append(transaction,
                occasion.event("application.in-force", subjectOf(id), {{"provider", wanted.provider.code}}));
}

Invite inviteAsProvider(const Post& post, const Occasion& occasion) {
  return [post, occasion](postgres::Transaction& transaction, const Person& person, const std::string& provider,
                          const std::string& language) {
    invite(
        transaction,
        {.user = person.mail,
         .name = person.name,
         .role = account::Role::provider,
         .subject = provider,
         .language = language},
        [](const std::string&) { return false; }, post, occasion);
  };
}

int invitePeople(postgres::Transaction& transaction, std::int64_t id, const Invite& invite, const Occasion& occasion) {
  const auto application = locked(transaction, id, {ApplicationState::inForce});
  for (const auto& person : application.people) invite(transaction, person, application.provider, application.language);
  move(transaction, id, ApplicationState::invited, {}, occasion);
  const int invited = static_cast<int>(application.people.size());
  audit::append(transaction, occasion.event("application.invited", subjectOf(id),
                                            {{"provider", application.provider}, {"people", std::to_string(invited)}}));
  return invited;
}

void declineApplication(postgres::Transaction& transaction, std::int64_t id, const std::string& reason,
                        const Post& post, const Occasion& occasion) {
  if (reason.empty()) throw Error(ErrorKind::usage, "say why: the contact is told", "give a reason");
  delivery::checkReason(reason);
  const auto application =
      locked(transaction, id,
             {ApplicationState::received, ApplicationState::agreementSent, ApplicationState::agreementReceived});
  move(transaction, id, ApplicationState::declined, reason, occasion);
  tellContact(transaction, application, kind::kDeclined, {{"reden", reason}}, post, occasion.at);
  audit::append(transaction, occasion.event("application.declined", subjectOf(id), {{"reason", reason}}));
}

int forgetOldApplications(postgres::Transaction& transaction, Instant now) {
  return static_cast<int>(
      transaction
          .exec("DELETE FROM portal.application AS a WHERE EXISTS (SELECT FROM portal.application_step AS s"
                " WHERE s.application = a.id AND s.state IN ('declined', 'invited') AND s.at < $1)",
                now - kApplicationsKept)
          .affected());
}

}  // namespace sluis::office
