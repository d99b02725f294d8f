#include "samples.h"

#include <cmath>
#include <map>
#include <numeric>

#include "report/describe.h"
#include "report/phrases.h"
#include "report/texts.h"

namespace sluis::report {

namespace {

/// Draws that are the same with every library.
class Draws {
 public:
  explicit Draws(const std::string& seed) {
    for (const char c : seed) state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  std::int64_t below(std::int64_t most) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::int64_t>((state_ >> 33) % static_cast<std::uint64_t>(most));
  }

 private:
  std::uint64_t state_ = 14695981039346656037U;
};

Figure figure(Indicator indicator, Draws& draws, bool withMean) {
  Figure made;
  made.shown = true;
  const auto parts = partsOf(indicator, sampleVocabulary());
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::int64_t count = 4 + draws.below(60);
    if (indicator == Indicator::satisfaction) count *= static_cast<std::int64_t>(i) + 1;
    if (indicator == Indicator::dropOut && i == 0) count += 150;
    if (indicator == Indicator::goals && i < 2) count += 40;
    made.parts.push_back({parts[i].key, "", count, 0});
    sum += count;
  }
  for (Part& part : made.parts) part.share = static_cast<double>(part.count) / static_cast<double>(sum);
  made.count = sum + draws.below(5) - 2;
  if (withMean)
    made.mean =
        std::round((3.2 * made.parts[0].share + 6.5 * made.parts[1].share + 8.6 * made.parts[2].share) * 10) / 10;
  return made;
}

std::vector<Respondent> both(Indicator indicator, Draws& draws) {
  std::vector<Respondent> respondents;
  for (const char* who : {"J", "O"})
    respondents.push_back({{who, ""}, figure(indicator, draws, indicator == Indicator::satisfaction)});
  return respondents;
}

Figure sumOf(const std::vector<Respondent>& respondents) {
  Figure sum = respondents.front().figure;
  sum.mean.reset();
  for (std::size_t i = 0; i < sum.parts.size(); ++i) sum.parts[i].count += respondents.back().figure.parts[i].count;
  sum.count += respondents.back().figure.count;
  std::int64_t all = 0;
  for (const Part& part : sum.parts) all += part.count;
  for (Part& part : sum.parts) part.share = static_cast<double>(part.count) / static_cast<double>(all);
  return sum;
}

/// Not drawn at all, or drawn and then not shown: they look the same.
bool isWithheld(const std::string& key) {
  static const std::vector<std::string> kWithheld = {"13", "03", "31", "32", "33", "34", "35",     "36",
                                                     "37", "38", "52", "54", "55", "07", "2025Q2", "onbekend"};
  return std::find(kWithheld.begin(), kWithheld.end(), key) != kWithheld.end();
}

}  // namespace

const Vocabulary& sampleVocabulary(Language language) {
  const auto make = [](Language of) {
    const std::filesystem::path config = std::filesystem::path(SLUIS_SOURCE_DIR) / "config";
    return vocabularyOf(dataset::Definitions::load(config / "datasets", config / "codelists"),
                        {{{"P0001", "Stichting De Eik"}, {"P0002", "Jeugdzorg Beuk & Linde"}},
                         {"GM0034", "GM0050"},
                         Quarter::of(2024, 1),
                         Quarter::of(2026, 2)},
                        of);
  };
  static const Vocabulary kDutch = make(Language::dutch);
  static const Vocabulary kEnglish = make(Language::english);
  return language == Language::english ? kEnglish : kDutch;
}

