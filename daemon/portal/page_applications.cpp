// The applications of providers as a TTP sees them: where each stands, what was filled in, and the next step.
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "portal/operations.h"
#include "portal/visit.h"

namespace sluis::portal {

namespace {

using web::Values;

// The way of one that is not declined.
constexpr std::array<std::string_view, 5> kWay = {"received", "agreement-sent", "agreement-received", "in-force",
                                                  "invited"};

web::Response list(const Visit& visit) {
  Values values;
  const bool all = visit.request.query["all"] == "1";
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    const auto rows = transaction.exec(
        "SELECT a.id, a.organisation, a.state, a.municipalities, a.created, a.provider,"
        " coalesce((SELECT max(s.at) FROM portal.seen_application_step AS s WHERE s.application = a.id), a.created)"
        "   AS changed FROM portal.seen_application AS a WHERE $1 OR a.state NOT IN ('invited', 'declined')"
        " ORDER BY a.id",
        all);
    values.show("NONE", rows.empty()).show("ALL", all).show("ONLY_OPEN", !all);
    for (const auto row : rows) {
      Values& application = values.add("APPLICATION");
      const std::string state = row.text("state");
      application.set("ID", row.integer("id")).set("ORGANISATION", row.text("organisation"));
      application.set("STATE", visit.text("apply.state-" + state));
      application.show("STATE_DONE", state == "invited").show("STATE_DECLINED", state == "declined");
      application.show("STATE_OPEN", state != "invited" && state != "declined");
      application.set("MUNICIPALITIES",
                      fmt::format("{}", fmt::join(row.get<std::vector<std::string>>("municipalities"), ", ")));
      application.set("SINCE", visit.time(row.get<Instant>("changed"))).set("PROVIDER", row.text("provider"));
    }
    return 0;
  });
  return visit.page("operations-applications", "ops.applications", values);
}

/// What was typed in a step that was not taken.
struct Typed {
  std::optional<Refusal> refusal{};
  std::string mistake{};  ///< key of words
  std::string note{}, reason{}, code{}, from{}, until{};
};

// The form of the step that comes next; the others stay hidden.
void showNextStep(const Visit& visit, const std::string& state, const Typed& typed, Values& values) {
  if (visit.account().role != account::Role::ttpOperator) return;
  if (state == "received") values.show("STEP_SEND");
  if (state == "agreement-sent") values.add("STEP_RECEIVE").set("NOTE", typed.note);
  if (state == "agreement-received") {
    const std::string today = toIsoDate(visit.today());
    values.add("STEP_FORCE")
        .set("CODE_TYPED", typed.code)
        .set("FROM_TYPED", typed.from.empty() ? today : typed.from)
        .set("UNTIL_TYPED", typed.until);
  }
  if (state == "in-force") values.show("STEP_INVITE");
  if (state != "in-force" && state != "invited" && state != "declined")
    values.add("STEP_DECLINE").set("REASON", typed.reason);
  if (!typed.mistake.empty()) values.add("MISTAKE").set("MISTAKE_TEXT", visit.text(typed.mistake));
}

void showWay(const Visit& visit, const std::string& state, Values& values) {
  if (state == "declined") {
    values.show("DECLINED");
    return;
  }
  bool behind = true;
  for (const auto& each : kWay) {
    Values& step = values.add("WAY");
    step.set("WAY_TEXT", visit.text(fmt::format("apply.state-{}", each)));
    const bool here = each == state;
    step.show("WAY_HERE", here).show("WAY_DONE", behind && !here);
    if (here) behind = false;
  }
}

