#include "verify/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "cms/cms.h"
#include "crypto/certificate.h"
#include "crypto/der.h"
#include "crypto/ssh_key.h"
#include "sshsig/sshsig.h"
#include "support/signers.h"
#include "support/temp_dir.h"
#include "verify/cms_attributes.h"

namespace sluis::verify {
namespace {

namespace fs = std::filesystem;
using plugin::SignatureFacts;
using ::testing::HasSubstr;
using ::testing::Not;
using enum RefusalCode;

constexpr auto kNamespace = "sluis:P0001:jeugdhulp_2026H1";
constexpr std::string_view kContent = "bsn;geboortedatum\r\n111222333;20100317\r\n";

crypto::Digests digestsOf(std::string_view content) {
  crypto::MultiDigest digest(true, true);
  digest.update(asBytes(content));
  return digest.finish();
}

class Judge : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = new test::TempDir;
    std::ofstream(*dir_ / "d.csv", std::ios::binary) << kContent;
    ed_ = test::makeSshKey(dir_->path(), "ed");
    rsa_ = test::makeCertificate(dir_->path(), "rsa");
  }
  static void TearDownTestSuite() {
    delete dir_;
    dir_ = nullptr;
  }

  static fs::path file() { return *dir_ / "d.csv"; }
  static RegisteredSigner ssh(const fs::path& key, SignerId id = 7) {
    const auto line = crypto::parseSshKeyLine(readFile(key.string() + ".pub"));
    RegisteredSigner signer;
    signer.id = id;
    signer.kind = SignerKind::ssh;
    signer.key = line->blob;
    signer.fingerprint = line->fingerprint;
    return signer;
  }
  static RegisteredSigner cms(const fs::path& file, SignerId id = 9) {
    const auto certificate = crypto::Certificate::parse(asBytes(readFile(file)));
    RegisteredSigner signer;
    signer.id = id;
    signer.kind = SignerKind::cms;
    signer.key = certificate->der;
    signer.fingerprint = certificate->fingerprintText();
    return signer;
  }
  static SignatureFacts sshFacts(const fs::path& key, const std::string& nameSpace = kNamespace,
                                 const std::string& hash = "sha512") {
    return *sshsig::SshsigParser().parse(asBytes(test::sshSign(key, nameSpace, file(), hash)));
  }
  static SignatureFacts cmsFacts(const fs::path& certificate, const std::vector<std::string>& options = {}) {
    return *cms::CmsParser().parse(asBytes(test::cmsSign(certificate, file(), options)));
  }
  static Result<SignerId, Refusal> ask(const SignatureFacts& facts, const std::vector<RegisteredSigner>& signers,
                                       std::string_view content = kContent, std::string_view nameSpace = kNamespace,
                                       Instant now = SystemClock().now()) {
    return judge(facts, digestsOf(content), nameSpace, signers, now);
  }
  static void expectRefusal(const Result<SignerId, Refusal>& verdict, RefusalCode code, const std::string& says) {
    ASSERT_FALSE(verdict);
    EXPECT_EQ(kindOf(verdict.error().code).text, kindOf(code).text);
    EXPECT_THAT(verdict.error().detail, HasSubstr(says));
    EXPECT_THAT(verdict.error().detail, Not(HasSubstr("111222333")));
  }

  static inline test::TempDir* dir_ = nullptr;
  static inline fs::path ed_;
  static inline fs::path rsa_;
};

TEST(ExpectedNamespace, IsWhatTheContractSays) {
  EXPECT_EQ(expectedNamespace(*ProviderCode::parse("p0001"), "jeugdhulp", *Period::parse("2026h1")), kNamespace);
}

TEST_F(Judge, SshSignaturesOfEveryKeyTypeAreRight) {
  for (const auto& [type, bits] : {std::pair<std::string, std::string>{"ed25519", ""},
                                   {"rsa", "2048"},
                                   {"rsa", "3072"},
                                   {"ecdsa", "256"},
                                   {"ecdsa", "384"},
                                   {"ecdsa", "521"}}) {
    const auto key = test::makeSshKey(dir_->path(), "type-" + type + bits, type, bits);
    for (const std::string hash : {"sha256", "sha512"}) {
      const auto verdict = ask(sshFacts(key, kNamespace, hash), {ssh(ed_, 1), ssh(key, 2)});
      ASSERT_TRUE(verdict) << type << bits << verdict.error().detail;
      EXPECT_EQ(*verdict, 2);
    }
  }
}

