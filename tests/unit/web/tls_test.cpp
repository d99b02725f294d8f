// The server over TLS, spoken to by the command openssl.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "portal_server.h"

namespace sluis::web {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

const std::string kHalfAGreeting("\x16\x03\x01\x02\x00\x01", 6);

class WebTls : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempDir;
    issue("one");
    issue("two");
  }
  static void TearDownTestSuite() { delete folder_; }

  static void issue(const std::string& name) {
    const auto made =
        tryCommand({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                    "-days", "2", "-subj", "/CN=" + name, "-keyout", file(name + ".key"), "-out", file(name + ".crt")});
    ASSERT_EQ(made.status, 0) << made.output;
  }
  static std::string file(const std::string& name) { return *folder_ / name; }

  static ServerSettings settings(const std::string& certificate = "one", const std::string& key = "one") {
    ServerSettings settings;
    settings.certificate = file(certificate + ".crt");
    settings.key = file(key + ".key");
    return settings;
  }
  static Response page(Request& request) { return Response::text(200, "page " + request.path); }
  static Response broken(const Refused& refused, const Request* /*request*/) {
    return Response::text(refused.status, refused.key);
  }
  /// What a client hears, with more words for s_client.
  static std::string heard(const Server& server, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"sh", "-c",
                                      "printf 'GET /a HTTP/1.1\\r\\nHost: p\\r\\nConnection: close\\r\\n\\r\\n' | "
                                      "openssl s_client -ign_eof -connect \"$@\" 2>&1",
                                      "sh", "127.0.0.1:" + std::to_string(server.port())};
    words.insert(words.end(), more.begin(), more.end());
    return tryCommand(words).output;
  }

  static TempDir* folder_;
};
TempDir* WebTls::folder_ = nullptr;

TEST_F(WebTls, SpeaksTheNewVersionsOnly) {
  Server server(settings(), page, broken);
  EXPECT_THAT(heard(server, {"-tls1_3"}), HasSubstr("page /a"));
  EXPECT_THAT(heard(server, {"-tls1_2"}), HasSubstr("page /a"));
  EXPECT_THAT(heard(server, {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}), Not(HasSubstr("page /a")));
  EXPECT_THAT(heard(server, {"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:AES128-GCM-SHA256:AES256-SHA"}),
              Not(HasSubstr("page /a")));
}

TEST_F(WebTls, TakesANewCertificateAndKeepsTheOldOneWhenThatIsBroken) {
  issue("changing");
  Server server(settings("changing", "changing"), page, broken);
  EXPECT_THAT(heard(server), HasSubstr("subject=CN = changing"));
  std::filesystem::copy_file(file("two.crt"), file("changing.crt"), std::filesystem::copy_options::overwrite_existing);
  EXPECT_THROW(server.reloadCertificate(), Error);  // the key is another one's
  EXPECT_THAT(heard(server), HasSubstr("subject=CN = changing"));
  std::filesystem::copy_file(file("two.key"), file("changing.key"), std::filesystem::copy_options::overwrite_existing);
  server.reloadCertificate();
  EXPECT_THAT(heard(server), HasSubstr("subject=CN = two"));
}

TEST_F(WebTls, NamesAKeyItCannotUse) {
  const auto locked = tryCommand(
      {"openssl", "ec", "-aes128", "-passout", "pass:secret", "-in", file("one.key"), "-out", file("locked.key")});
  ASSERT_EQ(locked.status, 0) << locked.output;
  for (const auto& [certificate, key] : std::vector<std::pair<std::string, std::string>>{
           {"one", "two"}, {"none", "one"}, {"one", "none"}, {"one", "locked"}})
    EXPECT_THROW(Server(settings(certificate, key), page, broken), Error) << certificate << " " << key;
}

TEST_F(WebTls, KeepsNobodyWaitingForAGreetingOfAnother) {
  Server server(settings(), page, broken);
  Wire silent(server.port());
  Wire half(server.port());
  half.say(kHalfAGreeting);
  EXPECT_THAT(heard(server), HasSubstr("page /a"));
  EXPECT_FALSE(silent.isClosed(std::chrono::milliseconds(0)));
  EXPECT_FALSE(half.isClosed(std::chrono::milliseconds(0)));
}

TEST_F(WebTls, EndsAGreetingThatDoesNotEnd) {
  ServerSettings impatient = settings();
  impatient.headTime = std::chrono::milliseconds(100);
  Server server(impatient, page, broken);
  Wire silent(server.port());
  Wire half(server.port());
  half.say(kHalfAGreeting);
  Wire plain(server.port());
  EXPECT_THAT(plain.say(get("/a")).rest(), Not(HasSubstr("page")));
  EXPECT_TRUE(silent.isClosed(std::chrono::seconds(8)));
  EXPECT_TRUE(half.isClosed(std::chrono::seconds(8)));
}

}  // namespace
}  // namespace sluis::web
