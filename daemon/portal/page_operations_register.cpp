// The register as a TTP sees it: each provider and what it still lacks, the agreements, and who has an account.
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "portal/operations.h"
#include "portal/visit.h"

namespace sluis::portal {

namespace {

using web::Values;

constexpr int kDeliveriesShown = 10;

constexpr const char* kProviders =
    "SELECT p.code, p.name, p.mails, p.suspended, p.added, p.login_keys, p.signers,"
    " (SELECT count(*) FROM portal.agreement AS a WHERE a.provider = p.code AND a.valid_from <= current_date"
    "    AND (a.valid_until IS NULL OR a.valid_until >= current_date)) AS agreements,"
    " (SELECT count(*) FROM portal.agreement AS a WHERE a.provider = p.code AND a.upload = 'person'"
    "    AND a.valid_from <= current_date AND (a.valid_until IS NULL OR a.valid_until >= current_date)) AS uploads,"
    " (SELECT count(*) FROM portal.person AS q WHERE q.role = 'provider' AND q.subject = p.code"
    "    AND q.state <> 'disabled') AS accounts,"
    " (SELECT max(d.processed) FROM portal.delivery AS d WHERE d.provider = p.code AND d.state = 'accepted') AS last"
    " FROM portal.provider AS p";

// What keeps it from delivering, in the order in which it is arranged; keys of words.
std::vector<const char*> lackingOf(const postgres::Row& row) {
  std::vector<const char*> lacking;
  const bool byPerson = row.integer("uploads") > 0;
  if (row.integer("agreements") == 0) lacking.push_back("ops.lacks-agreement");
  if (row.integer("signers") == 0) lacking.push_back("ops.lacks-signer");
  if (row.integer("login_keys") == 0 && !byPerson) lacking.push_back("ops.lacks-way");
  if (row.integer("accounts") == 0) lacking.push_back("ops.lacks-account");
  if (row.isNull("last")) lacking.push_back("ops.lacks-delivery");
  return lacking;
}

void showLacking(const Visit& visit, const postgres::Row& row, Values& values) {
  const auto lacking = lackingOf(row);
  values.show("LACKS_NOTHING", lacking.empty());
  if (lacking.empty()) return;
  Values& list = values.add("LACKS");
  for (const char* key : lacking) list.add("LACK").set("LACK_TEXT", visit.text(key));
}

web::Response providers(const Visit& visit) {
  Values values;
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    const auto rows = transaction.exec(std::string(kProviders) + " ORDER BY p.code");
    values.show("NO_PROVIDERS", rows.empty());
    for (const auto row : rows) {
      Values& provider = values.add("PROVIDER");
      provider.set("CODE", row.text("code")).set("NAME", row.text("name"));
      provider.show("SUSPENDED", row.get<bool>("suspended")).show("ACTIVE", !row.get<bool>("suspended"));
      provider.set("LAST", visit.time(row.maybe<Instant>("last")));
      showLacking(visit, row, provider);
    }
    return 0;
  });
  return visit.page("operations-providers", "ops.providers", values);
}

void showAgreements(const Visit& visit, const postgres::Rows& rows, Values& values, bool mayEnd) {
  values.show("NO_AGREEMENTS", rows.empty());
  for (const auto row : rows) {
    Values& agreement = values.add("AGREEMENT");
    const bool inForce = row.get<bool>("in_force");
    agreement.set("AGREEMENT_ID", row.integer("id")).set("AGREEMENT_PROVIDER", row.text("provider"));
    agreement.set("MUNICIPALITY", row.text("municipality")).set("DATASET", row.text("dataset"));
    agreement.set("FROM", visit.day(row.get<Day>("valid_from")));
    if (!row.isNull("valid_until")) agreement.set("UNTIL", visit.day(row.get<Day>("valid_until")));
    agreement.set("UPLOAD", visit.text("ops.upload-" + row.text("upload")));
    agreement.show("IN_FORCE", inForce).show("NOT_IN_FORCE", !inForce);
    if (mayEnd && row.get<bool>("can_end")) agreement.show("END");
  }
}

constexpr const char* kAgreements =
    "SELECT id, provider, municipality, dataset, valid_from, valid_until, upload,"
    " valid_from <= current_date AND (valid_until IS NULL OR valid_until >= current_date) AS in_force,"
    " valid_until IS NULL OR valid_until >= current_date AS can_end FROM portal.agreement";

/// What was typed in a form that was not carried out.
struct Typed {
  std::optional<Refusal> refusal{};
  std::string user{}, name{}, role{}, subject{};
  std::string mistake{};  ///< key of words
};

