#include "web/server.h"

#include <Poco/Event.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "base/encoding.h"
#include "portal_server.h"

namespace sluis::web {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

class Kept final : public PartSink {
 public:
  explicit Kept(std::string& to) : to_(to) {}
  void write(std::span<const std::byte> bytes) override { to_ += asText(bytes); }

 private:
  std::string& to_;
};

/// Pages that say back what they got.
Response page(Request& request) {
  if (request.path == "/upload") {
    std::string file;
    std::string name;
    request.readParts(1 << 20, [&](const PartHead& head) {
      name = head.fileName;
      return std::make_unique<Kept>(file);
    });
    return Response::text(200, name + "|" + file + "|" + request.form["note"]);
  }
  if (request.path == "/inject") {
    Response response;
    response.headers.emplace_back("X-Said", request.query["said"] + "\r\nSet-Cookie: a=b");
    return response;
  }
  if (request.path == "/fails") throw std::runtime_error("on purpose");
  if (request.path == "/cookie") {
    Response response = Response::redirect("/next");
    response.cookies.push_back({"session", "abc_-9", std::nullopt});
    response.cookies.push_back({"old", "", std::nullopt});
    return response;
  }
  std::string said = request.path + "|" + request.query["q"] + "|" + request.form["text"] + "|" + request.address;
  if (const auto found = request.cookies.find("session"); found != request.cookies.end()) said += "|" + found->second;
  return Response::text(200, said);
}

Response broken(const Refused& refused, const Request* /*request*/) {
  return Response::text(refused.status, refused.key);
}

class WebServer : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new Server({}, page, broken); }
  static void TearDownTestSuite() { delete server_; }

  static std::string ask(std::string_view request) { return told(server_->port(), request); }

  static Server* server_;
};
Server* WebServer::server_ = nullptr;

TEST_F(WebServer, AnswersSeveralRequestsOnOneConnection) {
  Wire wire(server_->port());
  EXPECT_EQ(bodyOf(wire.say(get("/a?q=%C3%A9+x")).answer()), "/a|é x||127.0.0.1");
  EXPECT_EQ(bodyOf(wire.say(post("/b", "text=een%0D%0Atwee")).answer()), "/b||een\ntwee|127.0.0.1");
  wire.say(get("/c") + get("/d"));
  EXPECT_EQ(bodyOf(wire.answer()), "/c|||127.0.0.1");
  EXPECT_EQ(bodyOf(wire.answer()), "/d|||127.0.0.1");
}

TEST_F(WebServer, HandsOverTheFilesOfAForm) {
  const std::string body =
      "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhallo\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\x\\\\a.csv\"\r\n\r\n1;2\r\n3;4\r\n"
      "\r\n--B--\r\n";
  EXPECT_EQ(bodyOf(ask(post("/upload", body, "multipart/form-data; boundary=B"))), "a.csv|1;2\r\n3;4\r\n|hallo");
}

