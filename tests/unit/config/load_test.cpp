#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "config/config.h"
#include "config/layout.h"

namespace sluis::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::string_view kSmallest = R"(mail:
  from: sluis@ttp.example
  operator: [beheer@ttp.example]
  helpdesk: {name: Helpdesk, mail: helpdesk@ttp.example, phone: "030"}
)";

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/sluis-config-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Path write(std::string_view text) {
    const Path file = folder_ / "sluis.yaml";
    std::ofstream(file) << text;
    return file;
  }
  Config loaded(std::string_view text) { return load(write(text)); }
  std::vector<std::string> mistakes(std::string_view text) {
    const Path file = write(text);
    try {
      load(file);
    } catch (const Invalid& invalid) {
      std::vector<std::string> lines;
      for (const auto& message : invalid.messages()) {
        EXPECT_TRUE(message.starts_with(file.string() + ":")) << message;
        lines.push_back(message.substr(file.string().size() + 1));
      }
      return lines;
    }
    return {};
  }
  std::vector<std::string> mistakesBeside(std::string_view text) {
    return mistakes(std::string(kSmallest) + std::string(text));
  }

  Path folder_;
};

TEST_F(ConfigFile, TheSmallestFileTakesEveryDefault) {
  const Config config = loaded(kSmallest);
  EXPECT_EQ(config.state, "/var/lib/sluis");
  EXPECT_EQ(config.drop, "/var/lib/sluis/drop");
  EXPECT_EQ(config.run.at, 120min);
  EXPECT_EQ(config.run.timezone, "Europe/Amsterdam");
  EXPECT_EQ(config.intake.settle, 60s);
  EXPECT_EQ(config.intake.signatureTimeout, 24h);
  EXPECT_EQ(config.limits.fileBytes, 4ULL << 30);
  EXPECT_EQ(config.limits.quotaBytes, 16ULL << 30);
  EXPECT_EQ(config.retention.outbox, 90 * 24h);
  EXPECT_DOUBLE_EQ(config.rules.maxDeletedShare, 0.20);
  EXPECT_EQ(config.mail.channel, "maildir");
  EXPECT_EQ(config.mail.settings.at("path"), "/var/lib/sluis/mail");
  EXPECT_EQ(config.gate.port, 2222);
}

TEST_F(ConfigFile, FiveMistakesGiveFiveMessagesInTheOrderOfTheFile) {
  EXPECT_THAT(
      mistakes("stat: /srv\n"
               "run: {at: \"25:00\", timezone: Europe/Amstelveen}\n"
               "limits:\n"
               "  file: 4 gigabytes\n"
               "mail:\n"
               "  from: sluis@ttp.example\n"
               "  operator: [beheer@ttp.example]\n"
               "  helpdesk: {name: Helpdesk, mail: helpdesk@ttp.example}\n"),
      ElementsAre("1: unknown key stat (did you mean state?)", "2: run.at must be a time of day such as \"02:00\"",
                  "2: run.timezone is no time zone this machine knows, such as Europe/Amsterdam (package tzdata)",
                  "4: limits.file must be a size such as 512KiB, 256MiB or 4GiB",
                  "8: mail.helpdesk.phone is required"));
}

TEST_F(ConfigFile, AnEmptyFileLacksWhatHasNoDefault) {
  EXPECT_THAT(mistakes(""), ElementsAre("1: mail.from is required", "1: mail.operator must name at least one address",
                                        "1: mail.helpdesk.name is required", "1: mail.helpdesk.mail is required",
                                        "1: mail.helpdesk.phone is required"));
}

TEST_F(ConfigFile, BrokenYamlIsOneMessageWithItsLine) {
  const auto lines = mistakes("state: /srv\nrun: {at: \n");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], testing::MatchesRegex("[0-9]+: .+"));
}

TEST_F(ConfigFile, AListWhereKeysBelongIsRefused) {
  EXPECT_THAT(mistakesBeside("run: [1, 2]\n"), ElementsAre("5: run must hold keys and values"));
  EXPECT_THAT(mistakesBeside("state: {a: b}\n"), ElementsAre("5: state must be one value"));
}