web::Response provider(const Visit& visit, const std::string& code, const Typed& typed, int status = 200) {
  Values values;
  showRights(visit, values);
  showRefusal(values, typed.refusal);
  const bool isOperator = visit.account().role == account::Role::ttpOperator;
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    const auto rows = transaction.exec(std::string(kProviders) + " WHERE p.code = $1", code);
    if (rows.empty()) throw web::Refused{404, "error.not-found"};
    const auto row = rows.only();
    const bool suspended = row.get<bool>("suspended");
    values.set("CODE", row.text("code")).set("NAME", row.text("name"));
    values.set("MAILS", fmt::format("{}", fmt::join(row.get<std::vector<std::string>>("mails"), ", ")));
    values.set("ADDED", visit.time(row.get<Instant>("added"))).set("LOGIN_KEYS", row.integer("login_keys"));
    values.show("SUSPENDED", suspended).show("ACTIVE", !suspended);
    if (isOperator) values.show(suspended ? "RESUME" : "SUSPEND");
    showLacking(visit, row, values);
    showAgreements(
        visit,
        transaction.exec(std::string(kAgreements) + " WHERE provider = $1 ORDER BY municipality, valid_from", code),
        values, isOperator);
    for (const auto signer : transaction.exec("SELECT kind, fingerprint, label, valid_until, revoked_at FROM "
                                              "portal.signer WHERE provider = $1 ORDER BY id",
                                              code)) {
      Values& line = values.add("SIGNER");
      line.set("SIGNER_KIND", signer.text("kind")).set("FINGERPRINT", signer.text("fingerprint"));
      line.set("SIGNER_LABEL", signer.text("label"));
      line.set("SIGNER_UNTIL", visit.time(signer.maybe<Instant>("valid_until")));
      line.show("REVOKED", !signer.isNull("revoked_at"));
    }
    for (const auto person : transaction.exec("SELECT name, \"user\", state FROM portal.person WHERE role = 'provider' "
                                              "AND subject = $1 ORDER BY \"user\"",
                                              code)) {
      Values& line = values.add("PERSON");
      line.set("PERSON_NAME", person.text("name")).set("PERSON_USER", person.text("user"));
      line.set("PERSON_STATE", visit.text("ops.state-" + person.text("state")));
    }
    for (const auto delivery : transaction.exec(
             fmt::format("SELECT id, file, period, state, received FROM portal.delivery WHERE provider = $1"
                         " ORDER BY number DESC LIMIT {}",
                         kDeliveriesShown),
             code)) {
      Values& line = values.add("DELIVERY");
      line.set("DELIVERY_ID", delivery.text("id")).set("DELIVERY_FILE", delivery.text("file"));
      line.set("DELIVERY_STATE", visit.text("delivery.state-" + delivery.text("state")));
      line.set("DELIVERY_AT", visit.time(delivery.maybe<Instant>("received")));
    }
    return 0;
  });
  return visit.page("operations-provider", "ops.provider", values, status);
}

web::Response setSuspended(const Visit& visit, bool suspended) {
  const std::string& code = visit.captured.at(0);
  Typed typed;
  typed.refusal = change(visit, suspended ? "provider-suspend" : "provider-resume", {{"provider", code}});
  if (typed.refusal) return provider(visit, code, typed, typed.refusal->status);
  return visit.redirect("/operations/providers/" + code, suspended ? "suspended" : "resumed");
}

web::Response agreements(const Visit& visit) {
  Values values;
  showRights(visit, values);
  const bool isOperator = visit.account().role == account::Role::ttpOperator;
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    showAgreements(visit, transaction.exec(std::string(kAgreements) + " ORDER BY provider, municipality, valid_from"),
                   values, isOperator);
    return 0;
  });
  return visit.page("operations-agreements", "ops.agreements", values);
}

// Its own page, so that nobody ends one with a slip of the hand.
web::Response askToEnd(const Visit& visit, const Typed& typed, int status = 200) {
  Values values;
  showRights(visit, values);
  showRefusal(values, typed.refusal);
  const std::int64_t id = numberIn(visit, 0);
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    const auto rows = transaction.exec(std::string(kAgreements) + " WHERE id = $1", id);
    if (rows.empty()) throw web::Refused{404, "error.not-found"};
    showAgreements(visit, rows, values, true);
    return 0;
  });
  values.set("UNTIL_TYPED", typed.name);
  return visit.page("operations-agreement-end", "ops.end-agreement", values, status);
}

web::Response end(const Visit& visit) {
  Typed typed;
  typed.name = visit.field("until");
  typed.refusal = change(visit, "agreement-end", {{"id", numberIn(visit, 0)}, {"until", typed.name}});
  if (typed.refusal) return askToEnd(visit, typed, typed.refusal->status);
  return visit.redirect("/operations/agreements", "agreement-ended");
}

constexpr std::array<const char*, 4> kRoles = {"provider", "municipality", "operator", "auditor"};

