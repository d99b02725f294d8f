// Where the TTP's mails about deliveries go, as the provider's own people keep it. The change itself is sluisd's.
#include <algorithm>

#include "model/mail_address.h"
#include "portal/change.h"
#include "portal/delivery_pages.h"
#include "portal/visit.h"

namespace sluis::portal {

namespace {

constexpr std::size_t kMostMails = 20;

// What was typed, and why it was not kept.
struct Typed {
  std::optional<std::string> mails{};
  std::string_view mistake{};
  std::optional<Refusal> refusal{};
};

web::Response show(Visit& visit, const Typed& typed, int status) {
  web::Values values;
  values.show("MUST_SIGN_IN", mustSignIn(visit));
  showRefusal(values, typed.refusal);
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    const auto rows = transaction.exec("SELECT code, name, mails, added FROM portal.provider WHERE code = $1",
                                       visit.account().subject);
    if (rows.empty()) throw web::Refused{404, "error.not-found"};
    const auto row = rows[0];
    values.set("CODE", row.text("code")).set("NAME", row.text("name"));
    std::string mails;
    for (const std::string& mail : row.get<std::vector<std::string>>("mails")) mails += mail + "\n";
    values.set("MAILS", typed.mails.value_or(mails));
    for (const auto person : transaction.exec(
             "SELECT name, \"user\", state, last_sign_in FROM portal.person WHERE role = 'provider' AND subject = $1"
             " ORDER BY name, id",
             visit.account().subject)) {
      web::Values& line = values.add("PERSON");
      line.set("PERSON_NAME", person.text("name")).set("PERSON_MAIL", person.text("user"));
      line.set("PERSON_STATE", visit.text("delivery.person-" + person.text("state")));
      line.set("PERSON_SEEN", visit.time(person.maybe<Instant>("last_sign_in")));
    }
    for (const auto signer : transaction.exec(
             "SELECT kind, fingerprint, label, valid_until, revoked_at FROM portal.signer WHERE provider = $1"
             " ORDER BY id",
             visit.account().subject)) {
      web::Values& line = values.add("SIGNER");
      line.set("SIGNER_KIND", visit.text("delivery.signer-" + signer.text("kind")));
      line.set("SIGNER_LABEL", signer.text("label")).set("SIGNER_FINGERPRINT", signer.text("fingerprint"));
      line.set("SIGNER_UNTIL", visit.time(signer.maybe<Instant>("valid_until")));
      line.show("SIGNER_REVOKED", !signer.isNull("revoked_at"));
    }
    return 0;
  });
  if (!typed.mistake.empty()) values.show("MAILS_BAD").add("MAILS_ERROR").set("ERROR_TEXT", visit.text(typed.mistake));
  return visit.page("contacts", "delivery.contacts-title", values, status);
}

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find_first_of("\r\n,; ", from), text.size());
    if (end > from) lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

}  // namespace

web::Response showContacts(Visit& visit) {
  return show(visit, {}, 200);
}

web::Response changeContacts(Visit& visit) {
  Typed typed{.mails = visit.field("mails")};
  const auto mails = linesOf(*typed.mails);
  if (mails.empty())
    typed.mistake = "delivery.mails-none";
  else if (mails.size() > kMostMails)
    typed.mistake = "delivery.mails-many";
  else if (!std::all_of(mails.begin(), mails.end(), [](const std::string& mail) { return isMailAddress(mail); }))
    typed.mistake = "delivery.mails-wrong";
  if (!typed.mistake.empty()) return show(visit, typed, 422);
  typed.refusal = change(visit, "provider-mails", {{"mails", mails}});
  if (typed.refusal) return show(visit, typed, typed.refusal->status);
  return visit.redirect("/contacts", "mails-saved");
}

}  // namespace sluis::portal
