#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "fake_figures.h"
#include "portal/page_reports.h"
#include "portal/report_view.h"
#include "portal/router.h"
#include "report/render.h"
#include "web/reply.h"

namespace sluis::portal {
namespace {

using account::Role;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class Asking : public web::Request {
 public:
  /// "/reports/uitval?by=end"
  explicit Asking(const std::string& address) {
    const std::size_t mark = address.find('?');
    path = address.substr(0, mark);
    if (mark == std::string::npos) return;
    std::string rest = address.substr(mark + 1) + "&";
    for (auto end = rest.find('&'); end != std::string::npos; end = rest.find('&')) {
      const std::string pair = rest.substr(0, end);
      rest.erase(0, end + 1);
      if (!pair.empty())
        query.add(pair.substr(0, pair.find('=')), pair.substr(std::min(pair.size(), pair.find('=') + 1)));
    }
  }
  void readParts(std::uint64_t, const std::function<std::unique_ptr<web::PartSink>(const web::PartHead&)>&) override {}
};

const web::Templates& templates() {
  static const web::Templates kAll = web::Templates::load(test::FakeFigures::config() / "portal");
  return kAll;
}

class ReportPages : public testing::Test {
 protected:
  ReportPages() : figures(fake()) {
    figures.ways = {};
    figures.asked();
    config_.portal.name = "Sluis";
    config_.portal.url = "https://portal.example";
    config_.run.timezone = "Europe/Amsterdam";
    std::ofstream(folder_.path() / "key") << std::string(64, 'a') << "\n";
    std::ofstream(folder_.path() / "common") << "password1234\n";
    passwords_ = std::make_unique<account::Passwords>(folder_.path() / "common");
    secondFactor_ = std::make_unique<account::SecondFactor>(folder_.path() / "key");
    services_.emplace(Services{.config = config_,
                               .clock = clock_,
                               .database = database_,
                               .templates = templates(),
                               .passwords = *passwords_,
                               .secondFactor = *secondFactor_,
                               .terms = {},
                               .termsVersion = {},
                               .sessionRules = {},
                               .figures = {"sluis-figures", figures.socket()},
                               .sluisd = {"sluisd", "/nowhere"}});
  }

  web::Response get(const std::string& address, Role role = Role::municipality, const std::string& subject = "GM0034") {
    Asking asking(address);
    Visit visit(asking, *services_);
    account::Session session;
    session.id = 77;
    session.account = {
        .id = 12, .user = "j.devries@gemeente.example", .name = "J. de Vries", .role = role, .subject = subject};
    session.secondFactorAt = clock_.now();
    visit.session = session;
    visit.language = language;
    for (const Route& route : reportRoutes()) {
      const bool captures = route.pattern.ends_with("{}");
      const std::string stem = route.pattern.substr(0, route.pattern.size() - 2);
      if (captures ? !asking.path.starts_with(stem) : asking.path != route.pattern) continue;
      if (captures) visit.captured = {asking.path.substr(stem.size())};
      return route.page(visit);
    }
    ADD_FAILURE() << "no page at " << address;
    return {};
  }
  web::Response asTtp(const std::string& address) { return get(address, Role::auditor, ""); }
  web::Response asProvider(const std::string& address) { return get(address, Role::provider, "P0001"); }

  test::FakeFigures& figures;
  web::Language language = web::Language::dutch;

 private:
  /// One for all: starting and stopping takes longer than a test.
  static test::FakeFigures& fake() {
    static test::FakeFigures figures;
    return figures;
  }