TEST_F(Judge, EcdsaHalvesMayBeLongerThanTheirNumbers) {
  const auto key = test::makeSshKey(dir_->path(), "halves", "ecdsa", "256");
  SignatureFacts facts = sshFacts(key);
  const auto half = static_cast<std::ptrdiff_t>(facts.signature.size() / 2);
  facts.signature.insert(facts.signature.begin() + half, std::byte{0});
  EXPECT_FALSE(ask(facts, {ssh(key)}));
  facts.signature.insert(facts.signature.begin(), std::byte{0});
  EXPECT_TRUE(ask(facts, {ssh(key)}));
}

TEST_F(Judge, OtherBytesDoNotFit) {
  const SignatureFacts facts = sshFacts(ed_);
  EXPECT_TRUE(ask(facts, {ssh(ed_)}));
  expectRefusal(ask(facts, {ssh(ed_)}, std::string(kContent) + "\n"), SIG02, "hoort niet bij de bytes");
  expectRefusal(ask(facts, {ssh(ed_)}, ""), SIG02, "hoort niet bij de bytes");
}

TEST_F(Judge, AnotherPeriodOrProviderDoesNotFitAndIsToldWhichIsExpected) {
  expectRefusal(ask(sshFacts(ed_, "sluis:P0001:jeugdhulp_2025H2"), {ssh(ed_)}), SIG02,
                std::string("verwacht wordt ") + kNamespace);
  expectRefusal(ask(sshFacts(ed_, "file"), {ssh(ed_)}), SIG02, kNamespace);
  expectRefusal(ask(sshFacts(ed_, "111222333"), {ssh(ed_)}), SIG02, kNamespace);
}

TEST_F(Judge, NamespaceMayBeInEitherCaseButNotChangedAfterSigning) {
  SignatureFacts facts = sshFacts(ed_, "SLUIS:p0001:Jeugdhulp_2026h1");
  EXPECT_TRUE(ask(facts, {ssh(ed_)}));
  facts.nameSpace = kNamespace;
  expectRefusal(ask(facts, {ssh(ed_)}), SIG02, "hoort niet bij de bytes");
}

TEST_F(Judge, UnknownSignerIsNamedByFingerprint) {
  const auto other = test::makeSshKey(dir_->path(), "other");
  expectRefusal(ask(sshFacts(other), {ssh(ed_), cms(rsa_)}), SIG03, ssh(other).fingerprint);
  expectRefusal(ask(sshFacts(other), {}), SIG03, ssh(other).fingerprint);
}

// The worker is not believed: claiming a registered key does not help another key's signature.
TEST_F(Judge, ClaimingARegisteredKeyDoesNotHelp) {
  const auto other = test::makeSshKey(dir_->path(), "claimant");
  SignatureFacts facts = sshFacts(other);
  facts.signerKey = ssh(ed_).key;
  expectRefusal(ask(facts, {ssh(ed_)}), SIG02, "hoort niet bij de bytes");
}

