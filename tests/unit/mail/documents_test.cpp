#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "golden.h"
#include "mail/check_text.h"
#include "mail/dispatcher.h"
#include "mail/dutch.h"
#include "mail/findings_text.h"
#include "mail/receipt.h"
#include "mail/status_text.h"
#include "sample.h"

namespace sluis::mail {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Receipt, SameFactsGiveTheSameBytes) {
  expectGolden("accepted.receipt.json", renderReceipt(acceptedDelivery().receipt));
  expectGolden("rejected.receipt.json", renderReceipt(rejectedDelivery().receipt));
  expectGolden("unnamed.receipt.json", renderReceipt(unnamedDelivery().receipt));
}

TEST(Receipt, WhatIsUnknownIsNullNeverAbsent) {
  const auto known = nlohmann::json::parse(renderReceipt(acceptedDelivery().receipt));
  const auto unknown = nlohmann::json::parse(renderReceipt(unnamedDelivery().receipt));
  for (const auto& [key, value] : known.items()) EXPECT_TRUE(unknown.contains(key)) << key;
  for (const char* key : {"dataset", "dataset_version", "period", "signer", "run", "rules", "detected", "audit"})
    EXPECT_TRUE(unknown[key].is_null()) << key;
  EXPECT_EQ(known["schema_version"], 1);
}

TEST(Receipt, NamesThePersonWhereThePortalSigned) {
  auto receipt = acceptedDelivery().receipt;
  EXPECT_FALSE(nlohmann::json::parse(renderReceipt(receipt))["signer"].contains("account"));
  receipt.signer->account = 12;
  receipt.signer->secondFactor = Instant(*fromIsoDate("2026-11-22")) + std::chrono::minutes(615);
  const auto signer = nlohmann::json::parse(renderReceipt(receipt))["signer"];
  EXPECT_EQ(signer["account"], 12);
  EXPECT_EQ(signer["second_factor"], "2026-11-22T10:15:00.000000Z");
}

TEST(Receipt, LabelThatIsNoUtf8CannotStopIt) {
  auto receipt = acceptedDelivery().receipt;
  receipt.signer->label = "sleutel \xff\xfe";
  EXPECT_TRUE(nlohmann::json::accept(renderReceipt(receipt)));
}

TEST(FindingsCsv, OpensInASpreadsheet) {
  const auto facts = rejectedDelivery();
  const std::string csv = renderFindingsCsv(facts.findings, facts.ruleText);
  expectGolden("findings.csv", csv);
  EXPECT_TRUE(csv.starts_with("\xEF\xBB\xBFrij;veld;regel;ernst;tekst\r\n"));
  EXPECT_THAT(csv, HasSubstr(";;JH107;fout;Nog 1.206 bevindingen van deze regel"));
}

TEST(FindingsCsv, NoCellIsAFormula) {
  Findings findings;
  findings.kept = {{1, "=1+1", "+JH;1", Severity::fout},
                   {2, "-x", "@SUM(A1)", Severity::fout},
                   {3, "\tx", "\r\"", Severity::signaal}};
  const std::string csv =
      renderFindingsCsv(findings, [](std::string_view) { return "=HYPERLINK(\"http://evil\")\nx"; });
  EXPECT_EQ(csv,
            "\xEF\xBB\xBFrij;veld;regel;ernst;tekst\r\n"
            "1;'=1+1;\"'+JH;1\";fout;\"'=HYPERLINK(\"\"http://evil\"\")\nx\"\r\n"
            "2;'-x;'@SUM(A1);fout;\"'=HYPERLINK(\"\"http://evil\"\")\nx\"\r\n"
            "3;'\tx;\"'\r\"\"\";signaal;\"'=HYPERLINK(\"\"http://evil\"\")\nx\"\r\n");
}

TEST(FindingsCsv, WhatConcernsTheWholeFileHasNoRow) {
  Findings findings;
  findings.kept = {{0, "", "JH204", Severity::signaal}, {7, "bsn", "JH101", Severity::fout}};
  EXPECT_EQ(renderFindingsCsv(findings, [](std::string_view) { return "Controleer dit."; }),
            "\xEF\xBB\xBFrij;veld;regel;ernst;tekst\r\n"
            ";;JH204;signaal;Hele bestand: Controleer dit.\r\n"
            "7;bsn;JH101;fout;Controleer dit.\r\n");
}

TEST(Summary, WhatConcernsTheWholeFileIsNoRecord) {
  Findings findings;
  findings.kept = {
      {0, "", "JH204", Severity::signaal}, {0, "", "JH204", Severity::signaal}, {0, "", "JH205", Severity::signaal}};
  findings.counts = {{"JH204", 2}, {"JH205", 1}};
  EXPECT_EQ(summarise(findings, [](std::string_view) { return "Controleer dit."; }),
            "JH204 (signaal) · hele bestand · Controleer dit\nJH205 (signaal) · hele bestand · Controleer dit\n");
}

TEST(Summary, OneLineARuleErrorsFirst) {
  const auto facts = rejectedDelivery();
  EXPECT_EQ(
      summarise(facts.findings, facts.ruleText),
      "JH003 · 1 record · geslacht: gebruik M, V of O · rij 5\n"
      "JH107 · 1.213 records · reden_beeindiging ontbreekt bij een einddatum, of andersom; vul beide in of geen van "
      "beide · rijen 4, 9, 31, 77, 78, …\n"
      "JH112 (signaal) · 2 records · een beëindigd traject zonder enige meting · rijen 600, 601\n");
  EXPECT_THAT(summarise({}, facts.ruleText), IsEmpty());
}

