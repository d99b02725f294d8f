#include "oidc/id_token.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "oidc/client.h"
#include "signer.h"

namespace sluis::oidc {
namespace {

using test::Json;
using test::Signer;

const Instant kNow{std::chrono::seconds(1795000000)};
constexpr std::int64_t kSeconds = 1795000000;

struct Broker : ::testing::Test {
  Json claims() const {
    return {{"iss", "https://broker.example"},
            {"sub", "s-1"},
            {"aud", "sluis"},
            {"exp", kSeconds + 300},
            {"iat", kSeconds},
            {"nonce", "n-1"},
            {"acr", "urn:high"}};
  }
  Result<Identity, std::string> check(const Json& claims) const {
    const auto keys = parseKeys(Json{{"keys", {signer().jwk()}}}.dump()).value();
    return checkIdToken(parseToken(signer().token(claims)).value(), keys, {"https://broker.example", "sluis", "n-1"},
                        kNow);
  }
  /// With one claim otherwise; null = without it.
  Result<Identity, std::string> with(const char* name, const Json& value) const {
    Json changed = claims();
    if (value.is_null())
      changed.erase(name);
    else
      changed[name] = value;
    return check(changed);
  }
  static const Signer& signer() {
    static const Signer kSigner = Signer::ec("k");
    return kSigner;
  }
};

TEST_F(Broker, SaysWhoItIs) {
  Json with = claims();
  with["email"] = "J.deVries@Aanbieder.example";
  with["email_verified"] = true;
  const auto identity = check(with);
  ASSERT_TRUE(identity) << identity.error();
  EXPECT_EQ(identity->subject, "s-1");
  EXPECT_EQ(identity->assurance, "urn:high");
  EXPECT_EQ(identity->mail, "j.devries@aanbieder.example");
}

TEST_F(Broker, IsNotBelievedAboutAMailThatItHasNotVerified) {
  for (const Json& verified : {Json(false), Json("true"), Json(1), Json()}) {
    Json with = claims();
    with["email"] = "a@b.example";
    if (!verified.is_null()) with["email_verified"] = verified;
    EXPECT_EQ(check(with).value().mail, "");
  }
}

TEST_F(Broker, OfAnotherNameIsRefused) {
  EXPECT_FALSE(with("iss", "https://broker.example/"));
  EXPECT_FALSE(with("iss", "https://broker.example.mallory.example"));
  EXPECT_FALSE(with("iss", Json::array({"https://broker.example"})));
  EXPECT_FALSE(with("iss", nullptr));
}

TEST_F(Broker, TalkingToAnotherIsRefused) {
  EXPECT_FALSE(with("aud", "other"));
  EXPECT_FALSE(with("aud", nullptr));
  EXPECT_FALSE(with("aud", Json::array({"sluis", "other"})));
  EXPECT_FALSE(with("azp", "other"));
  Json both = claims();
  both["aud"] = {"sluis", "other"};
  both["azp"] = "sluis";
  EXPECT_TRUE(check(both));
  EXPECT_TRUE(with("aud", Json::array({"sluis"})));
}

TEST_F(Broker, OfAnotherTimeIsRefused) {
  EXPECT_FALSE(with("exp", kSeconds - 61));
  EXPECT_TRUE(with("exp", kSeconds - 59));
  EXPECT_FALSE(with("iat", kSeconds + 61));
  EXPECT_FALSE(with("iat", kSeconds - 601));
  EXPECT_FALSE(with("nbf", kSeconds + 61));
  for (const Json& bad : {Json(nullptr), Json("1795000300"), Json(-1), Json(1e300), Json(true)}) {
    EXPECT_FALSE(with("exp", bad)) << bad;
    EXPECT_FALSE(with("iat", bad)) << bad;
  }
}

TEST_F(Broker, AnsweringAnotherBrowserIsRefused) {
  EXPECT_FALSE(with("nonce", "n-2"));
  EXPECT_FALSE(with("nonce", ""));
  EXPECT_FALSE(with("nonce", nullptr));
}

TEST_F(Broker, NamingNobodyIsRefused) {
  EXPECT_FALSE(with("sub", ""));
  EXPECT_FALSE(with("sub", nullptr));
  EXPECT_FALSE(with("sub", 7));
  EXPECT_FALSE(with("sub", std::string(256, 'a')));
  EXPECT_FALSE(with("sub", "a b"));
  EXPECT_FALSE(with("sub", "\xc3\xa9"));
}

TEST(Flow, IsOfOneBindingOnly) {
  const Flow one = flowOf(std::string(43, 'a'));
  const Flow other = flowOf(std::string(42, 'a') + "b");
  EXPECT_EQ(one.state.size(), 43U);
  EXPECT_EQ(one.verifier.size(), 43U);
  EXPECT_NE(one.state, other.state);
  EXPECT_NE(one.nonce, one.state);
  EXPECT_NE(one.verifier, one.nonce);
  // RFC 7636 appendix B checks the digest; the challenge gives nothing of the verifier away.
  EXPECT_NE(one.challenge, one.verifier);
}

TEST(Client, DoesNotAskTheBrokerAboutAnAnswerToSomebodyElse) {
  Client client({.issuer = "https://127.0.0.1:1",
                 .clientId = "sluis",
                 .clientSecret = Secret(std::string_view("secret")),
                 .authorities = {},
                 .back = "https://portal.example/oidc/back",
                 .assurance = {}});
  const std::string binding(43, 'a');
  EXPECT_EQ(client.finish(binding, {"code", "wrong", "", ""}, kNow).error(), "the answer is not for this browser");
  EXPECT_EQ(client.finish("", {"code", flowOf("").state, "", ""}, kNow).error(), "the answer is not for this browser");
  EXPECT_EQ(client.finish(binding, {"code", flowOf(binding).state, "", "access_denied"}, kNow).error(),
            "the broker says that it did not succeed");
  EXPECT_THROW(client.finish(binding, {"code", flowOf(binding).state, "", ""}, kNow), Error);
}

}  // namespace
}  // namespace sluis::oidc
