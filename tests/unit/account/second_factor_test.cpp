#include "account/second_factor.h"

#include <liboath/oath.h>

#include <array>
#include <cctype>
#include <cstdlib>

#include "crypto/digest.h"

#include "people.h"

namespace sluis::account {
namespace {

using namespace std::chrono_literals;

// RFC 6238, appendix B: the secret of its examples, "12345678901234567890".
constexpr std::string_view kRfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

Instant second(std::int64_t seconds) {
  return Instant(std::chrono::seconds(seconds));
}

std::string codeOf(std::string_view secret, Instant at) {
  char* key = nullptr;
  std::size_t length = 0;
  std::array<char, 7> code{};
  EXPECT_EQ(::oath_base32_decode(secret.data(), secret.size(), &key, &length), OATH_OK);
  EXPECT_EQ(::oath_totp_generate(key, length, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count(),
                                 30, 0, 6, code.data()),
            OATH_OK);
  std::free(key);
  return code.data();
}

class SecondFactors : public People {
 protected:
  bool accept(std::int64_t account, std::string_view code, Instant at) {
    return byPortal([&](auto& transaction) { return factor_.accept(transaction, account, code, at); });
  }
  bool recover(std::int64_t account, std::string_view code) {
    return byPortal([&](auto& transaction) { return factor_.acceptRecovery(transaction, account, code, now_); });
  }
  std::vector<std::string> enrol(std::int64_t account, std::string_view secret, std::int64_t step) {
    return byPortal([&](auto& transaction) { return factor_.enrol(transaction, account, secret, step, now_); });
  }
  const SecondFactor factor_{sealKey_};
};

TEST(SecondFactor, KnowsTheCodesOfTheStandard) {
  EXPECT_EQ(SecondFactor::stepOf(kRfcSecret, "287082", second(59)), 1);
  EXPECT_EQ(SecondFactor::stepOf(kRfcSecret, "081804", second(1111111109)), 37037036);
  EXPECT_EQ(SecondFactor::stepOf(kRfcSecret, "005924", second(1234567890)), 41152263);
  EXPECT_EQ(SecondFactor::stepOf(kRfcSecret, "279037", second(2000000000)), 66666666);
}

TEST(SecondFactor, AllowsOneStepOfSlackAndNoMore) {
  for (const int off : {-30, 0, 30}) EXPECT_EQ(SecondFactor::stepOf(kRfcSecret, "287082", second(59 + off)), 1) << off;
  EXPECT_FALSE(SecondFactor::stepOf(kRfcSecret, "287082", second(59 + 61)));
  EXPECT_FALSE(SecondFactor::stepOf(kRfcSecret, "287082", second(1000)));
}

TEST(SecondFactor, TakesACodeAsPeopleTypeItAndNothingElse) {
  EXPECT_TRUE(SecondFactor::stepOf(kRfcSecret, " 287 082", second(59)));
  for (const std::string& code : {std::string(), std::string("28708"), std::string("2870822"),
                                  std::string("28708\0", 6), std::string("28708x"), std::string(100000, '2')})
    EXPECT_FALSE(SecondFactor::stepOf(kRfcSecret, code, second(59)));
  EXPECT_FALSE(SecondFactor::stepOf("not base32!", "287082", second(59)));
  EXPECT_FALSE(SecondFactor::stepOf("", "287082", second(59)));
}

TEST(SecondFactor, AddressNamesWhoAndWhereAndIsEncoded) {
  EXPECT_EQ(SecondFactor::address("ABC", "a+b@c.example", "Sluis & co"),
            "otpauth://totp/Sluis%20%26%20co:a%2Bb@c.example?secret=ABC&issuer=Sluis%20%26%20co&algorithm=SHA1&digits=6"
            "&period=30");
}

TEST(SecondFactor, QrCodeIsAnImageWithoutStylesOrText) {
  const std::string svg = SecondFactor::qrSvg("otpauth://totp/Sluis:a@b.example?secret=<script>");
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "));
  EXPECT_EQ(svg.find("style"), std::string::npos);
  EXPECT_EQ(svg.find("script"), std::string::npos);
  EXPECT_NE(svg.find("<path fill=\"#000\" d=\"M4 4h7v1h-7z"), std::string::npos);  // a corner's finder pattern
  EXPECT_LT(svg.size(), 30'000U);
  EXPECT_THROW(SecondFactor::qrSvg(std::string(5000, 'x')), Error);
  EXPECT_THROW(SecondFactor::qrSvg(""), Error);
}

TEST_F(SecondFactors, ACodeWorksOnce) {
  const std::string secret = factor_.newSecret();
  EXPECT_EQ(secret.size(), 32U);
  const Account account = active("a@b.example", secret);
  const std::string code = codeOf(secret, now_);
  EXPECT_TRUE(accept(account.id, code, now_));
  EXPECT_FALSE(accept(account.id, code, now_)) << "replayed";
  EXPECT_FALSE(accept(account.id, code, now_ + 25s)) << "replayed";
  EXPECT_TRUE(accept(account.id, codeOf(secret, now_ + 30s), now_ + 30s));
  EXPECT_FALSE(accept(account.id, code, now_)) << "older than the last one";
}

TEST_F(SecondFactors, TheCodeThatEnrolledIsUsedUp) {
  const std::string secret = factor_.newSecret();
  const Account account = active();
  EXPECT_FALSE(accept(account.id, codeOf(secret, now_), now_)) << "not in force yet";
  const std::string code = codeOf(secret, now_);
  enrol(account.id, secret, *SecondFactor::stepOf(secret, code, now_));
  EXPECT_FALSE(accept(account.id, code, now_));
  EXPECT_TRUE(accept(account.id, codeOf(secret, now_ + 60s), now_ + 60s));
}

TEST_F(SecondFactors, ADisabledAccountHasNone) {
  const std::string secret = factor_.newSecret();
  const Account account = active("a@b.example", secret);
  byAdmin([&](auto& transaction) { return disable(transaction, account.user, now_); });
  EXPECT_FALSE(accept(account.id, codeOf(secret, now_), now_));
}

TEST_F(SecondFactors, SecretsOpenUnderTheirKeyAndForTheirAccountOnly) {
  const std::string secret = factor_.newSecret();
  const Account account = active("a@b.example", secret);
  const Account other = active("c@d.example", factor_.newSecret());
  EXPECT_EQ(everything().find(secret), std::string::npos);
  owner_.exec(
      "UPDATE portal.account SET totp_sealed = (SELECT totp_sealed FROM portal.account WHERE id = $1)"
      " WHERE id = $2",
      account.id, other.id);
  EXPECT_THROW(accept(other.id, codeOf(secret, now_), now_), Error);
  writeFileDurably(sealKey_, std::string(64, 'b') + "\n", 0600);
  postgres::Transaction transaction(portal_);
  EXPECT_THROW(SecondFactor(sealKey_).accept(transaction, account.id, codeOf(secret, now_), now_), Error);
}

TEST_F(SecondFactors, ARecoveryCodeWorksOnceHoweverItIsTyped) {
  const Account account = active();
  const Account other = active("c@d.example");
  const std::string secret = factor_.newSecret();
  const auto codes = enrol(account.id, secret, 1);
  ASSERT_EQ(codes.size(), 10U);
  EXPECT_EQ(codes[0].size(), 12U);
  EXPECT_FALSE(recover(other.id, codes[0])) << "somebody else's";
  std::string typed = " ";
  for (const char c : codes[0]) typed += c == '-' ? ' ' : static_cast<char>(std::toupper(c));
  EXPECT_TRUE(recover(account.id, typed)) << typed;
  EXPECT_FALSE(recover(account.id, codes[0]));
  EXPECT_EQ(SecondFactor::recoveryCodesLeft(portal_, account.id), 9);
  EXPECT_FALSE(recover(account.id, ""));
  EXPECT_FALSE(recover(account.id, std::string(10, '\0')));
  const auto fresh =
      byPortal([&](auto& transaction) { return factor_.newRecoveryCodes(transaction, account.id, now_); });
  EXPECT_FALSE(recover(account.id, codes[1])) << "replaced";
  EXPECT_TRUE(recover(account.id, fresh[1]));
}

TEST_F(SecondFactors, RecoveryCodesCannotBeGuessedFromAStolenDatabase) {
  const Account account = active();
  const auto codes = enrol(account.id, factor_.newSecret(), 1);
  std::string bare;
  for (const char c : codes[0])
    if (c != '-') bare += c;
  const std::string all = everything();
  for (const std::string& text : {codes[0], bare, fmt::format("{}:{}", account.id, bare)}) {
    EXPECT_EQ(all.find(text), std::string::npos);
    EXPECT_EQ(all.find(toHex(crypto::sha256(asBytes(text)))), std::string::npos);
  }
}

TEST_F(SecondFactors, TheSecretToEnrolWithStaysTheSameUntilItDid) {
  const Account account = active();
  const Session session = signedIn(account);
  const auto pending = [&] {
    return byPortal([&](auto& transaction) { return factor_.pendingSecret(transaction, session); });
  };
  const std::string secret = pending();
  EXPECT_EQ(pending(), secret);
  EXPECT_EQ(everything().find(secret), std::string::npos);
  enrol(account.id, secret, 1);
  EXPECT_NE(pending(), secret);
  byPortal([&](auto& transaction) { end(transaction, session.token); });
  EXPECT_THROW(pending(), Error);
}

TEST_F(SecondFactors, WhatIsNoKeyIsRefused) {
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(64, 'g'), std::string(66, 'a')}) {
    writeFileDurably(sealKey_, text + "\n", 0600);
    EXPECT_THROW(SecondFactor{sealKey_}, Error) << text;
  }
}

}  // namespace
}  // namespace sluis::account