Outcome sampleOutcome(const Words& words) {
  auto query = queryFrom(words);
  EXPECT_TRUE(query) << query.error().message;
  const auto wrong = check(*query, sampleVocabulary(query->language));
  EXPECT_FALSE(wrong) << wrong->message;
  Outcome outcome;
  outcome.query = *query;
  outcome.snapshot = "GM0034-000012";
  Draws draws(words.indicator + words.by);
  const bool measured = countsMeasurements(query->indicator);
  const bool asksOne = query->filters.count(Dimension::informant) != 0 || query->by == Dimension::informant;
  for (const Value& value : rowsOf(*query, sampleVocabulary(query->language))) {
    Row row;
    row.value = value;
    if (!isWithheld(value.key)) {
      const bool provider = query->viewer.role == Role::provider;
      const bool mean = query->indicator == Indicator::satisfaction && asksOne;
      if (measured && !asksOne) row.respondents = both(query->indicator, draws);
      row.figure = row.respondents.empty() ? figure(query->indicator, draws, mean) : sumOf(row.respondents);
      if (provider && measured && !asksOne) {
        row.municipalityRespondents = both(query->indicator, draws);
        row.municipality = sumOf(row.municipalityRespondents);
      } else if (provider) {
        row.municipality = figure(query->indicator, draws, mean);
      }
    }
    outcome.rows.push_back(std::move(row));
  }
  Circumstances at;
  at.made = Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(3));
  at.ruleSet = "jeugdhulp 5.1; sluis 0.1.0";
  describe(outcome, sampleVocabulary(query->language), at);
  return outcome;
}

Outcome satisfactionByForm() {
  Outcome outcome = sampleOutcome({"tevredenheid", "municipality:GM0034", {{"end-from", "2025Q1"}}, "", ""});
  for (Row& row : outcome.rows)
    if (row.figure.shown) row.norms = {{"gemiddeld 7,5 of hoger", 7.5, ""}, {"60 % geeft een 8 of hoger", 0.6, "ge8"}};
  outcome.rows[1].respondents.pop_back();  // of the parents nothing is said
  outcome.rows[3].respondents.back().figure = {};
  return outcome;
}

Outcome satisfactionByQuarter() {
  Outcome outcome = sampleOutcome({"tevredenheid", "municipality:GM0034", {}, "end", ""});
  outcome.breaks = {{"2025Q1", "Zeewolde (GM0050) ging op in Almere (GM0034)"}};
  for (Row& row : outcome.rows)
    if (row.figure.shown) row.norms = {{"gemiddeld 7,5 of hoger", 7.5, ""}};
  return outcome;
}

Outcome goalsOfProvider() {
  return sampleOutcome({"doelrealisatie", "provider:P0002", {{"verwijzer", "02"}}, "", ""});
}

Outcome dropOutByForm() {
  return sampleOutcome({"uitval", "municipality:GM0034", {}, "", ""});
}

Outcome unavailable() {
  Outcome outcome =
      sampleOutcome({"respons", "municipality:GM0034", {{"profiel", "3"}, {"verwijzer", "02"}}, "complexiteit", ""});
  outcome.available = false;
  outcome.rows.clear();
  outcome.notice = phrases(Language::dutch).notAvailable;
  return outcome;
}

Outcome hostile() {
  Outcome outcome = sampleOutcome({"uitval", "municipality:GM0034", {{"verwijzer", "02"}}, "aanbieder", ""});
  outcome.viewerName = "Gemeente \"><script>alert(1)</script>";
  outcome.filters = {{"verwijzer", "Verwijzer: =HYPERLINK(\"http://example.org\")"}};
  outcome.why.filters = {outcome.filters.front().label};
  outcome.rows[0].value.label = "<script>alert('x')</script>";
  outcome.rows[0].norms = {{"<b>vet</b> & \"meer\"", 0.1, "03"}};
  outcome.rows[1].value.label = "=cmd|' /C calc'!A0; \"x\"";
  Row row = outcome.rows[1];
  for (const char* name : {"@SUM(A1)", "+31 6", "-1", "\tTab", "a\r\nb", "</title></svg>", "\x1b[2J\x07stil", "%s{}"}) {
    row.value = {"P" + std::to_string(1000 + outcome.rows.size()), name};
    outcome.rows.push_back(row);
  }
  outcome.rows.back().figure = {};
  return outcome;
}

}  // namespace sluis::report