TEST(Summary, FieldsAreToldApartOnlyWhenTheCountsAreExact) {
  Findings findings;
  findings.kept = {{1, "bsn", "JH001", Severity::fout},
                   {1, "geslacht", "JH001", Severity::fout},
                   {2, "bsn", "JH001", Severity::fout}};
  findings.counts = {{"JH001", 3}};
  const auto text = [](std::string_view) { return std::string("is verplicht"); };
  EXPECT_EQ(summarise(findings, text),
            "JH001 · 2 records · bsn: is verplicht · rijen 1, 2\nJH001 · 1 record · geslacht: is verplicht · rij 1\n");
  findings.counts = {{"JH001", 5000}};
  EXPECT_EQ(summarise(findings, text), "JH001 · 5.000 records · is verplicht · rijen 1, 2, …\n");
}

TEST(CheckText, SaysWhatWouldHaveHappened) {
  auto good = acceptedDelivery();
  good.receipt.signer.reset();
  good.receipt.run.clear();
  const auto& helpdesk = sampleSettings().helpdesk;
  expectGolden("accepted.check.txt", renderCheck(good, helpdesk, "Europe/Amsterdam"));
  const std::string bad = renderCheck(rejectedDelivery(), helpdesk, "Europe/Amsterdam");
  expectGolden("rejected.check.txt", bad);
  EXPECT_THAT(bad, HasSubstr("NIET GOED (VAL01)"));
  EXPECT_THAT(bad, HasSubstr("er is niets geladen"));
}

TEST(CheckText, SaysAgainWhatCameOfIt) {
  const auto& helpdesk = sampleSettings().helpdesk;
  DeliveryFacts facts = rejectedDelivery();
  EXPECT_EQ(codeOfCheck(renderCheck(facts, helpdesk, "Europe/Amsterdam")), "VAL01");
  facts.receipt.code.clear();
  EXPECT_EQ(codeOfCheck(renderCheck(facts, helpdesk, "Europe/Amsterdam")), "");
  for (const char* other :
       {"", "GOED: ", "Proef\r\n\r\nNIET GOED (", "Proef\r\n\r\nNIET GOED (ABC01): ", "Proef\r\n\r\n"})
    EXPECT_EQ(codeOfCheck(other), std::nullopt) << other;
}

TEST(StatusText, SaysWhatIsAwaitedAndWhatIsWrong) {
  ProviderStatus status;
  status.provider = "P0001";
  status.providerName = "Jeugdzorg De Brug B.V.";
  status.asOf = sampleTime();
  status.nextRun = sampleTime(118);
  status.open = {{"jeugdhulp", {"2026H1", "2025H2"}}};
  status.expected = {{"jeugdhulp", "2026H1", fromIsoDate("2026-12-31").value()}};
  status.accepted = {{"jeugdhulp", "2025H2", "D000003", "jeugdhulp_2025H2.csv", sampleTime(-9000), 18234}};
  status.waiting = {{"jeugdhulp_2026H1.csv", "waiting", "de handtekening is er nog niet"},
                    {"jeugdhulp_2026Q1.csv", "queued", ""}};
  status.wrong = {{"jeugdhulp_2026H1_v2.csv", "D000011", "SIG02", sampleTime(-60)}};
  const auto& helpdesk = sampleSettings().helpdesk;
  expectGolden("STATUS.txt", renderStatus(status, helpdesk, "Europe/Amsterdam"));
  ProviderStatus empty;
  empty.provider = "P0002";
  empty.providerName = "Nieuw";
  empty.suspended = true;
  empty.asOf = sampleTime();
  expectGolden("empty.STATUS.txt", renderStatus(empty, helpdesk, "Europe/Amsterdam"));
}

TEST(Dutch, TimesFollowTheClockOfTheZone) {
  using namespace std::chrono;
  EXPECT_EQ(dutchTime(sampleTime(), "Europe/Amsterdam"), "22 november 2026 om 02:02 uur");
  EXPECT_EQ(dutchTime(Instant(sys_days(2026y / July / 1)) + hours(23), "Europe/Amsterdam"), "2 juli 2026 om 01:00 uur");
  EXPECT_THROW(dutchTime(sampleTime(), "Europe/Nergenshuizen"), Error);
  EXPECT_EQ(dutchNumber(0), "0");
  EXPECT_EQ(dutchNumber(999), "999");
  EXPECT_EQ(dutchNumber(2000000), "2.000.000");
  EXPECT_EQ(dutchSize(812), "812 bytes");
  EXPECT_EQ(dutchSize(150234000), "150,2 MB");
  EXPECT_EQ(dutchSize(4294967296), "4,3 GB");
}

TEST(DocumentName, StaysInItsFolder) {
  EXPECT_EQ(documentName("jeugdhulp_2026H1.csv", "D000012", "receipt.json"),
            "jeugdhulp_2026H1.csv.D000012.receipt.json");
  EXPECT_EQ(documentName("../../etc/passwd", "D1", "check.txt"), "_..-..-etc-passwd.D1.check.txt");
  EXPECT_EQ(documentName("sha256:0011", "D1", "receipt.json"), "sha256-0011.D1.receipt.json");
  EXPECT_EQ(documentName("", "D1", "receipt.json"), "_.D1.receipt.json");
  EXPECT_LT(documentName(std::string(5000, 'x'), "D1", "receipt.json").size(), 255u);
}

}  // namespace
}  // namespace sluis::mail
