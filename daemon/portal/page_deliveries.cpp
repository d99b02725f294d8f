// The list of deliveries, and what is expected when. A provider's people see their own, the TTP's those of all.
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "model/provider_code.h"
#include "portal/delivery_pages.h"
#include "portal/delivery_state.h"
#include "portal/upload.h"
#include "portal/visit.h"

namespace sluis::portal {

namespace {

constexpr int kOnAPage = 50;
constexpr std::array kStates = {"waiting", "queued", "accepted", "rejected", "held", "superseded", "quarantined"};

std::int64_t pageFrom(const std::string& text) {
  std::int64_t page = 1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), page);
  return failed != std::errc() || end != text.data() + text.size() || page < 1 || page > 100000 ? 1 : page;
}

web::Response deliveries(Visit& visit) {
  const auto& query = visit.request.query;
  std::optional<std::string> state;
  for (const char* each : kStates)
    if (query["state"] == each) state = each;
  const auto period = Period::parse(query["period"]);
  const auto provider = ProviderCode::parse(query["provider"]);
  const auto periodText = period ? std::optional<std::string>(period->text()) : std::nullopt;
  const auto providerCode = provider ? std::optional<std::string>(provider->text()) : std::nullopt;
  const std::int64_t page = pageFrom(query["page"]);

  web::Values values;
  values.show("TTP", isTtp(visit)).set("CHOSEN_PERIOD", periodText.value_or(""));
  values.set("CHOSEN_PROVIDER", providerCode.value_or(""));
  for (const char* each : kStates) {
    web::Values& option = values.add("STATE_OPTION");
    option.set("STATE_VALUE", each).set("STATE_NAME", visit.text(fmt::format("delivery.state-{}", each)));
    option.show("STATE_CHOSEN", state == each);
  }
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    for (const auto row : transaction.exec("SELECT DISTINCT period FROM portal.delivery WHERE period IS NOT NULL"
                                           " ORDER BY period DESC LIMIT 100")) {
      web::Values& option = values.add("PERIOD_OPTION");
      option.set("PERIOD_VALUE", row.text(0)).show("PERIOD_CHOSEN", row.text(0) == periodText.value_or(""));
    }
    // One more than is shown tells whether there is a next page.
    const auto rows = transaction.exec(
        "SELECT id, provider, file, dataset, period, state, code, first_seen, received, processed, records, uploader"
        " FROM portal.delivery WHERE ($1::text IS NULL OR state = $1 OR ($1 = 'waiting' AND state = 'receiving'))"
        " AND ($2::text IS NULL OR period = $2) AND ($3::text IS NULL OR provider = $3)"
        " ORDER BY number DESC LIMIT $4 OFFSET $5",
        state, periodText, providerCode, kOnAPage + 1, (page - 1) * kOnAPage);
    int shown = 0;
    for (const auto row : rows) {
      if (++shown > kOnAPage) break;
      web::Values& line = values.add("DELIVERY");
      line.set("ID", row.text("id")).set("PROVIDER", row.text("provider")).set("FILE", row.text("file"));
      line.set("DATASET", row.text("dataset")).set("PERIOD", row.text("period"));
      line.set("RECEIVED", visit.time(row.maybe<Instant>("received").value_or(row.get<Instant>("first_seen"))));
      line.set("UPLOADER", row.text("uploader")).set("CODE", row.text("code"));
      const auto records = row.maybe<std::uint64_t>("records");
      line.set("RECORDS", records ? visit.number(*records) : std::string());
      line.show("IS_TTP", isTtp(visit));
      showState(visit, stateOf(row), line);
    }
    values.show("NONE", rows.empty()).show("SOME", !rows.empty());
    const auto address = [&](std::int64_t to) {
      return fmt::format("/deliveries?state={}&period={}&provider={}&page={}", state.value_or(""),
                         periodText.value_or(""), providerCode.value_or(""), to);
    };
    if (page > 1) values.add("NEWER").set("NEWER_ADDRESS", address(page - 1));
    if (shown > kOnAPage) values.add("OLDER").set("OLDER_ADDRESS", address(page + 1));
    return 0;
  });
  return visit.page("deliveries", "delivery.list-title", values);
}

