#include "portal/router.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "base/encoding.h"
#include "base/file.h"
#include "model/denied.h"
#include "portal/route_table.h"
#include "support/temp_dir.h"

namespace sluis::portal {
namespace {

using account::Role;
using web::Method;
using web::Response;

class StillClock final : public Clock {
 public:
  Instant now() const override { return Instant(std::chrono::seconds(1795000000)); }
};

struct Asked final : web::Request {
  void readParts(std::uint64_t, const std::function<std::unique_ptr<web::PartSink>(const web::PartHead&)>&) override {
    throw web::Refused{400, "error.bad-request"};
  }
};

const std::string kToken(43, 't');
const std::vector<Role> kRoles = {Role::municipality, Role::provider, Role::ttpOperator, Role::auditor};

// The portal's own routes, with pages that only say that they were reached.
Routes plainPages() {
  Routes routes;
  for (Routes each : {signInRoutes(), accountRoutes(), reportRoutes(), deliveryRoutes(), uploadRoutes(),
                      operationsRoutes(), applicationRoutes(), helpRoutes()})
    routes.insert(routes.end(), each.begin(), each.end());
  for (Route& route : routes)
    route.page = [pattern = route.pattern](Visit& visit) {
      if (visit.request.isMultipart) visit.requireFormToken();
      return Response::text(200, pattern);
    };
  return routes;
}

class RouterTest : public ::testing::Test {
 protected:
  static const web::Templates& templates() {
    static const web::Templates kTemplates = web::Templates::load(SLUIS_SOURCE_DIR "/config/portal");
    return kTemplates;
  }

  RouterTest() {
    writeFileDurably(folder_.path() / "seal.key", std::string(64, 'a') + "\n");
    config_.portal.name = "Sluis";
    config_.portal.url = "https://portal.example";
    config_.run.timezone = "Europe/Amsterdam";
    config_.portal.secondFactor = {"municipality", "provider", "operator", "auditor"};
    passwords_.emplace(SLUIS_SOURCE_DIR "/config/portal/common-passwords.txt");
    secondFactor_.emplace(folder_.path() / "seal.key");
    services_.emplace(Services{.config = config_,
                               .clock = clock_,
                               .database = database_,
                               .templates = templates(),
                               .passwords = *passwords_,
                               .secondFactor = *secondFactor_,
                               .terms = "Terms.",
                               .termsVersion = "v1",
                               .sessionRules = {},
                               .figures = {"sluis-figures", "/nowhere"},
                               .sluisd = {"sluisd", "/nowhere"}});
    router_ = std::make_unique<Router>(*services_, plainPages(), [this](std::string_view token) {
      return session_ && token == session_->token ? session_ : std::nullopt;
    });
    table_ = std::make_unique<RouteTable>(plainPages());
  }

  void signedIn(Role role, bool complete = true, const std::string& terms = "v1") {
    session_.emplace();
    session_->id = 1;
    session_->token = kToken;
    session_->account.role = role;
    session_->account.hasPassword = session_->account.hasSecondFactor = true;
    session_->account.termsAccepted = terms;
    if (complete) session_->secondFactorAt = clock_.now();
    session_->means = complete ? "totp" : "";
  }
  Asked asked(Method method, const std::string& pattern) const {
    Asked request;
    request.method = method;
    request.path = std::regex_replace(pattern, std::regex(R"(\{\})"), "7");
    request.authority = "portal.example";
    if (session_) request.cookies["session"] = session_->token;
    return request;
  }
  Asked posted(const std::string& pattern) const {
    Asked request = asked(Method::post, pattern);
    request.form.add("form_token", account::masked(account::formToken(kToken)));
    if (!session_) {
      request.cookies["form"] = kToken;
    }
    return request;
  }
  Response answer(Asked request) { return router_->answer(request); }
  static bool may(Access access, Role role) {
    switch (access) {
      case Access::municipality:
        return role == Role::municipality;
      case Access::provider:
        return role == Role::provider;
      case Access::ttp:
        return role == Role::ttpOperator || role == Role::auditor;
      case Access::ttpOperator:
        return role == Role::ttpOperator;
      default:
        return true;
    }
  }

