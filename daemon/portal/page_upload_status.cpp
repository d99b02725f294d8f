// What has become of an upload: of a delivery what the database says, of a test what came in outbox/. Fresh every few
// seconds until it is known, by the page itself where there is no script.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "mail/check_text.h"
#include "mail/dispatcher.h"
#include "model/provider_code.h"
#include "portal/delivery_state.h"
#include "portal/upload.h"
#include "portal/visit.h"

namespace sluis::portal {

namespace {

constexpr auto kLookAgain = std::chrono::minutes(10);  // a page that is forgotten must let its session end
constexpr auto kBefore = std::chrono::seconds(2);
constexpr std::size_t kLargestVerdict = 1 << 20;
constexpr std::size_t kLargestFindings = 64 << 20;

DeliveryName nameFrom(const Visit& visit) {
  const auto name = DeliveryName::parse(visit.captured.at(0));
  if (!name) throw web::Refused{404, "error.not-found"};
  return *name;
}

Instant sinceFrom(const Visit& visit) {
  const std::string& text = visit.request.query["since"];
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > 4102444800)
    throw web::Refused{404, "error.not-found"};
  return Instant(std::chrono::seconds(seconds));
}

bool isId(std::string_view text) {
  return text.size() >= 7 && text.size() <= 20 && text[0] == 'D' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

DropFolder ownFolder(const Visit& visit) {
  return {visit.services.config.drop, ProviderCode::parse(visit.account().subject).value().user()};
}

// The newest test of that name since then.
std::optional<std::string> testOf(const DropFolder& folder, const std::string& file, Instant since) {
  std::optional<std::string> newest;
  for (const auto& entry : folder.entries(DropFolder::Place::outbox, file + ".D")) {
    if (entry.written < since || !entry.name.ends_with(".check.txt")) continue;
    const std::string id = entry.name.substr(file.size() + 1, entry.name.size() - file.size() - 11);
    if (isId(id) && entry.name == mail::documentName(file, id, "check.txt") && (!newest || *newest < id)) newest = id;
  }
  return newest;
}

bool showTest(const Visit& visit, const DeliveryName& name, Instant since, web::Values& values) {
  const DropFolder folder = ownFolder(visit);
  const auto id = testOf(folder, name.file, since - kBefore);
  if (!id) return false;
  const auto text = folder.read(mail::documentName(name.file, *id, "check.txt"), kLargestVerdict);
  if (!text) return false;
  web::Values& verdict = values.add("VERDICT");
  verdict.set("VERDICT_TEXT", *text);
  const auto code = mail::codeOfCheck(*text);
  verdict.show("TEST_GOOD", code && code->empty()).show("TEST_BAD", code && !code->empty());
  // The text says it in Dutch.
  if (code && visit.language != web::Language::dutch) showRefusal(visit, *code, verdict);
  if (folder.has(DropFolder::Place::outbox, mail::documentName(name.file, *id, "findings.csv")))
    verdict.add("FINDINGS").set("FINDINGS_ADDRESS", fmt::format("/upload/status/{}/{}/findings.csv", name.file, *id));
  return true;
}

// Whether there is nothing more to wait for.
bool showDelivery(const Visit& visit, const DeliveryName& name, Instant since, web::Values& values) {
  return visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    const auto rows = transaction.exec(
        "SELECT id, state, code, detail, records, wrong_records, deleted FROM portal.delivery WHERE file = $1"
        " AND provider = $2 AND first_seen >= $3 ORDER BY number DESC LIMIT 1",
        name.file, visit.account().subject, since - kBefore);
    if (rows.empty()) return false;
    const auto row = rows[0];
    const DeliveryState state = stateOf(row);
    web::Values& shown = values.add("DELIVERY");
    shown.set("ID", row.text("id"));
    showState(visit, state, shown);
    showRefusal(visit, row, shown);
    const auto at = visit.services.config.run.at;
    if (state == DeliveryState::queued)
      shown.add("QUEUED").set("RUN_AT", fmt::format("{:02}:{:02}", at.count() / 60, at.count() % 60));
    return state != DeliveryState::receiving && state != DeliveryState::waiting;
  });
}

}  // namespace

web::Response showUploadStatus(Visit& visit) {
  const DeliveryName name = nameFrom(visit);
  const Instant since = sinceFrom(visit);
  const bool test = visit.request.query["test"] == "1";
  web::Values values;
  values.set("FILE", name.file);
  values.show("TEST", test).show("REAL", !test);
  const bool known = test ? showTest(visit, name, since, values) : showDelivery(visit, name, since, values);
  const bool asksAgain = !known && visit.now() - since < kLookAgain;
  values.show("POLL", asksAgain).show("BUSY", !known);
  return visit.page("upload-status", test ? "upload.test-title" : "upload.status-title", values);
}

web::Response downloadTestFindings(Visit& visit) {
  const DeliveryName name = nameFrom(visit);
  const std::string& id = visit.captured.at(1);
  if (!isId(id)) throw web::Refused{404, "error.not-found"};
  const std::string document = mail::documentName(name.file, id, "findings.csv");
  auto content = ownFolder(visit).read(document, kLargestFindings);
  if (!content) throw web::Refused{404, "error.not-found"};
  web::Response response;
  response.type = "text/csv; charset=utf-8";
  response.body = std::move(*content);
  response.downloadName = document;
  return response;
}

}  // namespace sluis::portal