TEST_F(Judge, ChangedSignatureOrAlgorithmDoesNotFit) {
  const SignatureFacts good = sshFacts(ed_);
  for (std::size_t i = 0; i < good.signature.size(); ++i) {
    SignatureFacts facts = good;
    facts.signature[i] ^= std::byte{1};
    ASSERT_FALSE(ask(facts, {ssh(ed_)})) << i;
  }
  const auto spoiled = [&](auto change) {
    SignatureFacts facts = good;
    change(facts);
    const auto verdict = ask(facts, {ssh(ed_)});
    return !verdict && verdict.error().code == SIG02;
  };
  EXPECT_TRUE(spoiled([](auto& f) { f.signature.clear(); }));
  EXPECT_TRUE(spoiled([](auto& f) { f.signature.resize(63); }));
  EXPECT_TRUE(spoiled([](auto& f) { f.signature.resize(65); }));
  EXPECT_TRUE(spoiled([](auto& f) { f.signature.resize(65536); }));
  EXPECT_TRUE(spoiled([](auto& f) { f.digestAlgorithm = "sha256"; }));
  EXPECT_TRUE(spoiled([](auto& f) { f.digestAlgorithm = "sha1"; }));
  EXPECT_TRUE(spoiled([](auto& f) { f.digestAlgorithm = "sha384"; }));
  EXPECT_TRUE(spoiled([](auto& f) { f.signatureAlgorithm = "rsa-sha2-512"; }));
  EXPECT_TRUE(spoiled([](auto& f) { f.signatureAlgorithm = "none"; }));
  EXPECT_TRUE(spoiled([](auto& f) { f.scheme = "pgp"; }));
  EXPECT_TRUE(spoiled([](auto& f) { f.nameSpace.assign(65536, 'a'); }));
}

TEST_F(Judge, RsaWithSha1IsRefused) {
  const auto key = test::makeSshKey(dir_->path(), "sha1", "rsa", "2048");
  SignatureFacts facts = sshFacts(key);
  facts.signatureAlgorithm = "ssh-rsa";
  expectRefusal(ask(facts, {ssh(key)}), SIG02, "SHA-1");
}

TEST_F(Judge, KeysOutOfForceAreRefusedFromTheirDay) {
  const SignatureFacts facts = sshFacts(ed_);
  const Instant now = *fromIsoDate("2026-11-22") + std::chrono::hours(3);
  const auto at = [&](auto change) {
    RegisteredSigner signer = ssh(ed_);
    change(signer);
    return ask(facts, {signer}, kContent, kNamespace, now);
  };
  using std::chrono::microseconds;
  EXPECT_TRUE(at([&](auto& s) { s.validFrom = now; }));
  EXPECT_TRUE(at([&](auto& s) { s.validUntil = now + microseconds(1); }));
  EXPECT_TRUE(at([&](auto& s) { s.revokedAt = now + microseconds(1); }));
  expectRefusal(at([&](auto& s) { s.validFrom = now + microseconds(1); }), SIG04, "geldig vanaf 2026-11-22");
  expectRefusal(at([&](auto& s) { s.validUntil = now; }), SIG04, "verlopen op 2026-11-22");
  expectRefusal(at([&](auto& s) { s.revokedAt = now; }), SIG04, "ingetrokken op 2026-11-22");
}

TEST_F(Judge, AKeyRegisteredAgainAfterItsRevocationCounts) {
  RegisteredSigner revoked = ssh(ed_);
  revoked.revokedAt = *fromIsoDate("2020-01-01");
  EXPECT_EQ(*ask(sshFacts(ed_), {revoked, ssh(ed_, 12)}), 12);
  expectRefusal(ask(sshFacts(ed_), {revoked}), SIG04, "ingetrokken");
}

TEST_F(Judge, WeakRegisteredKeysAreRefused) {
  const auto key = test::makeSshKey(dir_->path(), "weak", "rsa", "1024");
  RegisteredSigner signer;
  signer.id = 3;
  const std::string line = readFile(key.string() + ".pub");
  signer.key = *fromBase64(line.substr(8, line.find(' ', 8) - 8));
  signer.fingerprint = crypto::sshFingerprint(signer.key);
  expectRefusal(ask(sshFacts(key), {signer}), SIG04, "te kort");
  const auto certificate = test::makeCertificate(dir_->path(), "weak", "rsa:1024");
  expectRefusal(ask(cmsFacts(certificate), {cms(certificate)}), SIG04, "te kort");
}

