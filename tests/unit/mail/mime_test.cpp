#include "mail/mime.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "sample.h"
#include "support/command.h"
#include "support/temp_dir.h"

namespace sluis::mail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

nlohmann::json parsed(const std::string& bytes) {
  const test::TempDir folder;
  writeFileDurably(folder / "mail.eml", bytes);
  return nlohmann::json::parse(
      test::runCommand({"/usr/bin/python3", std::string(SLUIS_SOURCE_DIR) + "/tests/unit/mail/parse_mail.py",
                        (folder / "mail.eml").string()}));
}

Mail sampleMail() {
  return {"D1.x@ttp.example", "Sluis", "sluis@ttp.example", {"a@b.example"},  "Onderwerp",
          sampleTime(),       {},      "tekst\n",           "<p>tekst</p>\n", {}};
}

TEST(Mime, AnotherReaderFindsWhatWasPutIn) {
  Mail mail = sampleMail();
  mail.fromName = "Sluis \"de\\sluis\" – TTP";
  mail.to = {"a@b.example", "een.heel.lang.adres.met.veel.punten@een.heel.lang.domein.example", "c@d.example"};
  mail.subject =
      "Niet verwerkt: één bestand – met een onderwerp dat zo lang is dat het over meer dan één regel moet, ook €";
  mail.text = "Eén regel met = en spatie aan het eind \nFrom here\n.\n\n" + std::string(300, 'x') + "\nslot · …";
  mail.html = "<p>€ é</p>";
  mail.headers = {{"X-Sluis-Kind", "ontvangst"}};
  mail.attachments = {{"a.receipt.json", "application/json", "{\"a\": 1}\n"},
                      {"b c\"\r\nX: y.csv", "text/csv", "\xEF\xBB\xBFrij\r\n"}};
  const auto json = parsed(encodeMail(mail));
  EXPECT_THAT(json["defects"], IsEmpty()) << json.dump();
  EXPECT_LE(json["longest"], 78);
  EXPECT_EQ(json["headers"]["Subject"], mail.subject);
  EXPECT_EQ(json["to"], mail.to);
  EXPECT_EQ(json["headers"]["X-Sluis-Kind"], "ontvangst");
  EXPECT_EQ(json["headers"]["Date"], "Sun, 22 Nov 2026 01:02:03 +0000");
  EXPECT_THAT(json["headers"]["From"].get<std::string>(), HasSubstr("TTP"));
  EXPECT_EQ(json["structure"], (std::vector<std::string>{"multipart/mixed", "multipart/alternative", "text/plain",
                                                         "text/html", "application/json", "text/csv"}));
  EXPECT_EQ(json["parts"][0]["content"], mail.text + "\n");
  EXPECT_EQ(json["parts"][1]["content"], mail.html + "\n");
  EXPECT_EQ(json["parts"][2]["content"], "{\"a\": 1}\n");
  EXPECT_EQ(json["parts"][3]["name"], "b-c---X--y.csv");
}

TEST(Mime, LongAsciiSubjectsAreFoldedAndReadBack) {
  Mail mail = sampleMail();
  mail.subject =
      "Niet verwerkt: jeugdhulp_2026H1_een-vrij-stuk-van-de-naam.csv (aanlevering D000013, VAL01) en nog wat woorden";
  const auto json = parsed(encodeMail(mail));
  EXPECT_EQ(json["headers"]["Subject"], mail.subject);
  EXPECT_LE(json["longest"], 78);
}

TEST(Mime, SubjectThatLooksEncodedComesBackAsItIs) {
  Mail mail = sampleMail();
  mail.subject = "=?UTF-8?B?eA==?=  twee spaties";
  EXPECT_EQ(parsed(encodeMail(mail))["headers"]["Subject"], mail.subject);
}

TEST(Mime, NoHeaderCanBeInjected) {
  for (const char* evil : {"x\r\nBcc: spy@evil.example", "x\nBcc: spy", "x\rBcc: spy", "x\x7f"}) {
    Mail subject = sampleMail();
    subject.subject = evil;
    EXPECT_THROW(encodeMail(subject), std::logic_error);
    Mail name = sampleMail();
    name.fromName = evil;
    EXPECT_THROW(encodeMail(name), std::logic_error);
    Mail to = sampleMail();
    to.to = {std::string("a@b.example") + evil};
    EXPECT_THROW(encodeMail(to), std::logic_error);
    Mail more = sampleMail();
    more.headers = {{"X-Sluis-Delivery", evil}};
    EXPECT_THROW(encodeMail(more), std::logic_error);
    Mail id = sampleMail();
    id.messageId = evil;
    EXPECT_THROW(encodeMail(id), std::logic_error);
  }
}

TEST(Mime, BodyCannotEndItsPart) {
  Mail mail = sampleMail();
  mail.text = "--=_sluis-alternative--\n--=_sluis-mixed--\nhet gaat door\n";
  mail.attachments = {{"a.txt", "text/plain", "x"}};
  const auto json = parsed(encodeMail(mail));
  EXPECT_THAT(json["defects"], IsEmpty());
  EXPECT_EQ(json["parts"][0]["content"], mail.text);
  EXPECT_EQ(json["parts"].size(), 3u);
}

}  // namespace
}  // namespace sluis::mail