  test::TempDir folder_;
  StillClock clock_;
  config::Config config_;
  Database database_{"host=/nowhere"};
  std::optional<account::Passwords> passwords_;
  std::optional<account::SecondFactor> secondFactor_;
  std::optional<Services> services_;
  std::optional<account::Session> session_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<RouteTable> table_;
};

TEST_F(RouterTest, ShowsEachRoleItsPagesAndNoOthers) {
  EXPECT_GT(table_->routes().size(), 40U);
  for (const Role role : kRoles) {
    signedIn(role);
    for (const Route& route : table_->routes()) {
      const Response response =
          answer(route.method == Method::post ? posted(route.pattern) : asked(Method::get, route.pattern));
      EXPECT_EQ(response.status, may(route.access, role) ? 200 : 404) << account::toString(role) << route.pattern;
    }
  }
}

TEST_F(RouterTest, SaysTheSameOfWhatIsForbiddenAndOfWhatIsNotThere) {
  signedIn(Role::municipality);
  Asked absent = asked(Method::get, "/operations");
  Asked forbidden = absent;
  absent.path = "/operations-x";
  // A form's token looks different in each page.
  const std::regex token("name=\"form_token\" value=\"[^\"]*\"");
  std::string one = std::regex_replace(answer(absent).body, token, "");
  const std::string other = std::regex_replace(answer(forbidden).body, token, "");
  one = std::regex_replace(one, std::regex("operations-x"), "operations");
  EXPECT_EQ(one, other);
  EXPECT_EQ(answer(absent).status, 404);
}

TEST_F(RouterTest, TakesNoFormWithoutItsToken) {
  int tried = 0;
  for (const Role role : kRoles) {
    signedIn(role);
    for (const Route& route : table_->routes()) {
      if (route.method != Method::post || !may(route.access, role)) continue;
      Asked without = asked(Method::post, route.pattern);
      without.isMultipart = route.multipart;
      EXPECT_EQ(answer(without).status, 403) << route.pattern;
      Asked wrong = asked(Method::post, route.pattern);
      wrong.isMultipart = route.multipart;
      wrong.form.add("form_token", account::masked(account::formToken(std::string(43, 'x'))));
      EXPECT_EQ(answer(wrong).status, 403) << route.pattern;
      ++tried;
    }
  }
  EXPECT_GT(tried, 40);
}

TEST_F(RouterTest, TakesNoFormBeforeSigningInWithoutTheBrowsersCookie) {
  for (const Route& route : table_->routes()) {
    if (route.method != Method::post || route.access != Access::everybody || route.multipart) continue;
    EXPECT_EQ(answer(posted(route.pattern)).status, 200) << route.pattern;
    Asked noCookie = posted(route.pattern);
    noCookie.cookies.clear();
    EXPECT_EQ(answer(noCookie).status, 403) << route.pattern;
    Asked otherCookie = posted(route.pattern);
    otherCookie.cookies["form"] = std::string(43, 'o');
    EXPECT_EQ(answer(otherCookie).status, 403) << route.pattern;
    Asked shortCookie = posted(route.pattern);
    shortCookie.cookies["form"] = "";
    shortCookie.form = {};
    shortCookie.form.add("form_token", account::masked(account::formToken("")));
    EXPECT_EQ(answer(shortCookie).status, 403) << route.pattern;
  }
}

TEST_F(RouterTest, TakesNoFormFromAnotherSite) {
  signedIn(Role::ttpOperator);
  const auto status = [&](const std::string& origin, const std::string& site) {
    Asked request = posted("/account/language");
    request.origin = origin;
    request.fetchSite = site;
    return answer(request).status;
  };
  EXPECT_EQ(status("https://portal.example", "same-origin"), 200);
  EXPECT_EQ(status("https://portal.example", ""), 200);
  EXPECT_EQ(status("null", "same-origin"), 200);
  EXPECT_EQ(status("", ""), 200);
  EXPECT_EQ(status("null", ""), 403);
  EXPECT_EQ(status("https://mallory.example", ""), 403);
  EXPECT_EQ(status("https://mallory.example", "same-origin"), 403);
  EXPECT_EQ(status("http://portal.example", ""), 403);
  EXPECT_EQ(status("https://portal.example.mallory.example", ""), 403);
  EXPECT_EQ(status("https://portal.example:444", ""), 403);
  EXPECT_EQ(status("", "cross-site"), 403);
  EXPECT_EQ(status("https://portal.example", "same-site"), 403);
}

TEST_F(RouterTest, SendsWhoIsNotSignedInToSignInAndRemembersWhere) {
  for (const Route& route : table_->routes()) {
    if (route.access == Access::everybody) continue;
    const Response response =
        answer(route.method == Method::post ? posted(route.pattern) : asked(Method::get, route.pattern));
    EXPECT_EQ(response.status, 303) << route.pattern;
    EXPECT_EQ(response.location, "/sign-in") << route.pattern;
  }
  Asked view = asked(Method::get, "/reports");
  view.query.add("by", "a&b=/c");
  const Response response = answer(view);
  const auto next = std::find_if(response.cookies.begin(), response.cookies.end(),
                                 [](const web::Cookie& cookie) { return cookie.name == kNextCookie; });
  ASSERT_NE(next, response.cookies.end());
  EXPECT_EQ(asText(fromBase64Url(next->value).value()), "/reports?by=a%26b%3D%2Fc");
}

TEST_F(RouterTest, LetsNobodyPastTheSecondFactor) {
  for (const Role role : kRoles) {
    signedIn(role, false);
    for (const Route& route : table_->routes()) {
      const Response response =
          answer(route.method == Method::post ? posted(route.pattern) : asked(Method::get, route.pattern));
      if (!may(route.access, role)) {
        EXPECT_EQ(response.status, 404) << route.pattern;
      } else if (route.access == Access::everybody || route.access == Access::firstFactor) {
        EXPECT_EQ(response.status, 200) << route.pattern;
      } else {
        EXPECT_EQ(response.location, "/sign-in/code") << route.pattern;
      }
    }
  }
}

TEST_F(RouterTest, KnowsTheStepThatIsMissing) {
  signedIn(Role::provider);
  EXPECT_EQ(missingStep(*services_, *session_), "");
  session_->account.termsAccepted = "v0";
  EXPECT_EQ(missingStep(*services_, *session_), "/terms");
  EXPECT_EQ(answer(asked(Method::get, "/reports")).location, "/terms");
  session_->means = "password";
  EXPECT_EQ(missingStep(*services_, *session_), "/sign-in/code");
  session_->account.hasSecondFactor = false;
  EXPECT_EQ(missingStep(*services_, *session_), "/enrol");
  config_.portal.secondFactor = {"operator"};
  EXPECT_EQ(missingStep(*services_, *session_), "/terms");
  session_->secondFactorAt.reset();
  EXPECT_NE(missingStep(*services_, *session_), "");
}

TEST_F(RouterTest, ForgetsACookieThatIsNoSession) {
  signedIn(Role::provider);
  for (const std::string& bad :
       {std::string(43, 'z'), std::string("short"), std::string(43, '!'), std::string(4000, 't')}) {
    Asked request = asked(Method::get, "/account");
    request.cookies["session"] = bad;
    const Response response = answer(request);
    EXPECT_EQ(response.location, "/sign-in?done=session-over") << bad;
    EXPECT_TRUE(std::any_of(response.cookies.begin(), response.cookies.end(), [](const web::Cookie& cookie) {
      return cookie.name == kSessionCookie && cookie.value.empty();
    }));
  }
}

TEST_F(RouterTest, SaysWhatAPageIsFor) {
  signedIn(Role::provider);
  const Response response = answer(asked(Method::get, "/account/language"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.at(0).second, "POST");
  EXPECT_EQ(answer(posted("/account")).status, 405);
  EXPECT_EQ(answer(asked(Method::head, "/account")).status, 200);
}

TEST_F(RouterTest, ShowsAClearPageWhenTheDatabaseIsAway) {
  router_ = std::make_unique<Router>(*services_, plainPages());
  signedIn(Role::provider);
  const Response response = answer(asked(Method::get, "/account"));
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(response.body.find("even niet bereikbaar"), std::string::npos);
  EXPECT_EQ(response.body.find("nowhere"), std::string::npos);
}

TEST_F(RouterTest, TellsNothingOfWhatWentWrongInside) {
  Routes routes = {
      {Method::get, "/bug", Access::everybody, [](Visit&) -> Response { throw std::logic_error("s3cret"); }},
      {Method::get, "/away", Access::everybody,
       [](Visit&) -> Response { throw Error(ErrorKind::system, "nobody listens at /run/s3cret"); }}};
  router_ = std::make_unique<Router>(*services_, std::move(routes));
  const Response bug = answer(asked(Method::get, "/bug"));
  EXPECT_EQ(bug.status, 500);
  EXPECT_EQ(bug.body.find("s3cret"), std::string::npos);
  const Response away = answer(asked(Method::get, "/away"));
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(away.body.find("s3cret"), std::string::npos);
  const Response broken = router_->broken({413, "error.too-large"}, nullptr);
  EXPECT_EQ(broken.status, 413);
  EXPECT_NE(broken.body.find("te groot"), std::string::npos);
}

TEST_F(RouterTest, HasWordsForEveryError) {
  const std::regex key(R"re("(error\.[a-z-]+)")re");
  int found = 0;
  for (const char* room : {"web", "portal"})
    for (const auto& file : std::filesystem::directory_iterator(SLUIS_SOURCE_DIR "/daemon/" + std::string(room))) {
      const std::string source = readFile(file.path());
      for (std::sregex_iterator it(source.begin(), source.end(), key), end; it != end; ++it, ++found)
        for (const web::Language language : {web::Language::dutch, web::Language::english}) {
          const web::Words& words = templates().words(language);
          EXPECT_TRUE(words.has((*it)[1].str() + ".text") || words.has((*it)[1].str())) << (*it)[1] << file.path();
        }
    }
  EXPECT_GT(found, 10);
}

TEST_F(RouterTest, HasWordsForEveryReasonToDeny) {
  for (const web::Language language : {web::Language::dutch, web::Language::english}) {
    const auto& words = templates().words(language);
    for (const std::string_view reason : why::kAll) EXPECT_TRUE(words.has("refused." + std::string(reason))) << reason;
    // As change() fills them in: nothing needs more than what it is about.
    std::size_t known = 0;
    for (const auto& [key, text] : words.all())
      if (key.starts_with("refused.")) {
        EXPECT_NO_THROW(words.text(key, {"GM0034"})) << key;
        ++known;
      }
    EXPECT_EQ(known, why::kAll.size()) << "words that nothing says";
  }
}

TEST_F(RouterTest, SpeaksTheLanguageThatWasAskedFor) {
  const auto language = [&](const std::string& accept, const std::string& cookie = {}) {
    Asked request = asked(Method::get, "/none");
    request.acceptLanguage = accept;
    if (!cookie.empty()) request.cookies["language"] = cookie;
    return answer(request).body.find("<html lang=\"en\"") != std::string::npos ? "en" : "nl";
  };
  EXPECT_STREQ(language(""), "nl");
  EXPECT_STREQ(language("de-DE,de;q=0.9"), "nl");
  EXPECT_STREQ(language("en-GB,en;q=0.9,nl;q=0.8"), "en");
  EXPECT_STREQ(language("en;q=0.5, nl-NL;q=0.75"), "nl");
  EXPECT_STREQ(language("nl,en"), "nl");
  EXPECT_STREQ(language("nl", "en"), "en");
  EXPECT_STREQ(language(";;q=,,q=9999999999999999999,en;q=q"), "nl");
  signedIn(Role::provider);
  session_->account.language = "en";
  EXPECT_STREQ(language("nl", "nl"), "en");
}

TEST(OwnPath, LeadsNowhereElse) {
  for (const char* good : {"/", "/reports?by=hulpvorm&x=%2F", "/a/b.csv"}) EXPECT_TRUE(isOwnPath(good)) << good;
  for (const char* bad : {"", "//mallory.example", "/\\mallory.example", "https://mallory.example", "reports",
                          "/a\r\nSet-Cookie: x", "/a b", "/\xc3\xa9", "/a\tb"})
    EXPECT_FALSE(isOwnPath(bad)) << bad;
  EXPECT_FALSE(isOwnPath("/" + std::string(5000, 'a')));
}

TEST(RouteTable, PrefersWordsToHoles) {
  const auto page = [](Visit&) { return Response(); };
  const RouteTable table({{Method::get, "/d/{}", Access::everybody, page},
                          {Method::get, "/d/new", Access::everybody, page},
                          {Method::get, "/d/{}.csv", Access::everybody, page},
                          {Method::post, "/d/{}/end", Access::everybody, page}});
  std::vector<std::string> captured;
  EXPECT_EQ(table.find(Method::get, "/d/new", captured).route->pattern, "/d/new");
  EXPECT_EQ(table.find(Method::head, "/d/12", captured).route->pattern, "/d/{}");
  EXPECT_EQ(captured, std::vector<std::string>{"12"});
  EXPECT_EQ(table.find(Method::get, "/d/12.csv", captured).route->pattern, "/d/{}.csv");
  EXPECT_EQ(captured, std::vector<std::string>{"12"});
  EXPECT_EQ(table.find(Method::get, "/d/.csv", captured).route->pattern, "/d/{}");
  EXPECT_EQ(table.find(Method::get, "/d/", captured).route, nullptr);
  EXPECT_EQ(table.find(Method::get, "/d/12/", captured).route, nullptr);
  EXPECT_EQ(table.find(Method::get, "/", captured).route, nullptr);
  EXPECT_EQ(table.find(Method::get, "/d/12/end", captured).route, nullptr);
  EXPECT_NE(table.find(Method::get, "/d/12/end", captured).other, nullptr);
}

TEST(RouteTable, TakesNoRouteTwice) {
  const auto page = [](Visit&) { return Response(); };
  EXPECT_THROW(RouteTable({{Method::get, "/a", Access::everybody, page}, {Method::get, "/a", Access::ttp, page}}),
               std::logic_error);
  EXPECT_THROW(RouteTable({{Method::get, "a", Access::everybody, page}}), std::logic_error);
  EXPECT_THROW(RouteTable({{Method::get, "/a", Access::everybody, {}}}), std::logic_error);
}

}  // namespace
}  // namespace sluis::portal
