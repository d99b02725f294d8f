#include "cms/cms.h"

#include <gtest/gtest.h>

#include <fstream>

#include "crypto/certificate.h"
#include "plugin/plugin.h"
#include "support/signers.h"
#include "support/temp_dir.h"

namespace sluis::cms {
namespace {

using Options = std::vector<std::string>;

std::optional<plugin::SignatureFacts> parse(std::string_view bytes) {
  return CmsParser().parse(asBytes(bytes));
}

class Cms : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = new test::TempDir;
    std::ofstream(*dir_ / "d.csv") << "bsn;geboortedatum\r\n1;2\r\n";
    rsa_ = test::makeCertificate(dir_->path(), "rsa");
    ecdsa_ = test::makeCertificate(dir_->path(), "ecdsa", "ec", "ec_paramgen_curve:P-384");
  }
  static void TearDownTestSuite() {
    delete dir_;
    dir_ = nullptr;
  }
  static std::filesystem::path file() { return *dir_ / "d.csv"; }
  static std::string sign(const Options& options = {}, const std::string& form = "DER") {
    return test::cmsSign(rsa_, file(), options, form);
  }

  static inline test::TempDir* dir_ = nullptr;
  static inline std::filesystem::path rsa_;
  static inline std::filesystem::path ecdsa_;
};

TEST_F(Cms, FactsAreThoseOfTheRealSignature) {
  const auto certificate = crypto::Certificate::parse(asBytes(readFile(rsa_)));
  for (const std::string form : {"DER", "PEM"}) {
    const auto facts = parse(sign({"-md", "sha384"}, form));
    ASSERT_TRUE(facts) << form;
    EXPECT_EQ(facts->scheme, "cms");
    EXPECT_EQ(facts->digestAlgorithm, "sha384");
    EXPECT_EQ(facts->signatureAlgorithm, "rsa-pkcs1");
    EXPECT_EQ(facts->signatureDigest, "sha384");
    EXPECT_EQ(facts->signerKey, certificate->der);
    EXPECT_EQ(facts->signerId, certificate->issuerAndSerial);
    EXPECT_EQ(facts->signature.size(), 256U);
    ASSERT_FALSE(facts->signedAttributes.empty());
    EXPECT_EQ(facts->signedAttributes[0], std::byte{0x31});
  }
}

TEST_F(Cms, SignerMayBeNamedByKeyIdAndLeaveTheCertificateOut) {
  const auto certificate = crypto::Certificate::parse(asBytes(readFile(rsa_)));
  const auto facts = parse(sign({"-keyid", "-nocerts"}));
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->signerKey.empty());
  EXPECT_EQ(facts->signerId, certificate->subjectKeyId);
}

TEST_F(Cms, SignedAttributesMayBeLeftOut) {
  const auto facts = parse(sign({"-noattr"}));
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->signedAttributes.empty());
}

TEST_F(Cms, PssIsTakenWithOneDigestThroughoutOnly) {
  const auto facts = parse(sign({"-keyopt", "rsa_padding_mode:pss", "-md", "sha256"}));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->signatureAlgorithm, "rsa-pss");
  EXPECT_EQ(facts->signatureDigest, "sha256");
  EXPECT_FALSE(parse(sign({"-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_mgf1_md:sha1", "-md", "sha256"})));
}

TEST_F(Cms, EcdsaBecomesTwoHalvesOfOneLength) {
  const auto facts = parse(test::cmsSign(ecdsa_, file(), {"-md", "sha512"}));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->signatureAlgorithm, "ecdsa");
  EXPECT_EQ(facts->signatureDigest, "sha512");
  EXPECT_LE(facts->signature.size(), 96U);
  EXPECT_EQ(facts->signature.size() % 2, 0U);
}

TEST_F(Cms, BerOfIndefiniteLengthIsReadToo) {
  // The outer SEQUENCE has a length of two bytes: 30 82 xx xx.
  const std::string der = sign();
  EXPECT_TRUE(parse("\x30\x80" + der.substr(4) + std::string(2, '\0')));
}

TEST_F(Cms, RefusesWeakDigestsSeveralSignersAndContentInside) {
  EXPECT_FALSE(parse(sign({"-md", "sha1"})));
  EXPECT_FALSE(parse(sign({"-md", "sha224"})));
  EXPECT_FALSE(parse(sign({"-nodetach"})));
  EXPECT_FALSE(parse(sign({"-stream"})));  // openssl puts the content inside
  std::filesystem::path key = ecdsa_;
  key.replace_extension(".key");
  EXPECT_FALSE(parse(sign({"-signer", ecdsa_.string(), "-inkey", key.string()})));
}

TEST_F(Cms, RefusesOtherKindsOfCms) {
  const auto out = (*dir_ / "other").string();
  test::runCommand(
      {"openssl", "cms", "-encrypt", "-binary", "-in", file().string(), "-outform", "DER", "-out", out, rsa_.string()});
  EXPECT_FALSE(parse(readFile(out)));
  test::runCommand({"openssl", "cms", "-digest_create", "-in", file().string(), "-outform", "DER", "-out", out});
  EXPECT_FALSE(parse(readFile(out)));
  EXPECT_FALSE(parse(sign({}, "SMIME")));
  EXPECT_FALSE(parse(readFile(rsa_)));
  EXPECT_FALSE(parse(""));
}

TEST_F(Cms, CutOffAnywhereOrWithMoreBehindItIsNoSignature) {
  const std::string der = sign({"-nocerts"});
  for (std::size_t size = 0; size < der.size(); ++size) ASSERT_FALSE(parse(der.substr(0, size))) << size;
  EXPECT_FALSE(parse(der + '\0'));
  const std::string pem = sign({}, "PEM");
  EXPECT_FALSE(parse(pem + pem));
  EXPECT_FALSE(parse(pem + std::string(kLongestFile, '\n')));
}

TEST_F(Cms, IsAPlugin) {
  const plugin::Descriptor* descriptor = sluis_plugin();
  EXPECT_EQ(descriptor->api, plugin::kPluginApi);
  EXPECT_STREQ(descriptor->kind, "signature");
  EXPECT_STREQ(descriptor->name, "cms");
  auto* parser = static_cast<plugin::SignatureParser*>(descriptor->create());
  EXPECT_TRUE(parser->parse(asBytes(sign())));
  descriptor->destroy(parser);
}

}  // namespace
}  // namespace sluis::cms