// What two servers could take for different requests is taken for none.
TEST_F(WebServer, RefusesWhatCouldBeReadInTwoWays) {
  const std::string end = "Host: p\r\n\r\n";
  for (const std::string& request : {
           "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n" + end + "0\r\n\r\n",
           "POST / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n" + end + "abcd",
           "POST / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 4\r\n" + end + "abcd",
           "POST / HTTP/1.1\r\nContent-Length: 4, 4\r\n" + end + "abcd",
           "POST / HTTP/1.1\r\nContent-Length: +4\r\n" + end + "abcd",
           "POST / HTTP/1.1\r\nContent-Length: 0x4\r\n" + end + "abcd",
           "POST / HTTP/1.1\r\nContent-Length:\r\n" + end,
           "POST / HTTP/1.1\r\nContent-Length : 4\r\n" + end + "abcd",
           "GET / HTTP/1.1\r\nContent-Length: 4\r\n" + end + "abcd",
           "GET / HTTP/1.1\r\nX: a\r\n folded\r\n" + end,
           "GET / HTTP/1.1\r\n folded\r\n" + end,
           "GET / HTTP/1.1\nX: a\r\n" + end,
           "GET / HTTP/1.1\r\nX: a\nY: b\r\n" + end,
           "GET / HTTP/1.1\r\nX: a\rY: b\r\n" + end,
           std::string("GET / HTTP/1.1\r\nX: a\0b\r\n", 25) + end,
           "GET / HTTP/1.1\r\nHost: q\r\n" + end,
           std::string("GET / HTTP/1.1\r\nX: a\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: p/../q\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: p q\r\n\r\n"),
           "GET  / HTTP/1.1\r\n" + end,
           "GET / HTTP/2.0\r\n" + end,
           "GET / HTTP/1.10\r\n" + end,
           "GET /\r\n" + end,
           "G\x01T / HTTP/1.1\r\n" + end,
           "GET / HTTP/1.1\r\nNo colon\r\n" + end,
           "GET http://elsewhere/ HTTP/1.1\r\n" + end,
       })
    EXPECT_EQ(statusOf(ask(request)), 400) << request;
  EXPECT_EQ(statusOf(ask("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + end + "0\r\n\r\n")), 411);
  EXPECT_EQ(statusOf(ask("POST / HTTP/1.1\r\nTransfer-Encoding: \tidentity\r\n" + end)), 411);
}

TEST_F(WebServer, TakesNothingAfterARefusalForARequest) {
  Wire wire(server_->port());
  wire.say("POST / HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
           get("/smuggled"));
  const std::string heard = wire.rest();
  EXPECT_EQ(statusOf(heard), 400);
  EXPECT_THAT(heard, Not(HasSubstr("smuggled")));
}

TEST_F(WebServer, RefusesTricksInAPath) {
  for (const char* path : {"/../etc/passwd", "/a/../b",     "/a/./b",     "/.",     "/..",   "/a//b",
                           "//elsewhere",    "/%2e%2e/b",   "/a%2fb",     "/a%5cb", "/a\\b", "/a%00b",
                           "/a%0ab",         "/a%0d%0aX:y", "/%",         "/%4",    "/%zz",  "/%ff",
                           "/%c0%af",        "/%ed%a0%80",  "/%e2%80%ae", "/a#b",   "*",     "a",
                           "/?q=%00",        "/?q=%0d%0a",  "/?q=%ff"})
    EXPECT_EQ(statusOf(ask(get(path))), 400) << path;
  EXPECT_EQ(bodyOf(ask(get("/%41/%C3%A9/...?q=a%26b%3D"))), "/A/é/...|a&b=||127.0.0.1");
  EXPECT_EQ(bodyOf(ask(get("/a/"))), "/a/|||127.0.0.1");
}

TEST_F(WebServer, BoundsEveryLength) {
  EXPECT_EQ(statusOf(ask(get("/?" + std::string(5000, 'a')))), 414);
  EXPECT_EQ(statusOf(ask(get("/", "X: " + std::string(9000, 'a') + "\r\n"))), 431);
  EXPECT_EQ(statusOf(ask("GET /" + std::string(20000, 'a'))), 431);
  std::string many;
  for (int i = 0; i < 70; ++i) many += "X: y\r\n";
  EXPECT_EQ(statusOf(ask(get("/", many))), 431);
  EXPECT_EQ(statusOf(ask(post("/", "text=" + std::string(9000, 'a')))), 413);
  EXPECT_EQ(statusOf(ask(post("/", std::string(300000, 'a')))), 413);
  std::string fields;
  for (int i = 0; i < 201; ++i) fields += "a=b&";
  EXPECT_EQ(statusOf(ask(post("/", fields))), 413);
  EXPECT_EQ(statusOf(ask("POST / HTTP/1.1\r\nHost: p\r\nContent-Length: 99999999999999999999\r\n\r\n")), 400);
}

TEST_F(WebServer, KnowsThreeMethods) {
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get"}) {
    const std::string answer = ask(std::string(method) + " / HTTP/1.1\r\nHost: p\r\n\r\n");
    EXPECT_EQ(statusOf(answer), 405) << method;
    EXPECT_THAT(answer, HasSubstr("\r\nAllow: GET, HEAD, POST\r\n"));
  }
  EXPECT_EQ(statusOf(ask(post("/", "{}", "application/json"))), 415);
  EXPECT_EQ(statusOf(ask(post("/", "", "application/json"))), 200);
  Wire wire(server_->port());
  const std::string head = wire.say("HEAD /abc HTTP/1.1\r\nHost: p\r\n\r\n").answer(false);
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 16\r\n"));
  EXPECT_EQ(bodyOf(head), "");
  EXPECT_EQ(bodyOf(wire.say(get("/d")).answer()), "/d|||127.0.0.1");  // nothing of a body was in between
}

TEST_F(WebServer, EndsTheConnectionWhenItIsAskedTo) {
  for (const char* request :
       {"GET /a HTTP/1.0\r\n\r\n", "GET /a HTTP/1.1\r\nHost: p\r\nConnection: x, Close\r\n\r\n"}) {
    Wire wire(server_->port());
    EXPECT_THAT(wire.say(request).answer(), HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_TRUE(wire.isClosed(std::chrono::seconds(3)));
  }
}

TEST_F(WebServer, PutsTheSecurityHeadersOnEveryAnswer) {
  test::TempDir folder;
  for (const std::string& request : {get("/"), get("/fails"), get("/inject"), get("/.."), get("/cookie"),
                                     post("/", "%"), std::string("\r\nX\r\n\r\n"), get("/?" + std::string(5000, 'a')),
                                     std::string("PUT / HTTP/1.1\r\nHost: p\r\n\r\n")}) {
    const std::string answer = ask(request);
    for (const char* header :
         {"Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src "
          "'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n",
          "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n", "X-Content-Type-Options: nosniff\r\n",
          "X-Frame-Options: DENY\r\n", "Referrer-Policy: same-origin\r\n",
          "Cross-Origin-Opener-Policy: same-origin\r\n", "Cross-Origin-Resource-Policy: same-origin\r\n",
          "Permissions-Policy: ", "Cache-Control: no-store\r\n"})
      EXPECT_THAT(answer, HasSubstr(std::string("\r\n") + header)) << request;
    EXPECT_THAT(answer, Not(HasSubstr("\r\nServer:")));
  }
}

TEST_F(WebServer, SendsCookiesThatOnlyThisSiteSees) {
  const std::string answer = ask(get("/cookie"));
  EXPECT_EQ(statusOf(answer), 303);
  EXPECT_THAT(answer, HasSubstr("\r\nLocation: /next\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nSet-Cookie: __Host-session=abc_-9; Path=/; Secure; HttpOnly; SameSite=Lax\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nSet-Cookie: __Host-old=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0\r\n"));
  EXPECT_EQ(bodyOf(ask(get("/a", "Cookie: session=no; __Host-session=yes; __Host-session=two\r\n"))),
            "/a|||127.0.0.1|yes");
  EXPECT_EQ(bodyOf(ask(get("/a", "Cookie: __Host-session=a\"b\r\n"))), "/a|||127.0.0.1");
}

TEST_F(WebServer, MakesNoHeaderOutOfAValue) {
  const std::string answer = ask(get("/inject?said=x"));
  EXPECT_EQ(statusOf(answer), 500);
  EXPECT_THAT(answer, Not(HasSubstr("a=b")));
}

TEST_F(WebServer, BelievesNobodyAboutAnAddress) {
  EXPECT_EQ(bodyOf(ask(get("/a", "X-Forwarded-For: 192.0.2.1\r\n"))), "/a|||127.0.0.1");
}

TEST_F(WebServer, AnswersWithoutTakingWhatItRefuses) {
  Wire wire(server_->port());
  wire.say(
      "POST /upload HTTP/1.1\r\nHost: p\r\nExpect: 100-continue\r\nContent-Type: multipart/form-data; boundary=B\r\n"
      "Content-Length: 99000000\r\n\r\n");
  EXPECT_EQ(statusOf(wire.answer()), 413);
  const std::string body = "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n--B--";
  Wire other(server_->port());
  other.say(
      "POST /upload HTTP/1.1\r\nHost: p\r\nExpect: 100-continue\r\nContent-Type: multipart/form-data; boundary=B\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n");
  EXPECT_EQ(other.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(bodyOf(other.say(body).answer()), "||x");
}

TEST_F(WebServer, RefusesAFormThatIsNone) {
  const auto upload = [&](const std::string& body, const std::string& type = "multipart/form-data; boundary=B") {
    return statusOf(ask(post("/upload", body, type)));
  };
  EXPECT_EQ(upload("", "multipart/form-data"), 400);
  EXPECT_EQ(upload("", "multipart/form-data; boundary=\"a b\""), 400);
  EXPECT_EQ(upload("", "multipart/form-data; boundary=" + std::string(71, 'a')), 400);
  EXPECT_EQ(upload(""), 400);
  EXPECT_EQ(upload("--B\r\n\r\nx\r\n--B--"), 400);
  EXPECT_EQ(upload("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"), 400);
  EXPECT_EQ(upload("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\x01\r\n--B--"), 400);
  EXPECT_EQ(upload("--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--B--"), 400);
}

TEST(WebServerAlone, EndsWhatIsSlow) {
  ServerSettings settings;
  settings.headTime = settings.formTime = settings.idleTime = settings.uploadWindow = std::chrono::milliseconds(500);
  Server server(settings, page, broken);
  Wire silent(server.port());
  Wire half(server.port());
  Wire form(server.port());
  Wire upload(server.port());
  half.say("GET / HT");
  form.say(
      "POST / HTTP/1.1\r\nHost: p\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\na=");
  upload.say(
      "POST /upload HTTP/1.1\r\nHost: p\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: "
      "9000\r\n\r\n"
      "--B\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\nabc");
  const std::string body =
      "--B\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n" + std::string(900, 'x') + "\r\n--B--";
  Wire pausing(server.port());
  pausing.say(post("/upload", body, "multipart/form-data; boundary=B").substr(0, 700));
  EXPECT_EQ(statusOf(half.rest()), 408);
  EXPECT_EQ(statusOf(form.rest()), 408);
  EXPECT_EQ(statusOf(upload.rest()), 408);
  EXPECT_EQ(silent.rest(), "");
  // Enough came before the pause, and a pause shorter than the time it is measured over is none.
  pausing.say(post("/upload", body, "multipart/form-data; boundary=B").substr(700));
  EXPECT_EQ(bodyOf(pausing.answer()), "a|" + std::string(900, 'x') + "|");
  EXPECT_EQ(bodyOf(told(server.port(), get("/a"))), "/a|||127.0.0.1");
}

TEST(WebServerAlone, TurnsAwayWhoIsTooMany) {
  ServerSettings settings;
  settings.mostConnections = 3;
  settings.mostConnectionsOfOne = 2;
  Server server(settings, page, broken);
  std::optional<Wire> one(std::in_place, server.port());
  Wire two(server.port());
  EXPECT_EQ(statusOf(one->say(get("/a")).answer()), 200);
  EXPECT_EQ(statusOf(two.say(get("/a")).answer()), 200);
  EXPECT_EQ(statusOf(told(server.port(), get("/a"))), 503);  // a third one of this address
  Wire three(server.port(), "127.0.0.2");
  EXPECT_EQ(statusOf(three.say(get("/a")).answer()), 200);
  EXPECT_EQ(statusOf(Wire(server.port(), "127.0.0.3").say(get("/a")).answer()), 503);  // one too many of all
  EXPECT_EQ(server.connections(), 3);
  one.reset();
  int status = 0;
  for (int i = 0; i < 100 && status != 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    status = statusOf(told(server.port(), get("/a")));
  }
  EXPECT_EQ(status, 200);
}

TEST(WebServerAlone, BelievesItsProxy) {
  ServerSettings settings;
  settings.trustedProxies = {"127.0.0.2"};
  settings.mostConnectionsOfOne = 1;
  Server server(settings, page, broken);
  Wire kept(server.port(), "127.0.0.2");
  EXPECT_EQ(bodyOf(kept.say(get("/a", "X-Forwarded-For: 10.0.0.1, 192.0.2.7\r\n")).answer()), "/a|||192.0.2.7");
  EXPECT_EQ(bodyOf(kept.say(get("/a", "X-Forwarded-For: nonsense\r\n")).answer()), "/a|||127.0.0.2");
  EXPECT_EQ(bodyOf(Wire(server.port(), "127.0.0.2").say(get("/a")).answer()), "/a|||127.0.0.2");  // not counted
}

TEST(WebServerAlone, CompressesAPageOnlyWhereItSaysSo) {
  const std::string text(40000, 'x');
  Server server(
      {},
      [&](Request& request) {
        Response response{.body = text};
        response.mayBeCompressed = request.path == "/figures";
        return response;
      },
      broken);
  const std::string gzip = "Accept-Encoding: gzip\r\n";
  EXPECT_EQ(bodyOf(told(server.port(), get("/account", gzip))), text);
  EXPECT_EQ(bodyOf(told(server.port(), get("/figures"))), text);
  const std::string packed = told(server.port(), get("/figures", gzip));
  EXPECT_THAT(packed, HasSubstr("\r\nContent-Encoding: gzip\r\n"));
  EXPECT_THAT(packed, HasSubstr("\r\nCache-Control: no-store\r\n"));
  EXPECT_EQ(bodyOf(packed).substr(0, 2), "\x1f\x8b");
  EXPECT_LT(bodyOf(packed).size(), 500U);
}

TEST(WebServerAlone, SendsAFileAndCompressesWhatIsPublic) {
  test::TempDir folder;
  const std::string text(40000, 'x');
  std::ofstream(folder / "a.css") << text;
  std::filesystem::create_symlink(folder / "a.css", folder / "link");
  Server server(
      {},
      [&](Request& request) {
        Response response{.type = "text/css"};
        response.file = folder.path() / request.path.substr(1);
        response.mayBeCached = request.query["secret"].empty();
        response.downloadName = request.query["as"];
        return response;
      },
      broken);
  const auto ask = [&](const std::string& request) { return told(server.port(), request); };
  const std::string gzip = "Accept-Encoding: br, gzip;q=0.8\r\n";
  EXPECT_EQ(bodyOf(ask(get("/a.css?secret=1", gzip))), text);
  EXPECT_THAT(ask(get("/a.css?secret=1", gzip)), HasSubstr("\r\nCache-Control: no-store\r\n"));
  EXPECT_EQ(bodyOf(ask(get("/a.css"))), text);
  EXPECT_EQ(bodyOf(ask(get("/a.css", "Accept-Encoding: gzip;q=0\r\n"))), text);
  const std::string packed = ask(get("/a.css", gzip));
  EXPECT_THAT(packed, HasSubstr("\r\nContent-Encoding: gzip\r\n"));
  EXPECT_LT(bodyOf(packed).size(), 500U);
  EXPECT_EQ(bodyOf(packed).substr(0, 2), "\x1f\x8b");
  const auto tag = packed.substr(packed.find("ETag: ") + 6, 30);
  EXPECT_EQ(statusOf(ask(get("/a.css", "If-None-Match: " + tag.substr(0, tag.find('\r')) + "\r\n"))), 304);
  EXPECT_THAT(ask(get("/a.css?as=Caf%C3%A9%20%22x%22.csv")),
              HasSubstr("Content-Disposition: attachment; filename=\"Caf__ _x_.csv\"; "
                        "filename*=UTF-8''Caf%C3%A9%20%22x%22.csv\r\n"));
  EXPECT_EQ(statusOf(ask(get("/link"))), 500);
  EXPECT_EQ(statusOf(ask(get("/none"))), 500);
}

TEST(WebServerAlone, FinishesWhatItHasInHandWhenItStops) {
  Poco::Event began;
  Server server(
      {},
      [&](Request& /*request*/) {
        began.set();
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        return Response::text(200, "finished");
      },
      broken);
  Wire idle(server.port());
  Wire busy(server.port());
  busy.say(get("/"));
  began.wait();
  server.stop(std::chrono::seconds(5));
  EXPECT_EQ(bodyOf(busy.answer()), "finished");
  EXPECT_TRUE(idle.isClosed(std::chrono::seconds(1)));
  EXPECT_EQ(server.connections(), 0);
}

TEST(WebResponse, LeadsToThisSiteOnly) {
  for (const char* location : {"", "a", "//elsewhere", "/\\elsewhere", "https://elsewhere", "/a\r\nX: y", "/a b", "/é"})
    EXPECT_THROW(Response::redirect(location), std::logic_error) << location;
  EXPECT_EQ(Response::redirect("/a?b=" + percentEncoded("c/d é")).location, "/a?b=c%2Fd%20%C3%A9");
  for (const char* url : {"http://broker.example/", "https://", "https:///x", "javascript:x", "https://b\r\nX: y"})
    EXPECT_THROW(Response::redirectAway(url), std::logic_error) << url;
  EXPECT_EQ(Response::redirectAway("https://broker.example/a?b=c").status, 303);
}

}  // namespace
}  // namespace sluis::web
