// One delivery: what came, what became of it and what to do, its findings, and its documents to download.
//
// Which delivery may be seen the database decides (portal.delivery is cut to the session); a document's name is made
// from that row, never from the address.
#include <algorithm>

#include <fmt/format.h>

#include "audit/audit.h"
#include "mail/dispatcher.h"
#include "model/finding.h"
#include "model/provider_code.h"
#include "portal/delivery_pages.h"
#include "portal/delivery_state.h"
#include "portal/drop_folder.h"
#include "portal/visit.h"
#include "validate/rules.h"

namespace sluis::portal {

namespace {

constexpr int kRowsShown = 100;
constexpr auto kSoon = std::chrono::hours(1);
constexpr std::size_t kLargestDocument = 64 << 20;

postgres::Row find(postgres::Transaction& transaction, const Visit& visit) {
  const auto rows = transaction.exec(
      "SELECT id, provider, file, dataset, period, state, code, detail, size, sha256, signature_kind,"
      " signer_fingerprint, uploader, first_seen, received, processed, run_id, records, wrong_records, loaded,"
      " replaced, deleted, errors, warnings, replaces, superseded_by FROM portal.delivery WHERE id = $1",
      visit.captured.at(0));
  // Of somebody else, or not there at all: the same answer.
  if (rows.empty()) throw web::Refused{404, "error.not-found"};
  return rows[0];
}

std::string ruleText(const Visit& visit, const std::string& code) {
  const validate::Rule* rule = validate::findRule(code);
  if (rule == nullptr) return {};
  return std::string(visit.language == web::Language::dutch ? rule->dutch : rule->english);
}

bool showFindings(const Visit& visit, postgres::Transaction& transaction, const std::string& id, web::Values& values) {
  const auto counts = transaction.exec(
      "SELECT rule, severity, count FROM portal.finding_count WHERE delivery = $1 ORDER BY severity, rule", id);
  if (counts.empty()) return false;
  web::Values& all = values.add("FINDINGS");
  std::uint64_t found = 0;
  for (const auto row : counts) {
    found += row.integer<std::uint64_t>("count");
    web::Values& rule = all.add("RULE");
    rule.set("RULE_CODE", row.text("rule")).set("RULE_TEXT", ruleText(visit, row.text("rule")));
    rule.set("RULE_COUNT", visit.number(row.integer<std::uint64_t>("count")));
    rule.show("IS_ERROR", row.text("severity") == toString(Severity::fout));
    rule.show("IS_WARNING", row.text("severity") != toString(Severity::fout));
  }
  const auto rows = transaction.exec(
      "SELECT row, field, rule FROM portal.finding WHERE delivery = $1 ORDER BY severity, row, rule, field NULLS"
      " FIRST LIMIT $2",  // errors before signals: of many, those are what one came for
      id, kRowsShown);
  const auto shown = static_cast<std::uint64_t>(rows.size());
  all.set("ROWS_TITLE", found > shown ? visit.text("delivery.first-rows", {visit.number(shown), visit.number(found)})
                                      : visit.text("delivery.all-rows", {visit.number(shown)}));
  for (const auto row : rows) {
    web::Values& line = all.add("ROW");
    const auto number = row.integer<std::uint64_t>("row");
    line.set("ROW_NUMBER", number == 0 ? std::string("–") : visit.number(number));
    line.set("FIELD", row.text("field")).set("ROW_RULE", row.text("rule"));
    line.set("ROW_TEXT", ruleText(visit, row.text("rule")));
  }
  return true;
}

// Who at the TTP looked at what was wrong with whose delivery.
void enterView(postgres::Transaction& transaction, const Visit& visit, const postgres::Row& row,
               std::string_view what) {
  if (!isTtp(visit)) return;
  audit::appendPortal(transaction, {.what = "delivery.viewed",
                                    .at = visit.now(),
                                    .subject = row.text("id"),
                                    .system = "sluis-portal",
                                    .actor = account::describe(visit.account()),
                                    .responsible = "TTP",
                                    .details = {{"provider", row.text("provider")}, {"what", std::string(what)}}});
}

void setNumber(const Visit& visit, const postgres::Row& row, const char* column, const char* name,
               web::Values& values) {
  const auto value = row.maybe<std::uint64_t>(column);
  values.set(name, value ? visit.number(*value) : std::string("–"));
}

DropFolder folderOf(const Visit& visit, const postgres::Row& row) {
  return {visit.services.config.drop, ProviderCode::parse(row.text("provider")).value().user()};
}

// The receipt, or why there is none: it is written soon after a delivery has its verdict, and stays for 90 days.
void showReceipt(const Visit& visit, const postgres::Row& row, DeliveryState state, bool there, web::Values& values) {
  values.show("HAS_RECEIPT", there);
  values.set("RECEIPT_NAME", visit.text(state == DeliveryState::accepted ? "delivery.receipt" : "delivery.arrival"));
  if (there) return;
  const auto processed = row.maybe<Instant>("processed");
  const bool waits =
      state == DeliveryState::receiving || state == DeliveryState::waiting || state == DeliveryState::queued;
  values.show("DOCUMENTS_LATER", waits);
  values.show("DOCUMENTS_SOON", !waits && (!processed || visit.now() - *processed < kSoon));
  values.show("DOCUMENTS_GONE", !waits && processed && visit.now() - *processed >= kSoon);
}

web::Response document(Visit& visit, std::string_view ending, std::string type) {
  return visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    const postgres::Row row = find(transaction, visit);
    const std::string name = mail::documentName(row.text("file"), row.text("id"), ending);
    auto content = folderOf(visit, row).read(name, kLargestDocument);
    if (!content) throw web::Refused{404, "delivery.no-document"};
    enterView(transaction, visit, row, ending);
    web::Response response;
    response.type = std::move(type);
    response.body = std::move(*content);
    response.downloadName = name;
    return response;
  });
}

}  // namespace