web::Response show(const Visit& visit, const Typed& typed, int status = 200) {
  Values values;
  showRights(visit, values);
  showRefusal(values, typed.refusal);
  const std::int64_t id = numberIn(visit, 0);
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    const auto rows = transaction.exec("SELECT * FROM portal.seen_application WHERE id = $1", id);
    if (rows.empty()) throw web::Refused{404, "error.not-found"};
    const auto row = rows.only();
    const std::string state = row.text("state");
    for (const auto& [name, column] : {std::pair{"ORGANISATION", "organisation"},
                                       {"KVK", "kvk"},
                                       {"STREET", "street"},
                                       {"POSTCODE", "postcode"},
                                       {"TOWN", "town"},
                                       {"CONTACT_NAME", "contact_name"},
                                       {"CONTACT_MAIL", "contact_mail"},
                                       {"CONTACT_PHONE", "contact_phone"},
                                       {"SOFTWARE", "software"},
                                       {"REMARKS", "remarks"},
                                       {"PROVIDER", "provider"}})
      values.set(name, row.text(column));
    values.set("ID", id).set("CREATED", visit.time(row.get<Instant>("created")));
    values.set("MUNICIPALITIES",
               fmt::format("{}", fmt::join(row.get<std::vector<std::string>>("municipalities"), ", ")));
    values.set("FORMAT", visit.text("apply.format-" + row.text("format")));
    values.set("UPLOAD", visit.text("apply.upload-" + row.text("upload")));
    if (!row.text("technical_mail").empty())
      values.add("TECHNICAL")
          .set("TECHNICAL_NAME", row.text("technical_name"))
          .set("TECHNICAL_MAIL", row.text("technical_mail"));
    if (!row.text("provider").empty()) values.show("IS_PROVIDER");
    const auto names = row.get<std::vector<std::string>>("person_names");
    const auto mails = row.get<std::vector<std::string>>("person_mails");
    for (std::size_t i = 0; i < std::min(names.size(), mails.size()); ++i)
      values.add("PERSON").set("PERSON_NAME", names[i]).set("PERSON_MAIL", mails[i]);
    for (const auto step : transaction.exec(
             "SELECT state, at, note FROM portal.seen_application_step WHERE application = $1 ORDER BY at", id))
      values.add("STEP")
          .set("STEP_STATE", visit.text("apply.state-" + step.text("state")))
          .set("STEP_AT", visit.time(step.get<Instant>("at")))
          .set("STEP_NOTE", step.text("note"));
    showWay(visit, state, values);
    showNextStep(visit, state, typed, values);
    return 0;
  });
  return visit.page("operations-application", "ops.application", values, status);
}

web::Response take(const Visit& visit, const char* command, nlohmann::json arguments, Typed typed) {
  arguments["id"] = numberIn(visit, 0);
  if (typed.mistake.empty()) typed.refusal = change(visit, command, std::move(arguments));
  if (!typed.mistake.empty()) return show(visit, typed, 422);
  if (typed.refusal) return show(visit, typed, typed.refusal->status);
  return visit.redirect(fmt::format("/operations/applications/{}", numberIn(visit, 0)), "step-taken");
}

web::Response enforce(const Visit& visit) {
  Typed typed;
  typed.code = visit.field("code");
  typed.from = visit.field("from");
  typed.until = visit.field("until");
  if (typed.code.empty()) typed.mistake = "ops.code-missing";
  return take(visit, "application-in-force", {{"provider", typed.code}, {"from", typed.from}, {"until", typed.until}},
              typed);
}

web::Response receive(const Visit& visit) {
  Typed typed;
  typed.note = visit.field("note");
  return take(visit, "application-agreement-received", {{"note", typed.note}}, typed);
}

web::Response decline(const Visit& visit) {
  Typed typed;
  typed.reason = visit.field("reason");
  if (typed.reason.empty()) typed.mistake = "ops.reason-missing";
  return take(visit, "application-decline", {{"reason", typed.reason}}, typed);
}

}  // namespace

Routes applicationRoutes() {
  using web::Method;
  const auto plain = [](const char* command) {
    return [command](Visit& visit) { return take(visit, command, nlohmann::json::object(), {}); };
  };
  const std::string one = "/operations/applications/{}";
  Routes routes = {
      {Method::get, "/operations/applications", Access::ttp, [](Visit& visit) { return list(visit); }},
      {Method::get, one, Access::ttp, [](Visit& visit) { return show(visit, {}); }},
      {Method::post, one + "/sent", Access::ttpOperator, plain("application-agreement-sent")},
      {Method::post, one + "/received", Access::ttpOperator, [](Visit& visit) { return receive(visit); }},
      {Method::post, one + "/in-force", Access::ttpOperator, [](Visit& visit) { return enforce(visit); }},
      {Method::post, one + "/invite", Access::ttpOperator, plain("application-invite")},
      {Method::post, one + "/decline", Access::ttpOperator, [](Visit& visit) { return decline(visit); }},
  };
  for (auto& route : applyRoutes()) routes.push_back(std::move(route));
  return routes;
}

}  // namespace sluis::portal