TEST_F(Judge, CmsSignaturesOfEveryKindAreRight) {
  const auto p256 = test::makeCertificate(dir_->path(), "p256", "ec", "ec_paramgen_curve:P-256");
  const auto p521 = test::makeCertificate(dir_->path(), "p521", "ec", "ec_paramgen_curve:P-521");
  for (const auto& certificate : {rsa_, p256, p521})
    for (const std::vector<std::string>& options : std::vector<std::vector<std::string>>{
             {}, {"-noattr"}, {"-md", "sha384"}, {"-md", "sha512", "-noattr"}, {"-nocerts"}, {"-nocerts", "-keyid"}}) {
      const SignatureFacts facts = cmsFacts(certificate, options);
      const auto verdict = ask(facts, {ssh(ed_, 1), cms(certificate, 2)});
      ASSERT_TRUE(verdict) << certificate << ::testing::PrintToString(options) << verdict.error().detail;
      EXPECT_EQ(*verdict, 2);
      expectRefusal(ask(facts, {cms(certificate)}, std::string(kContent) + " "), SIG02, "hoort niet bij de bytes");
    }
}

TEST_F(Judge, CmsWithPssIsRightWithAndWithoutAttributes) {
  for (const std::string salt : {"20", "32", "64"}) {
    const std::vector<std::string> options = {
        "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:" + salt, "-md", "sha256"};
    EXPECT_TRUE(ask(cmsFacts(rsa_, options), {cms(rsa_)})) << salt;
    std::vector<std::string> bare = options;
    bare.push_back("-noattr");
    const SignatureFacts facts = cmsFacts(rsa_, bare);
    EXPECT_TRUE(ask(facts, {cms(rsa_)})) << salt;
    EXPECT_FALSE(ask(facts, {cms(rsa_)}, "x"));
  }
}

// openssl 3.0 cannot make such CMS; so the attributes are made here and signed by the real tool.
TEST_F(Judge, CmsWithEd25519IsRightWithAttributesOnly) {
  const auto certificate = test::makeCertificate(dir_->path(), "ed-cms", "ed25519");
  Bytes digest;
  crypto::appendDer(digest, crypto::kDerOctetString, *digestsOf(kContent).sha512);
  const auto attribute = [](const std::string& oid, const Bytes& value) {
    Bytes content = *fromHex(oid);
    crypto::appendDer(content, crypto::kDerSet, value);
    Bytes out;
    crypto::appendDer(out, crypto::kDerSequence, content);
    return out;
  };
  Bytes both = attribute("06092a864886f70d010903", *fromHex("06092a864886f70d010701"));
  const Bytes second = attribute("06092a864886f70d010904", digest);
  both.insert(both.end(), second.begin(), second.end());
  SignatureFacts facts;
  facts.scheme = "cms";
  facts.digestAlgorithm = "sha512";
  facts.signatureAlgorithm = "ed25519";
  facts.signerKey = cms(certificate).key;
  crypto::appendDer(facts.signedAttributes, crypto::kDerSet, both);
  const auto input = *dir_ / "attributes";
  std::ofstream(input, std::ios::binary) << asText(facts.signedAttributes);
  test::runCommand({"openssl", "pkeyutl", "-sign", "-rawin", "-in", input.string(), "-inkey",
                    (*dir_ / "ed-cms.key").string(), "-out", (*dir_ / "signature").string()});
  const std::string signature = readFile(*dir_ / "signature");
  facts.signature.assign(asBytes(signature).begin(), asBytes(signature).end());
  EXPECT_TRUE(ask(facts, {cms(certificate)}));
  expectRefusal(ask(facts, {cms(certificate)}, "x"), SIG02, "hoort niet bij de bytes");
  facts.signedAttributes.clear();
  expectRefusal(ask(facts, {cms(certificate)}), SIG02, "Ed25519");
}

TEST_F(Judge, AttributesOfAnotherSignatureDoNotHelp) {
  const SignatureFacts facts = cmsFacts(rsa_);
  SignatureFacts bare = facts;
  bare.signedAttributes.clear();
  EXPECT_FALSE(ask(bare, {cms(rsa_)}));
  SignatureFacts changed = facts;
  changed.signedAttributes.back() ^= std::byte{1};
  EXPECT_FALSE(ask(changed, {cms(rsa_)}));
}

