#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "audit/audit.h"
#include "audit/verification.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace sluis::cli {

namespace {

// No --from: no index is below 0.
constexpr std::int64_t kLatest = -1;

struct Options {
  std::string expected;
  std::int64_t from = kLatest;
  std::int64_t limit = 100;
  std::string subject;
};

std::string hex(const audit::Hash& hash) {
  return toHex(BytesView(hash));
}

/// "17:ab12…" as `audit head` prints it.
audit::Head parseHead(const std::string& text) {
  const auto colon = text.find(':');
  const auto hash = colon == std::string::npos ? std::nullopt : fromHex(text.substr(colon + 1));
  audit::Head head;
  const bool digits = colon > 0 && colon < 19 && text.find_first_not_of("0123456789") == colon;
  if (!digits || !hash || hash->size() != head.chainHash.size())
    throw Error(ErrorKind::usage, "--expect wants INDEX:HASH as `sluis audit head` prints it");
  head.index = std::stoll(text.substr(0, colon));
  std::copy(hash->begin(), hash->end(), head.chainHash.begin());
  return head;
}

/// Beside the log, not in it. A database that takes no writes can be checked all the same.
void remember(Session& session, const audit::Report& report) {
  try {
    postgres::Transaction transaction(session.database());
    audit::remember(transaction, report, session.now());
    transaction.commit();
  } catch (const Error& error) {
    log::warning("what was found is not remembered: {}", error.message());
  }
}

int verify(Session& session, const Options& options) {
  const auto expected =
      options.expected.empty() ? audit::lastGoodHead(session.database()) : std::optional(parseHead(options.expected));
  const auto report = audit::verify(session.database(), expected);
  remember(session, report);
  if (session.json) {
    printJson(Json{{"good", report.good()},
                   {"entries", report.count},
                   {"head", report.head ? Json{{"index", report.head->index}, {"hash", hex(report.head->chainHash)}}
                                        : Json(nullptr)},
                   {"first_bad", orNull(report.firstBad)},
                   {"what", report.what}});
  } else if (report.good()) {
    printLine(fmt::format("the log is whole: {} entries", report.count));
    if (report.head) printLine(fmt::format("head {}:{}", report.head->index, hex(report.head->chainHash)));
  } else {
    printLine(fmt::format("the log is NOT whole: at entry {}: {}", *report.firstBad, report.what));
  }
  return report.good() ? kGood : kNegative;
}

/// NEN 7513: reading the log is itself logged, and before anything is shown.
void logReading(Session& session, const char* what, std::map<std::string, std::string> details) {
  postgres::Transaction transaction(session.database());
  audit::append(transaction, session.event(what, "audit", std::move(details)));
  transaction.commit();
}

int show(Session& session, const Options& options) {
  const bool isLatest = options.from == kLatest;
  std::map<std::string, std::string> details = {{"from", isLatest ? "latest" : std::to_string(options.from)},
                                                {"limit", std::to_string(options.limit)}};
  const auto subject = options.subject.empty() ? std::nullopt : std::optional(options.subject);
  if (subject) details.emplace("about", *subject);
  logReading(session, "audit.read", std::move(details));
  const auto limit = static_cast<std::size_t>(options.limit);
  const auto entries = isLatest ? audit::latest(session.database(), limit, subject)
                                : audit::show(session.database(), options.from, limit, subject);
  if (session.json) {
    Json json = Json::array();
    for (const auto& stored : entries) {
      Json entry = {{"index", stored.entry.index},
                    {"leaf_hash", hex(stored.entry.leafHash)},
                    {"chain_hash", hex(stored.entry.chainHash)},
                    {"entry", stored.json}};
      json.push_back(std::move(entry));
    }
    printJson(json);
    return kGood;
  }
  Table table({"index", "when", "what", "about", "by", "details"});
  for (const auto& stored : entries) {
    const Json entry = Json::parse(stored.json, nullptr, false);
    if (!entry.is_object()) {
      table.add({std::to_string(stored.entry.index), "", "not readable", "", "", ""});
      continue;
    }
    std::string details;
    if (entry.contains("details") && entry["details"].is_object())
      for (const auto& [name, value] : entry["details"].items())
        details +=
            (details.empty() ? "" : " ") + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
    const auto text = [&](const char* key) {
      return entry.contains(key) && entry[key].is_string() ? entry[key].get<std::string>() : std::string();
    };
    table.add({std::to_string(stored.entry.index), text("at"), text("event"), text("subject"), text("actor"), details});
  }
  print(table.text("no entries"));
  return kGood;
}

int head(Session& session) {
  logReading(session, "audit.head_read", {});
  const auto head = audit::head(session.database());
  if (session.json)
    printJson(Json{{"index", head->index}, {"hash", hex(head->chainHash)}, {"leaf_hash", hex(head->leafHash)}});
  else
    printLine(fmt::format("{}:{}", head->index, hex(head->chainHash)));
  return kGood;
}

}  // namespace

void addAuditCommands(Command program, Session& session) {
  Command group = program.group("audit", "The log that cannot be changed unseen");
  auto options = std::make_shared<Options>();
  Command check = group.command(session, "verify", "Read the whole log and check its chain; appends nothing",
                                "sluis audit verify --expect 17:9f86d081884c7d65…",
                                [&session, options] { return verify(session, *options); });
  check.option("--expect", options->expected,
               "A head kept elsewhere that must still stand there, in place of that of the last good check",
               {.type = "INDEX:HASH"});
  Command all =
      group.command(session, "show", "The last entries, newest at the end; that you looked is logged",
                    "sluis audit show --subject D000123", [&session, options] { return show(session, *options); });
  all.option("--from", options->from, "From this index on, in place of the last ones", {.type = "INDEX"});
  all.option("--limit", options->limit, "At most so many", {.type = "N", .showDefault = true});
  all.option("--subject", options->subject, "Only about this delivery, provider, …", {.type = "ID"});
  group.command(session, "head", "The last entry, to keep elsewhere; that you looked is logged", "sluis audit head",
                [&session] { return head(session); });
}

}  // namespace sluis::cli