  test::TempDir folder_;
  config::Config config_{};
  SystemClock clock_;
  Database database_{"host=/nowhere"};
  std::unique_ptr<account::Passwords> passwords_;
  std::unique_ptr<account::SecondFactor> secondFactor_;
  std::optional<Services> services_;
};

TEST_F(ReportPages, AskInTheNameOfThePersonAndAsWhomTheAccountIsOf) {
  EXPECT_EQ(get("/reports/uitval").status, 200);
  const auto reports = figures.askedReports();
  ASSERT_THAT(reports, SizeIs(1));
  const auto& arguments = reports[0]["arguments"];
  EXPECT_EQ(arguments["as"], "municipality:GM0034");
  EXPECT_THAT(arguments["person"]["name"].get<std::string>(), HasSubstr("j.devries@gemeente.example"));
  EXPECT_EQ(arguments["person"]["role"], "municipality");
  EXPECT_EQ(arguments["person"]["session"], "77");
  asProvider("/reports/uitval");
  EXPECT_EQ(figures.askedReports().at(0)["arguments"]["as"], "provider:P0001");
  asTtp("/reports/uitval");
  EXPECT_EQ(figures.askedReports().at(0)["arguments"]["as"], "ttp");
}

TEST_F(ReportPages, NoAddressAsksAsSomebodyElse) {
  for (const char* address : {"/reports/uitval?as=provider:P0002", "/reports/uitval?viewer=ttp",
                              "/reports/uitval?gemeente=GM0050", "/reports/uitval?person=x"})
    EXPECT_EQ(get(address).status, 400) << address;
  EXPECT_EQ(asProvider("/reports/uitval?aanbieder=P0002").status, 400);
  EXPECT_EQ(asProvider("/reports/uitval?by=aanbieder").status, 400);
  EXPECT_EQ(get("/overview?gemeente=GM0050").status, 404);
  EXPECT_THAT(figures.askedReports(), SizeIs(0));
}

TEST_F(ReportPages, ALinkOfAnotherRoleLeadsToOnesOwnFigures) {
  const auto page = asProvider("/reports/uitval?verwijzer=02&aanbieder=P0002&by=aanbieder");
  EXPECT_EQ(page.status, 400);
  EXPECT_THAT(page.body, AllOf(HasSubstr("van een andere organisatie"), HasSubstr("/reports/uitval?verwijzer=02\"")));
  EXPECT_THAT(asProvider("/reports/uitval.csv?aanbieder=P0002").body, HasSubstr("/reports/uitval.csv\""));
  EXPECT_THAT(figures.askedReports(), SizeIs(0));
}

TEST_F(ReportPages, AMunicipalityMayNameItself) {
  const auto page = get("/reports/uitval?gemeente=GM0034&verwijzer=02");
  EXPECT_EQ(page.status, 303);
  EXPECT_EQ(page.location, "/reports/uitval?verwijzer=02");
}

TEST_F(ReportPages, ShowFiguresFormAndLinksOfTheSameView) {
  const auto page = get("/reports/tevredenheid?verwijzer=02&by=end").body;
  EXPECT_THAT(page, AllOf(HasSubstr("Cliënttevredenheid"), HasSubstr("Waarom deze cijfers zo zijn"),
                          HasSubstr("<option value=\"02\" selected>Huisarts")));
  EXPECT_THAT(page, HasSubstr("https://portal.example/reports/tevredenheid?verwijzer=02&amp;by=end\""));
  EXPECT_THAT(page, HasSubstr("/reports/tevredenheid.csv?verwijzer=02&amp;by=end&amp;snapshot=GM0034-000012"));
  EXPECT_EQ(page.find("<h1"), page.rfind("<h1"));
}

TEST_F(ReportPages, OfferEveryFilterOfTheRole) {
  const auto ofMunicipality = get("/reports/respons").body;
  for (const char* name : {"start-from", "start-to", "end-from", "end-to", "reden-einde", "profiel", "verwijzer",
                           "productcategorie", "perspectief", "zorgvraagzwaarte", "hulpvorm", "complexiteit",
                           "respondent", "aanbieder", "meting", "by", "snapshot"})
    EXPECT_THAT(ofMunicipality, HasSubstr(std::string("name=\"") + name + "\"")) << name;
  EXPECT_THAT(asProvider("/reports/respons").body, Not(HasSubstr("name=\"aanbieder\"")));
  figures.ways.municipalities = {"GM0034", "GM0050"};
  EXPECT_THAT(asProvider("/reports/respons").body, HasSubstr("name=\"gemeente\""));
}

TEST_F(ReportPages, AFormWithEmptyFieldsLeadsOnToTheAddressOfTheView) {
  const auto response = get("/reports/uitval?by=&hulpvorm=02&start-from=&verwijzer=01&end-from=2025q1");
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(response.location, "/reports/uitval?end-from=2025Q1&hulpvorm=02&verwijzer=01");
  EXPECT_THAT(figures.askedReports(), SizeIs(0));
  EXPECT_EQ(get(response.location).status, 200);
  EXPECT_EQ(get("/reports/uitval?by=hulpvorm").location, "/reports/uitval");
}

TEST_F(ReportPages, WhatIsNotThereIsNamedWithWhatIsAndAsksNothing) {
  const auto value = get("/reports/uitval?hulpvorm=02&verwijzer=99");
  EXPECT_EQ(value.status, 400);
  EXPECT_THAT(value.body, AllOf(HasSubstr("Verwijzer heeft die waarde niet"), HasSubstr("Huisarts (02)"),
                                HasSubstr("<option value=\"02\" selected>"), HasSubstr("id=\"verwijzer-error\"")));
  EXPECT_THAT(get("/reports/uitval?kleur=rood").body, HasSubstr("Reden einde (reden-einde)"));
  EXPECT_THAT(get("/reports/uitval?by=kleur").body, HasSubstr("Verwijzer (verwijzer)"));
  EXPECT_THAT(get("/reports/uitval?end-from=2031Q1").body, HasSubstr("van 2015Q1 tot en met 2026Q4"));
  EXPECT_THAT(get("/reports/uitval?end-from=2025Q2&end-to=2025Q1").body, HasSubstr("ligt na"));
  EXPECT_THAT(get("/reports/uitval?verwijzer=01&verwijzer=02").body, HasSubstr("staat er twee keer"));
  EXPECT_EQ(get("/reports/uitval?snapshot=../../etc").status, 400);
  EXPECT_EQ(get("/reports/kleur").status, 404);
  EXPECT_THAT(figures.askedReports(), SizeIs(0));
}

TEST_F(ReportPages, SayNothingBackThatTheAddressBrought) {
  const auto response = get("/reports/uitval?verwijzer=<script>alert(1)</script>");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, Not(HasSubstr("alert(1)")));
}

TEST_F(ReportPages, ASnapshotThatIsGoneHasAClearPage) {
  EXPECT_EQ(get("/reports/uitval?snapshot=GM0034-000011").status, 200);
  const auto gone = get("/reports/uitval?verwijzer=02&snapshot=GM0034-000003");
  EXPECT_EQ(gone.status, 410);
  EXPECT_THAT(gone.body, HasSubstr("href=\"/reports/uitval?verwijzer=02\""));
  figures.ways.erasedMeanwhile = true;
  EXPECT_EQ(get("/reports/uitval?snapshot=GM0034-000011").status, 410);
  EXPECT_EQ(get("/reports/uitval.csv?snapshot=GM0034-000011").status, 410);
}

TEST_F(ReportPages, NotInThisDetailShowsWhichFiltersCouldGo) {
  figures.ways.unavailable = true;
  const auto page = get("/reports/uitval?hulpvorm=02&verwijzer=01");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body,
              AllOf(HasSubstr("Niet beschikbaar in dit detail"), HasSubstr("href=\"/reports/uitval?hulpvorm=02\""),
                    HasSubstr("href=\"/reports/uitval?verwijzer=01\"")));
}