TEST_F(Judge, CertificateOutOfForceIsRefused) {
  const SignatureFacts facts = cmsFacts(rsa_);
  const Instant now = SystemClock().now();
  expectRefusal(ask(facts, {cms(rsa_)}, kContent, kNamespace, now + std::chrono::days(31)), SIG04, "verlopen op");
  expectRefusal(ask(facts, {cms(rsa_)}, kContent, kNamespace, now - std::chrono::days(1)), SIG04, "geldig vanaf");
  RegisteredSigner revoked = cms(rsa_);
  revoked.revokedAt = now - std::chrono::days(1);
  expectRefusal(ask(facts, {revoked}), SIG04, "ingetrokken");
  EXPECT_EQ(*ask(facts, {revoked, cms(rsa_, 12)}), 12);
}

TEST_F(Judge, UnknownCertificateIsRefusedWithAndWithoutAName) {
  const auto other = test::makeCertificate(dir_->path(), "stranger");
  expectRefusal(ask(cmsFacts(other), {cms(rsa_), ssh(ed_)}), SIG03, cms(other).fingerprint);
  expectRefusal(ask(cmsFacts(other, {"-nocerts"}), {cms(rsa_)}), SIG03, "niet geregistreerd");
  SignatureFacts claimed = cmsFacts(other);
  claimed.signerKey = cms(rsa_).key;
  expectRefusal(ask(claimed, {cms(rsa_)}), SIG02, "hoort niet bij de bytes");
}

class PortalSignature : public Judge {
 protected:
  static RegisteredSigner portal(const fs::path& key) {
    RegisteredSigner signer = ssh(key, 11);
    signer.kind = SignerKind::portal;
    return signer;
  }
  static Uploader person(std::int64_t account = 12) {
    return {account, std::chrono::floor<std::chrono::seconds>(SystemClock().now())};
  }
};

TEST_F(PortalSignature, NamesThePersonAndWhenTheSecondFactorWasShown) {
  const Uploader who{12, Instant(std::chrono::sys_days(std::chrono::November / 22 / 2026)) + std::chrono::minutes(615)};
  const std::string text = portalNamespace(kNamespace, who);
  EXPECT_EQ(text, "sluis:P0001:jeugdhulp_2026H1:portal:12:20261122T101500Z");
  const auto back = uploaderIn(text, kNamespace);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->account, 12);
  EXPECT_EQ(back->secondFactorAt, who.secondFactorAt);
  for (const std::string& wrong :
       {std::string(kNamespace), text + "0", text.substr(0, text.size() - 1), text.substr(1), text + ":",
        std::string(kNamespace) + ":portal:012:20261122T101500Z", std::string(kNamespace) + ":portal::20261122T101500Z",
        std::string(kNamespace) + ":portal:-2:20261122T101500Z",
        std::string(kNamespace) + ":portal:12:20261322T101500Z",
        std::string(kNamespace) + ":portal:12:20261122T241500Z",
        std::string(kNamespace) + ":portal:12:20261122T1015xxZ",
        std::string(kNamespace) + ":portal:99999999999999999999:20261122T101500Z"})
    EXPECT_FALSE(uploaderIn(wrong, kNamespace)) << wrong;
}

TEST_F(PortalSignature, IsRightForItsOwnDeliveryOnly) {
  const auto verdict = ask(sshFacts(ed_, portalNamespace(kNamespace, person())), {portal(ed_)});
  ASSERT_TRUE(verdict) << verdict.error().detail;
  EXPECT_EQ(*verdict, 11);
  for (const std::string elsewhere : {"sluis:P0002:jeugdhulp_2026H1", "sluis:P0001:jeugdhulp_2025H2", "sluis:P0001:x"})
    expectRefusal(ask(sshFacts(ed_, portalNamespace(elsewhere, person())), {portal(ed_)}), SIG02, "andere aanlevering");
  expectRefusal(ask(sshFacts(ed_, portalNamespace(kNamespace, person())), {portal(ed_)}, "other bytes"), SIG02,
                "hoort niet bij de bytes");
}