TEST_F(ConfigFile, AKeyGivenTwiceIsRefused) {
  EXPECT_THAT(mistakesBeside("run:\n  at: \"02:00\"\n  at: \"03:00\"\n"), ElementsAre("7: run.at is given twice"));
}

TEST_F(ConfigFile, TimesAndSizesWithoutSenseAreRefused) {
  for (const char* wrong : {"0s", "60", "-5s", "1w", "s", "99999999999999999999d", "4000d"})
    EXPECT_EQ(mistakesBeside(std::string("intake: {settle: ") + wrong + "}\n").size(), 1U) << wrong;
  for (const char* wrong : {"0", "4GB", "-1", "9999999999GiB", "GiB", "1.5GiB"})
    EXPECT_FALSE(mistakesBeside(std::string("limits: {reader_memory: ") + wrong + "}\n").empty()) << wrong;
  for (const char* wrong : {"2:00", "24:00", "12:60", "ab:cd", "+1:00", "02:00:00"})
    EXPECT_EQ(mistakesBeside(std::string("run: {at: \"") + wrong + "\"}\n").size(), 1U) << wrong;
  for (const char* wrong : {"../../etc/passwd", "/usr/share/zoneinfo/UTC", "Europe", "Europe/", "zone.tab2"})
    EXPECT_EQ(mistakesBeside(std::string("run: {timezone: ") + wrong + "}\n").size(), 1U) << wrong;
  for (const char* wrong : {"1.5", "-0.1", "nan", "20%"})
    EXPECT_EQ(mistakesBeside(std::string("rules: {max_deleted_share: ") + wrong + "}\n").size(), 1U) << wrong;
  for (const char* wrong : {"0", "65536", "x", "2222x"})
    EXPECT_EQ(mistakesBeside(std::string("gate: {port: ") + wrong + "}\n").size(), 1U) << wrong;
}

TEST_F(ConfigFile, TimesAndSizesHaveTheirUnits) {
  const Config config = loaded(std::string(kSmallest) +
                               "intake: {settle: 3s, signature_timeout: 2d}\n"
                               "limits: {file: 512MiB, quota: 1GiB, reader_time: 90s, reader_memory: 134217728}\n"
                               "run: {at: \"23:59\", timezone: UTC}\n");
  EXPECT_EQ(config.intake.settle, 3s);
  EXPECT_EQ(config.intake.signatureTimeout, 48h);
  EXPECT_EQ(config.limits.fileBytes, 512ULL << 20);
  EXPECT_EQ(config.limits.readerMemoryBytes, 128ULL << 20);
  EXPECT_EQ(config.run.at, 23h + 59min);
}

TEST_F(ConfigFile, APasswordInTheFileIsRefusedWhereverItStands) {
  EXPECT_THAT(mistakesBeside("database: {daemon: dbname=sluis password=geheim}\n"),
              ElementsAre(HasSubstr("password_file")));
  EXPECT_THAT(mistakesBeside("database: {admin: \"postgresql://a:b@c/d\"}\n"), ElementsAre(HasSubstr("not a URI")));
  const auto lines = mistakes(
      "mail:\n  channel: smtp\n  from: a@b.example\n  operator: a@b.example\n"
      "  helpdesk: {name: H, mail: h@b.example, phone: \"1\"}\n  smtp: {host: m.example, password: geheim}\n");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], "6: unknown key mail.smtp.password");
  EXPECT_THAT(lines[0], testing::Not(HasSubstr("geheim")));
}

TEST_F(ConfigFile, AMailPasswordNeverTravelsUnencrypted) {
  EXPECT_THAT(mistakes("mail:\n  channel: smtp\n  from: a@b.example\n  operator: a@b.example\n"
                       "  helpdesk: {name: H, mail: h@b.example, phone: \"1\"}\n"
                       "  smtp: {host: m.example, user: sluis, password_file: p, starttls: false}\n"),
              ElementsAre(HasSubstr("mail.smtp.starttls must be true")));
}

