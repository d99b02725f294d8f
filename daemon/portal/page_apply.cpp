// The questionnaire by which a provider applies: public, without script, and where it stands by a secret link.
//
// What was filled in is written and never read back here: the portal cannot. A flood is slowed down for each address
// (account/attempts.h) and ends at a bound that the database keeps (portal.may_apply).
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include "audit/audit.h"
#include "base/file.h"
#include "dataset/code_list_import.h"
#include "portal/apply_form.h"
#include "portal/operations.h"
#include "portal/router.h"
#include "portal/sign_in_steps.h"
#include "portal/visit.h"

namespace sluis::portal {

namespace {

using web::Values;

constexpr std::size_t kLargestList = 4 << 20;
constexpr std::size_t kTokenLength = 43;
constexpr std::string_view kReceived = "received";  // no token: those have 43 characters

/// Read when the first one applies: a routes' maker knows no configuration.
struct Municipalities {
  std::once_flag once;
  std::unique_ptr<dataset::CodeList> list;

  const dataset::CodeList& known(const config::Config& config) {
    std::call_once(once, [&] {
      const auto file = config.codelists / "gemeenten.yaml";
      auto read = dataset::readCodeList(file.string(), readFile(file, kLargestList));
      list = std::make_unique<dataset::CodeList>(read.name, std::move(read.codes));
    });
    return *list;
  }
};

std::string inCapitals(std::string name) {
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

// KVK, KVK_BAD and KVK_ERROR for "kvk", and so on.
void fill(const Visit& visit, const ApplyForm& form, Values& values) {
  for (const auto& name : ApplyForm::fields()) {
    const auto mistake = form.mistakes().find(name);
    const bool bad = mistake != form.mistakes().end();
    if (name.starts_with("person_")) continue;
    values.set(inCapitals(name), form[name]);
    values.show(inCapitals(name) + "_BAD", bad);
    if (bad) values.add(inCapitals(name) + "_ERROR").set("ERROR", visit.text(mistake->second));
  }
  for (int i = 1; i <= kPeopleAsked; ++i) {
    Values& person = values.add("PERSON");
    person.set("NUMBER", i).show("FIRST", i == 1);
    for (const auto& [name, section] : {std::pair{"person_name", "PERSON_NAME"}, {"person_mail", "PERSON_MAIL"}}) {
      const std::string field = fmt::format("{}_{}", name, i);
      person.set(section, form[field]);
      const auto mistake = form.mistakes().find(field);
      person.show(std::string(section) + "_BAD", mistake != form.mistakes().end());
      if (mistake != form.mistakes().end())
        person.add(std::string(section) + "_ERROR").set("ERROR", visit.text(mistake->second));
    }
  }
  for (const char* format : {"csv", "xlsx", "xls", "ascii", "unknown"}) {
    Values& choice = values.add("FORMAT_CHOICE");
    choice.set("VALUE", format).set("LABEL", visit.text(fmt::format("apply.format-{}", format)));
    choice.show("CHOSEN", form["format"] == format);
  }
  for (const char* upload : {"automation", "person"}) {
    Values& choice = values.add("UPLOAD_CHOICE");
    choice.set("VALUE", upload).set("LABEL", visit.text(fmt::format("apply.upload-{}", upload)));
    choice.set("HINT", visit.text(fmt::format("apply.upload-{}-hint", upload)));
    choice.show("CHOSEN", form["upload"] == upload);
  }
}

web::Response show(const Visit& visit, const ApplyForm& form, const char* problem, int status) {
  Values values;
  fill(visit, form, values);
  if (problem != nullptr) values.add("PROBLEM").set("PROBLEM_TEXT", visit.text(problem));
  return visit.page("apply", "apply.title", values, status);
}

void requireOpen(const Visit& visit) {
  if (!visit.services.config.portal.applications) throw web::Refused{404, "error.not-found"};
}

std::int64_t insert(postgres::Transaction& transaction, const ApplyForm& form, const Visit& visit) {
  return transaction
      .exec(
          "INSERT INTO portal.application (language, organisation, kvk, street, postcode, town, contact_name,"
          " contact_mail, contact_phone, technical_name, technical_mail, municipalities, software, format, upload,"
          " remarks, person_names, person_mails, created)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
          " RETURNING id",
          web::toString(visit.language), form["organisation"], form["kvk"], form["street"], form["postcode"],
          form["town"], form["contact_name"], form["contact_mail"], form["contact_phone"], form["technical_name"],
          form["technical_mail"], form.municipalities(), form["software"], form["format"], form["upload"],
          form["remarks"], form.personNames(), form.personMails(), visit.now())
      .only()
      .integer(0);
}

// false: there are as many as there may be.
bool take(const Visit& visit, const ApplyForm& form) {
  return visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    if (!transaction.exec("SELECT portal.may_apply($1)", form["contact_mail"]).only().get<bool>(0)) return false;
    const std::int64_t id = insert(transaction, form, visit);
    audit::appendPortal(transaction, {.what = "application.received",
                                      .at = visit.now(),
                                      .subject = fmt::format("application-{}", id),
                                      .system = "sluis-portal",
                                      .actor = "applicant",
                                      .responsible = "TTP",
                                      .details = {}});
    transaction.commit();
    return true;
  });
}

web::Response apply(const Visit& visit, Municipalities& municipalities) {
  requireOpen(visit);
  const ApplyForm form = ApplyForm::read(visit.request.form, municipalities.known(visit.services.config));
  if (!form.mistakes().empty()) return show(visit, form, "common.something-wrong", 422);
  // Each one counts, whatever becomes of it: nobody fills in many by hand.
  const account::Attempt attempt{.what = "application", .user = {}, .address = visit.request.address, .device = {}};
  if (const auto wait = startTry(visit, attempt)) return tooOften(show(visit, form, "apply.wait", 429), *wait);
  if (!take(visit, form)) return show(visit, form, "apply.full", 503);
  return visit.redirect(fmt::format("/apply/{}", kReceived));
}

web::Response status(const Visit& visit, const std::string& token) {
  Values values;
  if (token == kReceived) return visit.page("apply-received", "apply.received", values);
  if (token.size() != kTokenLength) throw web::Refused{404, "error.not-found"};
  const auto rows = visit.services.database.with([&](postgres::Connection& connection) {
    return connection.exec("SELECT id, state, organisation, created, changed FROM portal.application_of($1)", token);
  });
  if (rows.empty()) throw web::Refused{404, "error.not-found"};
  const auto row = rows.only();
  const std::string state = row.text("state");
  values.set("ID", row.integer("id")).set("ORGANISATION", row.text("organisation"));
  values.set("CREATED", visit.time(row.get<Instant>("created")));
  values.set("CHANGED", visit.time(row.get<Instant>("changed")));
  values.set("EXPLANATION", visit.text("apply.explain-" + state));
  values.show("DECLINED", state == "declined");
  bool behind = true;
  if (state != "declined")
    for (const char* each : {"received", "agreement-sent", "agreement-received", "in-force", "invited"}) {
      Values& step = values.add("WAY");
      const bool here = each == state;
      step.set("WAY_TEXT", visit.text(fmt::format("apply.state-{}", each)));
      step.show("WAY_HERE", here).show("WAY_DONE", behind && !here);
      if (here) behind = false;
    }
  return visit.page("apply-status", "apply.status-title", values);
}

}  // namespace

Routes applyRoutes() {
  using web::Method;
  const auto municipalities = std::make_shared<Municipalities>();
  return {
      {Method::get, "/apply", Access::everybody,
       [](Visit& visit) {
         requireOpen(visit);
         return show(visit, {}, nullptr, 200);
       }},
      {Method::post, "/apply", Access::everybody,
       [municipalities](Visit& visit) { return apply(visit, *municipalities); }},
      {Method::get, "/apply/{}", Access::everybody, [](Visit& visit) { return status(visit, visit.captured.at(0)); }},
  };
}

}  // namespace sluis::portal
