#include "oidc/token.h"

#include <gtest/gtest.h>

#include "signer.h"

namespace sluis::oidc {
namespace {

using test::Json;
using test::Signer;

const Signer& rsa() {
  static const Signer kSigner = Signer::rsa("r1");
  return kSigner;
}
const Signer& ec() {
  static const Signer kSigner = Signer::ec("e1");
  return kSigner;
}
std::vector<Key> keysOf(const std::vector<Json>& jwks) {
  return parseKeys(Json{{"keys", jwks}}.dump()).value();
}
std::string raw(const std::string& head, const std::string& claims, const std::string& signature = "AA") {
  return toBase64Url(asBytes(head)) + "." + toBase64Url(asBytes(claims)) + "." + signature;
}

TEST(Token, IsBelievedWhenTheBrokerSignedIt) {
  const auto keys = keysOf({rsa().jwk(), ec().jwk()});
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_TRUE(isSignedBy(parseToken(rsa().token({{"sub", "a"}})).value(), keys));
  EXPECT_TRUE(isSignedBy(parseToken(rsa().token({{"sub", "a"}}, {{"alg", "PS256"}})).value(), keys));
  EXPECT_TRUE(isSignedBy(parseToken(ec().token({{"sub", "a"}})).value(), keys));
}

TEST(Token, IsNotBelievedWhenAByteOfItWasChanged) {
  const auto keys = keysOf({ec().jwk()});
  const std::string good = ec().token({{"sub", "a"}});
  const auto dot = good.find('.');
  std::string bad = good;
  bad.replace(dot + 1, good.rfind('.') - dot - 1, toBase64Url(asBytes(R"({"sub":"b"})")));
  EXPECT_FALSE(isSignedBy(parseToken(bad).value(), keys));
  EXPECT_FALSE(isSignedBy(parseToken(good.substr(0, good.rfind('.') + 1)).value(), keys));
}

TEST(Token, WithoutASignatureIsRefused) {
  for (const char* none : {"none", "None", "NONE", "nOnE", ""})
    EXPECT_FALSE(parseToken(raw(Json{{"alg", none}}.dump(), R"({"sub":"a"})", "")));
}

TEST(Token, SignedWithThePublicKeyAsASecretIsRefused) {
  const std::string text =
      toBase64Url(asBytes(R"({"alg":"HS256","kid":"r1"})")) + "." + toBase64Url(asBytes(R"({"sub":"a"})"));
  const std::string secret = rsa().jwk()["n"].get<std::string>();
  unsigned char mac[32];
  unsigned int size = sizeof mac;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  EXPECT_FALSE(parseToken(text + "." + toBase64Url(std::as_bytes(std::span(mac)))));
}

TEST(Token, BringsNoKeyOfItsOwn) {
  const Signer mallory = Signer::ec("e1");
  const auto keys = keysOf({ec().jwk()});
  EXPECT_FALSE(isSignedBy(parseToken(mallory.token({{"sub", "a"}}, {{"jwk", mallory.jwk()}})).value(), keys));
  EXPECT_FALSE(
      isSignedBy(parseToken(mallory.token({{"sub", "a"}}, {{"jku", "https://mallory.example/keys"}})).value(), keys));
}

TEST(Token, IsCheckedWithTheKeyThatItNames) {
  const auto keys = keysOf({rsa().jwk(), ec().jwk()});
  const auto token = parseToken(ec().token({{"sub", "a"}}, {{"kid", "other"}})).value();
  EXPECT_FALSE(isSignedBy(token, keys));
  EXPECT_FALSE(names(token, keys));
  EXPECT_FALSE(isSignedBy(parseToken(ec().token({{"sub", "a"}}, {{"kid", "r1"}})).value(), keys));
}

TEST(Token, IsNotBelievedByAKeyOfAnotherAlgorithm) {
  Json jwk = rsa().jwk();
  jwk["alg"] = "PS256";
  EXPECT_FALSE(isSignedBy(parseToken(rsa().token({{"sub", "a"}})).value(), keysOf({jwk})));
}

TEST(Token, AskingForWhatIsNotKnownHereIsRefused) {
  EXPECT_FALSE(parseToken(ec().token({{"sub", "a"}}, {{"crit", {"exp"}}})));
  EXPECT_FALSE(parseToken(ec().token({{"sub", "a"}}, {{"b64", false}})));
}

TEST(Token, ThatIsBrokenIsAReasonAndNothingElse) {
  const std::string deep(3000, '[');
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("a.b"),
        std::string("a.b.c.d"), std::string(1 << 20, 'a'), std::string(1 << 20, '.'), raw("[]", "{}"),
        raw(R"({"alg":"ES256"})", "[]"), raw(R"({"alg":7})", "{}"), raw(R"({"alg":"ES256"})", deep),
        raw(R"({"alg":"ES256"})", "{\"a\":" + deep), raw("{\"alg\":\"ES256\"", "{}"),
        raw(R"({"alg":"ES256"})", "{\"sub\":\"\xff\"}"), raw(R"({"alg":"ES256"})", "{}") + "=",
        raw(R"({"alg":"ES256"})", "{}", "A"), raw(R"({"alg":"ES256"})", "{}", "A+/A")})
    EXPECT_FALSE(parseToken(bad)) << bad.substr(0, 60);
}

TEST(Keys, OfOtherKindsArePassedOver) {
  Json encryption = rsa().jwk();
  encryption["use"] = "enc";
  Json other = ec().jwk();
  other["alg"] = "HS256";
  Json offCurve = ec().jwk();
  offCurve["y"] = offCurve["x"];
  const Json odd = {{"kty", "oct"}, {"k", "c2VjcmV0"}};
  EXPECT_EQ(keysOf({encryption, other, offCurve, odd, Json("text"), Json(), ec().jwk()}).size(), 1U);
}

TEST(Keys, ThatAreTooShortArePassedOver) {
  EXPECT_TRUE(keysOf({Signer::rsa("weak", 1024).jwk()}).empty());
}

TEST(Keys, ThatAreNoSetAreAReason) {
  for (const std::string bad : {"", "[]", "{}", R"({"keys":{}})", "{\"keys\":["}) EXPECT_FALSE(parseKeys(bad)) << bad;
  EXPECT_FALSE(parseKeys(std::string(kLargestKeySet + 1, ' ')));
}

TEST(Token, HasOneForm) {
  EXPECT_EQ(asText(fromBase64Url("aGk").value()), "hi");
  for (const char* bad : {"aGk=", "aGl", "a", "aG k", "a+k_", "aGk\n"}) EXPECT_FALSE(fromBase64Url(bad)) << bad;
  EXPECT_EQ(toBase64Url(asBytes("\xfb\xff")), "-_8");
}

}  // namespace
}  // namespace sluis::oidc
