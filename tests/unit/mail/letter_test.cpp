#include "mail/letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "golden.h"
#include "mail/kinds.h"
#include "sample.h"
#include "support/command.h"

namespace sluis::mail {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

void expectLetter(const std::string& name, const LetterRequest& request) {
  const auto message = renderLetter(request, sampleTexts(), sampleSettings());
  expectGolden(name + ".eml", message.bytes);
  EXPECT_EQ(renderLetter(request, sampleTexts(), sampleSettings()).bytes, message.bytes);
  const auto json = nlohmann::json::parse(
      test::runCommand({"/usr/bin/python3", std::string(SLUIS_SOURCE_DIR) + "/tests/unit/mail/parse_mail.py",
                        std::string(SLUIS_SOURCE_DIR) + "/tests/golden/mail/" + name + ".eml"}));
  EXPECT_THAT(json["defects"], IsEmpty()) << json.dump();
  EXPECT_EQ(json["headers"]["X-Sluis-Kind"], request.kind);
  EXPECT_EQ(json["headers"]["Message-ID"], "<" + request.messageId + ">");
  EXPECT_EQ(json["headers"]["Auto-Submitted"], "auto-generated");
  EXPECT_EQ(json["headers"].value("X-Sluis-Delivery", ""), request.delivery ? request.delivery->receipt.delivery : "");
  for (const auto& part : json["parts"]) {
    const std::string content = part["content"];
    if (!part["name"].is_null()) continue;
    for (const char* contact : {"Helpdesk TTP Jeugd", "helpdesk@ttp.example", "020 123 45 67"})
      EXPECT_THAT(content, HasSubstr(contact));
    EXPECT_THAT(content, Not(HasSubstr("{{")));
    EXPECT_THAT(content, Not(ContainsRegex("\n  [A-Za-z0-9 -]+: *\n")));  // a label without its value
  }
}

std::vector<std::string> attachmentsOf(const std::string& name) {
  const auto json = nlohmann::json::parse(
      test::runCommand({"/usr/bin/python3", std::string(SLUIS_SOURCE_DIR) + "/tests/unit/mail/parse_mail.py",
                        std::string(SLUIS_SOURCE_DIR) + "/tests/golden/mail/" + name + ".eml"}));
  std::vector<std::string> names;
  for (const auto& part : json["parts"])
    if (!part["name"].is_null()) names.push_back(part["name"]);
  return names;
}

TEST(Letter, Arrival) {
  auto facts = acceptedDelivery();
  facts.receipt.processed.reset();
  auto request = sampleRequest("ontvangst", &facts);
  request.facts = {{"volgende_run", "2026-07-23T02:00:00.000000Z"}};
  expectLetter("ontvangst", request);
  EXPECT_THAT(attachmentsOf("ontvangst"), IsEmpty());
}

TEST(Letter, AcceptedBringsTheReceipt) {
  const auto facts = acceptedDelivery();
  expectLetter("verwerkingsbewijs", sampleRequest("verwerkingsbewijs", &facts));
  EXPECT_THAT(attachmentsOf("verwerkingsbewijs"), testing::ElementsAre("jeugdhulp_2026H1.csv.D000012.receipt.json"));
}

TEST(Letter, RejectedBringsTheFindings) {
  const auto facts = rejectedDelivery();
  expectLetter("foutrapport", sampleRequest("foutrapport", &facts));
  EXPECT_THAT(attachmentsOf("foutrapport"), testing::ElementsAre("jeugdhulp_2026H1.csv.D000013.findings.csv"));
}

TEST(Letter, RejectedUnreadSaysWhatToDo) {
  const auto facts = unnamedDelivery();
  expectLetter("foutrapport-naam", sampleRequest("foutrapport", &facts));
  EXPECT_THAT(attachmentsOf("foutrapport-naam"), IsEmpty());
}

TEST(Letter, DuplicateBringsTheEarlierReceipt) {
  auto facts = acceptedDelivery();
  const auto earlier = acceptedDelivery();
  facts.receipt.delivery = "D000015";
  facts.receipt.verdict = "superseded";
  facts.receipt.code = "DUP01";
  facts.detail = "Het eerdere verwerkingsbewijs is dat van aanlevering D000012.";
  auto request = sampleRequest("vervangen", &facts);
  request.earlier = &earlier;
  request.facts = {{"eerder", "D000012"}};
  expectLetter("vervangen-dubbel", request);
  EXPECT_THAT(attachmentsOf("vervangen-dubbel"), testing::ElementsAre("jeugdhulp_2026H1.csv.D000012.receipt.json"));
}

TEST(Letter, SupersededNamesTheNewerOne) {
  auto facts = acceptedDelivery();
  facts.receipt.verdict = "superseded";
  facts.receipt.processed = sampleTime(58);
  auto request = sampleRequest("vervangen", &facts);
  request.facts = {{"door", "D000016"}};
  expectLetter("vervangen", request);
  EXPECT_THAT(attachmentsOf("vervangen"), IsEmpty());
}

TEST(Letter, Held) {
  auto facts = acceptedDelivery();
  facts.receipt.verdict = "held";
  facts.receipt.code = "DEL01";
  facts.receipt.counts = {120, 0, 0, 19680, 0, 0};
  facts.detail = "Er zouden 19.680 van de 19.800 eerdere records verdwijnen.";
  expectLetter("wacht-op-bevestiging", sampleRequest("wacht-op-bevestiging", &facts));
}

TEST(Letter, Reminder) {
  auto request = sampleRequest("herinnering", nullptr);
  request.facts = {{"aanbiedernaam", "Jeugdzorg De Brug B.V."},
                   {"melding", "Uw aanlevering over 2026H1 is nog niet gekomen."},
                   {"periode", "2026H1"},
                   {"oplossing", "Lever het bestand aan voordat de periode sluit."}};
  expectLetter("herinnering", request);
}

TEST(Letter, ChangedAddressesAreNamedOneToALine) {
  auto request = sampleRequest("adressen-gewijzigd", nullptr);
  request.facts = {{"aanbieder", "P0001"},
                   {"aanbiedernaam", "Jeugdzorg De Brug B.V."},
                   {"moment", toRfc3339(sampleTime())},
                   {"door", "B. Bakker"},
                   {"adressen", "zorg@brug.example\nict@brug.example"}};
  expectLetter("adressen-gewijzigd", request);
}

TEST(Letter, OperatorLettersAreWhole) {
  auto run = sampleRequest("run-mislukt", nullptr);
  run.facts = {{"melding", "cannot connect to PostgreSQL: connection refused"},
               {"run", "17"},
               {"sinds", toRfc3339(sampleTime())},
               {"advies", "Kijk of de databaseserver draait."}};
  expectLetter("run-mislukt", run);
  auto mail = sampleRequest("mail-onbestelbaar", nullptr);
  mail.facts = {{"bericht", "D000013.foutrapport@ttp.example"},
                {"soort", "foutrapport"},
                {"aanlevering", "D000013"},
                {"aanbieder", "P0001"},
                {"ontvangers", "zorg@debrug.example"},
                {"reden", "550 5.1.1 <no> such\nuser"},
                {"pogingen", "1"},
                {"sinds", toRfc3339(sampleTime())}};
  expectLetter("mail-onbestelbaar", mail);
  auto limit = sampleRequest("limiet", nullptr);
  limit.facts = {{"melding", "De schijf van de spool is voor 92 % vol."},
                 {"advies", "Maak ruimte, of vergroot de schijf."}};
  expectLetter("limiet", limit);
  auto hold = sampleRequest("aanlevering-vastgehouden", nullptr);
  hold.facts = {{"aanlevering", "D000014"},
                {"aanbieder", "P0001"},
                {"melding", "Van de 20 eerder geladen records zouden er 17 verdwijnen; toegestaan is 20 procent."},
                {"sinds", toRfc3339(sampleTime())}};
  expectLetter("aanlevering-vastgehouden", hold);
}

TEST(Letter, HostileTextsStayTexts) {
  auto facts = rejectedDelivery();
  facts.providerName = "<script>alert(1)</script> {{code}}\r\nBcc: spy@evil.example";
  facts.receipt.file = "x\r\nBcc: spy@evil.example";
  facts.detail = "\n\n- geen\n  tabel: van ons & <b>";
  const auto message = renderLetter(sampleRequest("foutrapport", &facts), sampleTexts(), sampleSettings());
  EXPECT_THAT(message.bytes, Not(ContainsRegex("\nBcc:")));
  const std::string html = message.bytes.substr(message.bytes.find("Content-Type: text/html"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<td>Bcc")));
  EXPECT_THAT(message.bytes, HasSubstr("{{code}}"));
}

TEST(Letter, MessageIdsAreStableAndSafe) {
  EXPECT_EQ(messageId("D000012", kind::kReceipt, "ttp.example"), "D000012.verwerkingsbewijs@ttp.example");
  EXPECT_EQ(messageId("run 17>\r\n", kind::kRunFailed, "ttp.example"), "run-17---.run-mislukt@ttp.example");
}

}  // namespace
}  // namespace sluis::mail