TEST_F(ConfigFile, RelativePathsCountFromTheFilesFolder) {
  EXPECT_EQ(loaded(std::string(kSmallest) + "state: here/../there\n").state, folder_ / "there");
}

TEST_F(ConfigFile, ACredentialIsFoundInItsFolderAndStaysNamedWithoutOne) {
  const std::string text = std::string(kSmallest) + "gate: {host_key: \"${CREDENTIALS_DIRECTORY}/ssh_host_key\"}\n";
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(loaded(text).gate.hostKey, "${CREDENTIALS_DIRECTORY}/ssh_host_key");
  ::setenv("CREDENTIALS_DIRECTORY", "/run/credentials/x", 1);
  EXPECT_EQ(loaded(text).gate.hostKey, "/run/credentials/x/ssh_host_key");
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(mistakesBeside("control: ${HOME}/x\n").size(), 1U);
}

TEST_F(ConfigFile, AThirdPartysChannelGetsItsSettingsAsTheyAre) {
  const Config config = loaded(
      "mail:\n  channel: pager\n  from: a@b.example\n  operator: a@b.example\n"
      "  helpdesk: {name: H, mail: h@b.example, phone: \"1\"}\n  settings: {token: x1, password_file: /run/p}\n");
  EXPECT_EQ(config.mail.settings.at("token"), "x1");
  EXPECT_EQ(config.mail.secrets.at("password"), "/run/p");
}

TEST_F(ConfigFile, WhatIsShownReadsBackToTheSame) {
  const Config config = loaded(std::string(kSmallest) + "intake: {settle: 3s}\nlimits: {file: 1KiB, quota: 1025}\n");
  const std::string shown = show(config);
  EXPECT_EQ(show(loaded(shown)), shown);
  EXPECT_THAT(shown, HasSubstr("settle: 3s"));
  EXPECT_THAT(shown, HasSubstr("quota: 1025"));
}

TEST_F(ConfigFile, TheDaemonsPasswordIsQuotedIntoTheConninfo) {
  const Path file = folder_ / "password";
  std::ofstream(file) << "it's a \\ secret\n";
  Database database = loaded(kSmallest).database;
  database.passwordFile = file;
  EXPECT_EQ(daemonConninfo(database), "dbname=sluis user=sluis_daemon password='it\\'s a \\\\ secret'");
  EXPECT_EQ(figuresConninfo(database), "dbname=sluis user=sluis_figures");
  database.figuresPasswordFile = std::exchange(database.passwordFile, std::nullopt);
  EXPECT_EQ(daemonConninfo(database), "dbname=sluis user=sluis_daemon");
  EXPECT_EQ(figuresConninfo(database), "dbname=sluis user=sluis_figures password='it\\'s a \\\\ secret'");
}

TEST_F(ConfigFile, TheFiguresHaveTheDefaultsOfTheLaw) {
  const Config config = loaded(kSmallest);
  EXPECT_EQ(config.figures.socket, "/run/sluis-figures/socket");
  EXPECT_EQ(config.figures.snapshots, "/var/lib/sluis/snapshots");
  EXPECT_EQ(config.figures.minimum, 10);
  EXPECT_EQ(config.figures.keep, 12);
  EXPECT_EQ(config.figures.windowDays, 365);
  EXPECT_DOUBLE_EQ(config.figures.confidence, 0.75);
  EXPECT_TRUE(config.figures.norms.empty());
}

TEST_F(ConfigFile, TheMinimumOfChildrenCanBeRaisedAndNotLowered) {
  EXPECT_EQ(loaded(std::string(kSmallest) + "figures: {minimum: 15}").figures.minimum, 15);
  EXPECT_THAT(mistakesBeside("figures: {minimum: 9}"),
              ElementsAre(HasSubstr("5: figures.minimum must lie between 10")));
  EXPECT_THAT(mistakesBeside("figures: {confidence: 1.0}"), ElementsAre(HasSubstr("must lie between 0.5 and 1")));
  EXPECT_THAT(mistakesBeside("figures: {confidence: 0.5}"), ElementsAre(HasSubstr("must lie between 0.5 and 1")));
}