web::Response accounts(const Visit& visit, const Typed& typed, int status = 200) {
  Values values;
  showRights(visit, values);
  showRefusal(values, typed.refusal);
  const bool isOperator = visit.account().role == account::Role::ttpOperator;
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    for (const auto row : transaction.exec(
             "SELECT id, \"user\", name, role, subject, state, second_factor, created, last_sign_in FROM portal.person"
             " ORDER BY role, subject NULLS FIRST, \"user\"")) {
      Values& person = values.add("PERSON");
      const std::string state = row.text("state");
      person.set("PERSON_NAME", row.text("name")).set("PERSON_USER", row.text("user"));
      person.set("PERSON_ROLE", visit.text("ops.role-" + row.text("role"))).set("PERSON_OF", row.text("subject"));
      person.set("PERSON_STATE", visit.text("ops.state-" + state));
      person.show("STATE_ACTIVE", state == "active").show("STATE_INVITED", state == "invited");
      person.show("STATE_DISABLED", state == "disabled").show("NO_SECOND_FACTOR", !row.get<bool>("second_factor"));
      person.set("LAST_SIGN_IN", visit.time(row.maybe<Instant>("last_sign_in")));
      // Nobody locks out or resets oneself by a slip of the hand.
      if (!isOperator || row.integer("id") == visit.account().id) continue;
      Values& forms = person.add("FORMS");
      forms.show("DISABLE", state != "disabled").show("RESET", state != "disabled").show("ENABLE", state == "disabled");
    }
    return 0;
  });
  if (isOperator) {
    Values& form = values.add("INVITE");
    form.set("USER_TYPED", typed.user).set("NAME_TYPED", typed.name).set("SUBJECT_TYPED", typed.subject);
    for (const char* role : kRoles) {
      Values& choice = form.add("ROLE");
      choice.set("ROLE_VALUE", role).set("ROLE_LABEL", visit.text(fmt::format("ops.role-{}", role)));
      choice.show("ROLE_CHOSEN", typed.role == role);
    }
    if (!typed.mistake.empty()) form.add("MISTAKE").set("MISTAKE_TEXT", visit.text(typed.mistake));
  }
  return visit.page("operations-accounts", "ops.accounts", values, status);
}

web::Response invite(const Visit& visit) {
  Typed typed{.refusal = {},
              .user = visit.field("user"),
              .name = visit.field("name"),
              .role = visit.field("role"),
              .subject = visit.field("subject"),
              .mistake = {}};
  if (typed.user.empty() || typed.name.empty() || typed.role.empty()) {
    typed.mistake = "ops.invite-incomplete";
    return accounts(visit, typed, 422);
  }
  typed.refusal =
      change(visit, "account-invite",
             {{"user", typed.user}, {"name", typed.name}, {"role", typed.role}, {"subject", typed.subject}});
  if (typed.refusal) return accounts(visit, typed, typed.refusal->status);
  return visit.redirect("/operations/accounts", "invited");
}

web::Response changeAccount(const Visit& visit, const char* command, const char* done) {
  Typed typed;
  typed.refusal = change(visit, command, {{"user", visit.field("user")}});
  if (typed.refusal) return accounts(visit, typed, typed.refusal->status);
  return visit.redirect("/operations/accounts", done);
}

}  // namespace

Routes registerRoutes() {
  using web::Method;
  return {
      {Method::get, "/operations/providers", Access::ttp, [](Visit& visit) { return providers(visit); }},
      {Method::get, "/operations/providers/{}", Access::ttp,
       [](Visit& visit) { return provider(visit, visit.captured.at(0), {}); }},
      {Method::post, "/operations/providers/{}/suspend", Access::ttpOperator,
       [](Visit& visit) { return setSuspended(visit, true); }},
      {Method::post, "/operations/providers/{}/resume", Access::ttpOperator,
       [](Visit& visit) { return setSuspended(visit, false); }},
      {Method::get, "/operations/agreements", Access::ttp, [](Visit& visit) { return agreements(visit); }},
      {Method::get, "/operations/agreements/{}/end", Access::ttpOperator,
       [](Visit& visit) { return askToEnd(visit, {}); }},
      {Method::post, "/operations/agreements/{}/end", Access::ttpOperator, [](Visit& visit) { return end(visit); }},
      {Method::get, "/operations/accounts", Access::ttp, [](Visit& visit) { return accounts(visit, {}); }},
      {Method::post, "/operations/accounts/invite", Access::ttpOperator, [](Visit& visit) { return invite(visit); }},
      {Method::post, "/operations/accounts/disable", Access::ttpOperator,
       [](Visit& visit) { return changeAccount(visit, "account-disable", "account-disabled"); }},
      {Method::post, "/operations/accounts/enable", Access::ttpOperator,
       [](Visit& visit) { return changeAccount(visit, "account-enable", "account-enabled"); }},
      {Method::post, "/operations/accounts/reset", Access::ttpOperator,
       [](Visit& visit) { return changeAccount(visit, "account-reset", "account-reset"); }},
  };
}

}  // namespace sluis::portal