// Of a period the delivery that counts: what is accepted, else what still waits, else what was refused. Beside it what
// came later and does not count (yet): a better file that waits, or one that was refused.
void showWhatCame(const Visit& visit, postgres::Transaction& transaction, const std::string& provider,
                  const std::string& dataset, const Period& period, web::Values& line) {
  const auto rows = transaction.exec(
      "SELECT DISTINCT ON (rank) CASE WHEN state = 'accepted' THEN 1 WHEN state IN ('rejected', 'quarantined') THEN 3"
      " ELSE 2 END AS rank, number, id, state, processed, records FROM portal.delivery WHERE provider = $1"
      " AND dataset = $2 AND period = $3 AND state <> 'superseded' ORDER BY rank, number DESC",
      provider, dataset, period.text());
  line.show("NOTHING", rows.empty());
  if (rows.empty()) return;
  const auto first = rows[0];
  const DeliveryState state = stateOf(first);
  line.set("PROCESSED", visit.time(first.maybe<Instant>("processed")));
  const auto records = first.maybe<std::uint64_t>("records");
  line.set("RECORDS", records ? visit.number(*records) : std::string());
  web::Values& came = line.add("CAME");
  came.set("ID", first.text("id"));
  showState(visit, state, came);
  line.show("NOT_ACCEPTED", state == DeliveryState::rejected || state == DeliveryState::quarantined);
  for (const auto row : rows) {
    if (row.integer<std::int64_t>("number") <= first.integer<std::int64_t>("number")) continue;
    // Beside CAME, not inside: a section that is shown outside is shown inside too.
    web::Values& later = line.add("LATER");
    later.set("ID", row.text("id"));
    showState(visit, stateOf(row), later);
  }
}

web::Response expected(Visit& visit) {
  const Standing standing = standingOf(visit);
  web::Values values;
  values.show("SUSPENDED", standing.suspended).show("NO_AGREEMENT", standing.datasets.empty());
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    for (const auto& [dataset, person] : standing.datasets) {
      web::Values& group = values.add("DATASET");
      group.set("DATASET_NAME", dataset).show("BY_PERSON", person).show("BY_AUTOMATION", !person);
      for (const Period& period : standing.periods()) {
        web::Values& line = group.add("PERIOD");
        line.set("PERIOD_TEXT", period.text());
        line.set("FROM", visit.day(period.first())).set("TO", visit.day(period.last()));
        showWhatCame(visit, transaction, standing.provider, dataset, period, line);
      }
    }
    return 0;
  });
  return visit.page("expected", "delivery.expected-title", values);
}

}  // namespace

Routes deliveryRoutes() {
  using web::Method;
  return {
      {Method::get, "/deliveries", Access::anybodyKnown, ofProvidersAndTtp(deliveries)},
      {Method::get, "/deliveries/{}", Access::anybodyKnown, ofProvidersAndTtp(showDelivery)},
      {Method::get, "/deliveries/{}/findings.csv", Access::anybodyKnown, ofProvidersAndTtp(downloadFindings)},
      {Method::get, "/deliveries/{}/receipt.json", Access::anybodyKnown, ofProvidersAndTtp(downloadReceipt)},
      {Method::get, "/deliveries/{}/receipt.json.p7s", Access::anybodyKnown,
       ofProvidersAndTtp(downloadReceiptSignature)},
      {Method::get, "/expected", Access::provider, expected},
      {Method::get, "/contacts", Access::provider, showContacts},
      {Method::post, "/contacts", Access::provider, changeContacts},
  };
}

}  // namespace sluis::portal