TEST_F(PortalSignature, WithoutAPersonCountsForNothingAndNobodyElseMaySignLikeIt) {
  expectRefusal(ask(sshFacts(ed_), {portal(ed_)}), SIG02, "andere aanlevering");
  expectRefusal(ask(sshFacts(ed_, portalNamespace(kNamespace, person())), {ssh(ed_)}), SIG02, kNamespace);
  const auto other = test::makeSshKey(dir_->path(), "not-the-portal");
  expectRefusal(ask(sshFacts(other, portalNamespace(kNamespace, person())), {portal(ed_)}), SIG03, "SHA256:");
}

TEST_F(PortalSignature, OfASecondFactorStillToComeIsRefused) {
  Uploader later = person();
  later.secondFactorAt += std::chrono::hours(1);
  expectRefusal(ask(sshFacts(ed_, portalNamespace(kNamespace, later)), {portal(ed_)}), SIG02, "andere aanlevering");
}

TEST_F(PortalSignature, AnotherPersonCannotBePutInAfterwards) {
  SignatureFacts facts = sshFacts(ed_, portalNamespace(kNamespace, person()));
  facts.nameSpace = portalNamespace(kNamespace, person(13));
  expectRefusal(ask(facts, {portal(ed_)}), SIG02, "hoort niet bij de bytes");
}

TEST_F(PortalSignature, IsNeverTakenFromACertificate) {
  RegisteredSigner signer = cms(rsa_);
  signer.kind = SignerKind::portal;
  expectRefusal(ask(cmsFacts(rsa_), {signer}), SIG03, "niet geregistreerd");
}

TEST_F(PortalSignature, OfARevokedKeyIsRefused) {
  RegisteredSigner signer = portal(ed_);
  signer.revokedAt = SystemClock().now() - std::chrono::hours(1);
  expectRefusal(ask(sshFacts(ed_, portalNamespace(kNamespace, person())), {signer}), SIG04, "ingetrokken");
}

TEST_F(Judge, SpoiledRegisterIsOurFailureNotTheSenders) {
  RegisteredSigner spoiled = ssh(ed_);
  SignatureFacts facts = sshFacts(ed_);
  spoiled.key.pop_back();
  facts.signerKey.pop_back();
  EXPECT_THROW(static_cast<void>(ask(facts, {spoiled})), Error);
}

TEST(CmsAttributes, HoldExactlyOneDigestAndOneType) {
  const Bytes digest = *fromHex("00112233");
  const std::string type = "301806092a864886f70d010903310b06092a864886f70d010701";
  const std::string right =
      "301306092a864886f70d01090431060404"
      "00112233";
  const auto good = [&](const std::string& content) {
    Bytes set;
    crypto::appendDer(set, crypto::kDerSet, *fromHex(content));
    return attributesSign(set, digest);
  };
  EXPECT_TRUE(good(type + right));
  EXPECT_TRUE(good(right + type));
  EXPECT_FALSE(good(""));
  EXPECT_FALSE(good(type));
  EXPECT_FALSE(good(right));
  EXPECT_FALSE(good(type + right + right));
  EXPECT_FALSE(good(type + type + right));
  EXPECT_FALSE(good(type + "301306092a864886f70d01090431060404"
                           "00112234"));
  // Two values in the set; bytes behind the set; the right attribute inside another one.
  EXPECT_FALSE(good(type + "301906092a864886f70d010904310c0404"
                           "00112233"
                           "0404"
                           "00112233"));
  EXPECT_FALSE(good(type + "301506092a864886f70d01090431060404"
                           "00112233"
                           "0500"));
  EXPECT_FALSE(good(type + "302406092a864886f70d0109023117041530" + right.substr(2)));
  EXPECT_FALSE(attributesSign(*fromHex("3000"), digest));
  Bytes long_(kLongestAttributes + 1, std::byte{0});
  EXPECT_FALSE(attributesSign(long_, digest));
  EXPECT_FALSE(attributesSign({}, digest));
  EXPECT_FALSE(attributesSign(*fromHex("3100"), {}));
}

}  // namespace
}  // namespace sluis::verify