TEST_F(ConfigFile, EachMistakeInANormIsNamedWithItsLine) {
  EXPECT_THAT(mistakesBeside("figures:\n"
                             "  norms:\n"
                             "    - {indicator: tevreden, value: 7, text: x}\n"
                             "    - {indicator: uitval, value: 0.1, text: x}\n"
                             "    - {indicator: uitval, part: ja, value: 0.1, text: x}\n"
                             "    - {indicator: tevredenheid, value: 11, text: x}\n"
                             "    - {indicator: respons, part: ja, value: 50, text: x}\n"
                             "    - {indicator: tevredenheid, value: 7, from: 2026Q5, text: x}\n"
                             "    - {indicator: tevredenheid, value: 7, from: 2026Q2, until: 2026Q1, text: x}\n"
                             "    - {indicator: tevredenheid, value: 7, hulpvorm: '2', text: x}\n"
                             "    - {indicator: tevredenheid, value: 7, norm: 8, text: x}\n"
                             "    - {indicator: tevredenheid, value: 7}\n"),
              ElementsAre(HasSubstr("7: figures.norms[1].indicator must be one of"),
                          HasSubstr("8: figures.norms[2].part must say which share is meant: 01, 02"),
                          HasSubstr("9: figures.norms[3].part must be one of 01, 02"),
                          HasSubstr("10: figures.norms[4].value must be a number between 1 and 10"),
                          HasSubstr("11: figures.norms[5].value must be a number between 0 and 1"),
                          HasSubstr("12: figures.norms[6].from must be a quarter"),
                          HasSubstr("13: figures.norms[7].until lies before from"),
                          HasSubstr("14: figures.norms[8].hulpvorm must be a code"),
                          HasSubstr("15: unknown key figures.norms[9].norm"),
                          HasSubstr("16: figures.norms[10].text is required")));
}

TEST_F(ConfigFile, NormsReadBackToTheSame) {
  const Config config =
      loaded(std::string(kSmallest) +
             "figures:\n"
             "  norms:\n"
             "    - {indicator: tevredenheid, value: 7.5, text: 'norm: 7,5'}\n"
             "    - {indicator: doelrealisatie, part: '4', value: 0.4, hulpvorm: '02', from: 2026Q1,\n"
             "       until: 2026Q4, text: norm}\n");
  ASSERT_EQ(config.figures.norms.size(), 2U);
  EXPECT_DOUBLE_EQ(config.figures.norms[0].value, 7.5);
  EXPECT_EQ(config.figures.norms[1].form, "02");
  EXPECT_EQ(config.figures.norms[1].part, "4");
  EXPECT_EQ(config.figures.norms[1].until, "2026Q4");
  EXPECT_EQ(show(loaded(show(config))), show(config));
}

TEST_F(ConfigFile, APortalWithoutTlsStaysOnThisMachine) {
  const auto portal = [](std::string_view settings) {
    return std::string("portal: {") + std::string(settings) + "}\n";
  };
  EXPECT_TRUE(mistakesBeside(portal("url: \"https://p.example\", listen: 127.0.0.1")).empty());
  EXPECT_TRUE(mistakesBeside(portal("listen: \"::\", certificate: /c.pem, key: /k.pem")).empty());
  EXPECT_THAT(mistakesBeside(portal("listen: \"::\"")), ElementsAre(HasSubstr("must be a loopback address")));
  EXPECT_THAT(mistakesBeside(portal("certificate: /c.pem")), ElementsAre(HasSubstr("needs the other")));
}

TEST_F(ConfigFile, APortalsAddressIsASiteAndNothingBehindIt) {
  for (const char* url : {"http://p.example", "https://", "https://p.example/portal", "https://user@p.example",
                          "https://p.example?x", "javascript:alert(1)"})
    EXPECT_THAT(mistakesBeside(fmt::format("portal: {{url: \"{}\"}}\n", url)),
                ElementsAre(HasSubstr("portal.url must be https:// and a host")))
        << url;
}