TEST_F(ReportPages, DownloadWhatThePageShows) {
  const auto csv = get("/reports/uitval.csv?verwijzer=02");
  EXPECT_EQ(csv.downloadName, "uitval-GM0034-000012.csv");
  EXPECT_THAT(csv.body, HasSubstr("Verwijzer: Huisarts"));
  EXPECT_TRUE(get("/reports/uitval.xlsx").body.starts_with("PK"));
  EXPECT_TRUE(get("/reports/uitval.svg").body.starts_with("<svg"));
  EXPECT_EQ(figures.askedReports().size(), 3U);
  EXPECT_EQ(get("/reports/uitval.csv?verwijzer=99").status, 400);
}

TEST_F(ReportPages, AreEnglishByTheSwitch) {
  language = web::Language::english;
  const auto page = get("/reports/tevredenheid?verwijzer=02").body;
  EXPECT_EQ(figures.askedReports().at(0)["arguments"]["language"], "en");
  EXPECT_THAT(page, AllOf(HasSubstr("Client satisfaction"), HasSubstr("General practitioner"),
                          Not(HasSubstr("gemeten")), Not(HasSubstr("Huisarts"))));
  EXPECT_THAT(get("/overview").body, Not(HasSubstr("niet getoond")));
}

TEST_F(ReportPages, TheTtpChoosesAMunicipalityFirst) {
  figures.ways.municipalities = {"GM0034", "GM0050"};
  EXPECT_THAT(asTtp("/reports/uitval").body, HasSubstr("Kies hieronder eerst een gemeente"));
  EXPECT_THAT(asTtp("/overview").body, HasSubstr("<option value=\"GM0050\">"));
  EXPECT_EQ(asTtp("/overview?gemeente=GM9999").status, 400);
  EXPECT_THAT(figures.askedReports(), SizeIs(0));
  EXPECT_EQ(asTtp("/reports/uitval?aanbieder=P0001&gemeente=GM0050").status, 200);
  EXPECT_EQ(asTtp("/overview?gemeente=GM0050").status, 200);
  EXPECT_EQ(asTtp("/reports/uitval?gemeente=GM9999").status, 400);
}