web::Response showDelivery(Visit& visit) {
  web::Values values;
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    const postgres::Row row = find(transaction, visit);
    const std::string id = row.text("id");
    values.set("ID", id).set("PROVIDER", row.text("provider")).set("FILE", row.text("file"));
    values.set("DATASET", row.text("dataset")).set("PERIOD", row.text("period"));
    values.set("RECEIVED", visit.time(row.maybe<Instant>("received").value_or(row.get<Instant>("first_seen"))));
    values.set("PROCESSED", visit.time(row.maybe<Instant>("processed")));
    values.show("IS_PROCESSED", !row.isNull("processed"));
    setNumber(visit, row, "size", "SIZE", values);
    values.set("SHA256", row.text("sha256")).show("HAS_DIGEST", !row.isNull("sha256"));
    if (!row.text("signer_fingerprint").empty())
      values.add("SIGNER").set("FINGERPRINT", row.text("signer_fingerprint"));
    if (!row.text("uploader").empty()) values.add("UPLOADED").set("UPLOADER", row.text("uploader"));
    if (!row.text("replaces").empty()) values.add("REPLACES").set("OTHER", row.text("replaces"));
    if (!row.text("superseded_by").empty()) values.add("SUPERSEDED").set("OTHER", row.text("superseded_by"));
    const DeliveryState state = stateOf(row);
    showState(visit, state, values);
    values.set("STATE_MEANS",
               visit.text(fmt::format("delivery.{}means-{}", isTtp(visit) ? "ttp-" : "", toString(state))));
    showRefusal(visit, row, values);
    if (!row.isNull("records")) {
      web::Values& counts = values.add("COUNTS");
      const bool wasLoaded = state == DeliveryState::accepted || state == DeliveryState::superseded;
      counts.show("DELETES", wasLoaded).show("WOULD_DELETE", !wasLoaded);
      for (const auto& [column, name] : {std::pair{"records", "RECORDS"},
                                         {"wrong_records", "WRONG"},
                                         {"loaded", "LOADED"},
                                         {"replaced", "REPLACED"},
                                         {"deleted", "DELETED"},
                                         {"errors", "ERRORS"},
                                         {"warnings", "WARNINGS"}})
        setNumber(visit, row, column, name, counts);
    }
    const DropFolder folder = folderOf(visit, row);
    const auto has = [&](std::string_view ending) {
      return folder.has(DropFolder::Place::outbox, mail::documentName(row.text("file"), id, ending));
    };
    showReceipt(visit, row, state, has("receipt.json"), values);
    values.show("HAS_SIGNATURE", has("receipt.json.p7s"));
    values.show("HAS_FINDINGS", has("findings.csv"));
    values.show("IS_PROVIDER", !isTtp(visit)).show("IS_TTP", isTtp(visit));
    if (showFindings(visit, transaction, id, values)) enterView(transaction, visit, row, "findings");
    return 0;
  });
  return visit.page("delivery", "delivery.title", values);
}

web::Response downloadFindings(Visit& visit) {
  return document(visit, "findings.csv", "text/csv; charset=utf-8");
}

web::Response downloadReceipt(Visit& visit) {
  return document(visit, "receipt.json", "application/json");
}

web::Response downloadReceiptSignature(Visit& visit) {
  return document(visit, "receipt.json.p7s", "application/pkcs7-signature");
}

Page ofProvidersAndTtp(Page page) {
  return [page = std::move(page)](Visit& visit) {
    if (visit.account().role == account::Role::municipality) throw web::Refused{404, "error.not-found"};
    return page(visit);
  };
}

}  // namespace sluis::portal