TEST_F(ConfigFile, APortalKnowsFourRolesAndABrokerSaysWhatIsStrongEnough) {
  EXPECT_THAT(loaded(kSmallest).portal.secondFactor, ElementsAre("municipality", "provider", "operator", "auditor"));
  EXPECT_THAT(loaded(std::string(kSmallest) + "portal: {second_factor: [operator]}\n").portal.secondFactor,
              ElementsAre("operator"));
  EXPECT_THAT(mistakesBeside("portal: {second_factor: [boss]}\n"), ElementsAre(HasSubstr("must hold roles")));
  EXPECT_THAT(mistakesBeside("portal: {idle: 60m, longest: 30m}\n"),
              ElementsAre(HasSubstr("shorter than portal.idle")));
  const std::string broker = "portal: {broker: {issuer: \"https://b.example\", client_id: c, client_secret_file: /s";
  EXPECT_EQ(loaded(std::string(kSmallest) + broker + ", assurance: {provider: [loa3]}}}\n")
                .portal.broker.value()
                .assurance.at("provider"),
            std::vector<std::string>{"loa3"});
  EXPECT_THAT(mistakesBeside(broker + "}}\n"), ElementsAre(HasSubstr("must name at least one role")));
  EXPECT_THAT(mistakesBeside("portal: {broker: {issuer: \"http://b.example\", client_id: c, client_secret_file: /s, "
                             "assurance: {provider: [loa3]}}}\n"),
              ElementsAre(HasSubstr("must begin with https://")));
}

TEST(Example, LoadsAndDocumentsEveryKey) {
  const Path example = Path(SLUIS_SOURCE_DIR) / "config/sluis.example.yaml";
  EXPECT_EQ(load(example).mail.settings.at("host"), "mail.ttp.example");
  const std::string text = readFile(example);
  const auto keys = knownKeys();
  EXPECT_GT(keys.size(), 50U);
  for (const auto& key : keys) {
    const std::string last = key.substr(key.rfind('.') + 1) + ":";
    EXPECT_THAT(text, HasSubstr(last)) << key << " is not in the example";
  }
}

/// What the example shows as a default, uncommented, is the default.
TEST(Example, ShowsTheDefaultsItClaims) {
  std::string text;
  std::ifstream example(Path(SLUIS_SOURCE_DIR) / "config/sluis.example.yaml");
  const std::vector<std::string> sections = {
      "run:", "intake:", "limits:", "retention:", "rules:", "reminders:", "figures:"};
  bool inside = false;
  for (std::string line; std::getline(example, line);) {
    if (!line.starts_with("# ")) inside = false;
    const std::string plain = line.starts_with("# ") ? line.substr(2) : "";
    if (std::find(sections.begin(), sections.end(), plain) != sections.end()) inside = true;
    if (inside) text += plain + "\n";
  }
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 29);
  char pattern[] = "/tmp/sluis-config-XXXXXX";
  ASSERT_NE(::mkdtemp(pattern), nullptr);
  const Path file = Path(pattern) / "sluis.yaml";
  std::ofstream(file) << kSmallest;
  const std::string defaults = show(load(file));
  std::ofstream(file) << kSmallest << text;
  EXPECT_EQ(show(load(file)), defaults);
  std::filesystem::remove_all(pattern);
}

TEST(Layout, AnInstalledProgramFindsItsPartsFromItsOwnPlace) {
  const Layout installed = layoutOf("/nowhere/usr/bin/sluis");
  EXPECT_EQ(installed.daemons, "/nowhere/usr/sbin");
  EXPECT_EQ(installed.reader, "/nowhere/usr/libexec/sluis/sluis-reader");
  EXPECT_EQ(installed.snapshot, "/nowhere/usr/libexec/sluis/sluis-snapshot");
  EXPECT_EQ(installed.share, "/nowhere/usr/share/sluis");
  EXPECT_EQ(layoutOf("/nowhere/usr/sbin/sluisd").share, "/nowhere/usr/share/sluis");
}

}  // namespace
}  // namespace sluis::config