TEST_F(ReportPages, AnOverviewIsOfOneSnapshot) {
  const auto page = get("/overview");
  EXPECT_EQ(page.status, 200);
  const auto reports = figures.askedReports();
  ASSERT_THAT(reports, SizeIs(6));
  EXPECT_EQ(reports[0]["arguments"]["snapshot"], "");
  for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(reports[i]["arguments"]["snapshot"], "GM0034-000012");
  EXPECT_THAT(page.body, AllOf(HasSubstr("Stichting De Eik"), HasSubstr("/reports/uitval?aanbieder=P0001"),
                               HasSubstr("Jeugdige: ")));
  const auto own = asProvider("/overview").body;
  EXPECT_THAT(own,
              AllOf(HasSubstr("/reports/uitval?hulpvorm=02"), HasSubstr("Gemeente"), Not(HasSubstr("Jeugdzorg Beuk"))));
}

TEST_F(ReportPages, NoFigureIsShownWhereEveryLookWouldBeLogged) {
  EXPECT_THAT(get("/reports").body, HasSubstr("/reports/herhaald-beroep"));
  EXPECT_EQ(get("/").status, 200);
  EXPECT_THAT(figures.asked(), SizeIs(0));
}

TEST_F(ReportPages, AreClearWhereThereAreNoFiguresOrTheyCannotBeHad) {
  figures.ways.locked = true;
  EXPECT_EQ(get("/reports/uitval").status, 503);
  EXPECT_THAT(get("/overview").body, HasSubstr("Er is een storing"));
  figures.ways.snapshots.clear();
  EXPECT_EQ(get("/reports/uitval").status, 404);
  EXPECT_THAT(get("/overview").body, HasSubstr("nog geen cijfers"));
}

TEST_F(ReportPages, WeighNoMoreThanSixtyKilobytesWithChartAndStyles) {
  const std::size_t styles = report::figureStyles().size() +
                             std::filesystem::file_size(test::FakeFigures::config() / "portal/static/portal.css");
  for (const char* address : {"/reports/tevredenheid", "/reports/uitval", "/reports/tevredenheid?by=verwijzer"})
    EXPECT_LE(get(address).body.size() + styles, 60U * 1000) << address;
  // The largest there are, as they travel.
  for (const char* address :
       {"/reports/tevredenheid?by=productcategorie", "/reports/tevredenheid?by=start", "/overview"}) {
    const web::Response page = get(address);
    EXPECT_TRUE(page.mayBeCompressed) << address;
    EXPECT_LE(web::gzipped(page.body).size() + styles, 60U * 1000) << address;
  }
}

TEST_F(ReportPages, HoldNothingOfTheAddressWhereTheyAreCompressed) {
  for (const char* address : {"/reports/tevredenheid?by=x7q2m", "/reports/uitval?verwijzer=x7q2m", "/overview?x7q2m=1",
                              "/reports/uitval?x7q2m=x7q2m", "/reports/uitval?done=x7q2m"}) {
    const web::Response page = get(address);
    EXPECT_TRUE(!page.mayBeCompressed || page.body.find("x7q2m") == std::string::npos) << address;
  }
}

TEST(View, HasOneAddress) {
  web::Fields query;
  for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{{"verwijzer", "02"},
                                                                                    {"end-to", "2026Q1"},
                                                                                    {"snapshot", "GM0034-000001"},
                                                                                    {"by", "start"},
                                                                                    {"respondent", "j"}})
    query.add(name, value);
  const ReadView read = readView(report::Indicator::goals, query, report::Role::municipality);
  EXPECT_TRUE(read.problems.empty());
  EXPECT_FALSE(read.canonical);
  EXPECT_EQ(read.view.address(),
            "/reports/doelrealisatie?end-to=2026Q1&verwijzer=02&respondent=J&by=start&snapshot=GM0034-000001");
  EXPECT_EQ(read.view.with("verwijzer", "").address(".csv"),
            "/reports/doelrealisatie.csv?end-to=2026Q1&respondent=J&by=start&snapshot=GM0034-000001");
}

}  // namespace
}  // namespace sluis::portal
