#include "crypto/public_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/certificate.h"
#include "crypto/der.h"
#include "crypto/ssh_key.h"
#include "support/signers.h"
#include "support/temp_dir.h"

namespace sluis::crypto {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(SshKeyLine, HasTheFingerprintThatSshKeygenShows) {
  const test::TempDir dir;
  for (const auto& [type, bits] : {std::pair<std::string, std::string>{"ed25519", ""},
                                   {"rsa", "2048"},
                                   {"ecdsa", "256"},
                                   {"ecdsa", "384"},
                                   {"ecdsa", "521"}}) {
    const auto key = test::makeSshKey(dir.path(), type + bits, type, bits);
    const std::string shown = test::runCommand({"ssh-keygen", "-l", "-f", key.string() + ".pub"});
    const auto line = parseSshKeyLine(readFile(key.string() + ".pub"));
    ASSERT_TRUE(line) << line.error();
    EXPECT_THAT(shown, StartsWith(std::to_string(line->bits) + " " + line->fingerprint + " "));
    EXPECT_EQ(line->comment, "test");
  }
}

TEST(SshKeyLine, RefusesWhatCannotSignHere) {
  const test::TempDir dir;
  const auto weak = test::makeSshKey(dir.path(), "weak", "rsa", "1024");
  EXPECT_THAT(parseSshKeyLine(readFile(weak.string() + ".pub")).error(), HasSubstr("te kort"));
  EXPECT_THAT(parseSshKeyLine(readFile(weak)).error(), HasSubstr("geheime sleutel"));
  const auto good = readFile(test::makeSshKey(dir.path(), "good").string() + ".pub");
  EXPECT_FALSE(parseSshKeyLine("restrict " + good));
  EXPECT_FALSE(parseSshKeyLine(good + good));
  EXPECT_FALSE(parseSshKeyLine(""));
  EXPECT_FALSE(parseSshKeyLine("ssh-ed25519"));
  EXPECT_FALSE(parseSshKeyLine("ssh-rsa" + good.substr(good.find(' '))));
  Bytes token;
  appendSshString(token, asBytes("sk-ssh-ed25519@openssh.com"));
  EXPECT_THAT(parseSshKeyLine("sk-ssh-ed25519@openssh.com " + toBase64(token)).error(), HasSubstr("hardwaretoken"));
}

TEST(PublicKey, RefusesEveryShortenedOrLengthenedBlob) {
  const test::TempDir dir;
  for (const std::string type : {"ed25519", "rsa", "ecdsa"}) {
    Bytes blob = parseSshKeyLine(readFile(test::makeSshKey(dir.path(), type, type).string() + ".pub"))->blob;
    ASSERT_TRUE(PublicKey::fromSshBlob(blob));
    for (std::size_t size = 0; size < blob.size(); ++size)
      ASSERT_FALSE(PublicKey::fromSshBlob(BytesView(blob).first(size))) << type << size;
    blob.push_back(std::byte{0});
    EXPECT_FALSE(PublicKey::fromSshBlob(blob)) << type;
  }
}

TEST(PublicKey, RefusesAPointOutsideTheCurve) {
  const test::TempDir dir;
  Bytes blob = parseSshKeyLine(readFile(test::makeSshKey(dir.path(), "e", "ecdsa").string() + ".pub"))->blob;
  blob.back() ^= std::byte{1};
  EXPECT_FALSE(PublicKey::fromSshBlob(blob));
}

TEST(Certificate, SaysWhatOpensslSays) {
  const test::TempDir dir;
  const auto file = test::makeCertificate(dir.path(), "Jeugdzorg");
  const auto certificate = Certificate::parse(asBytes(readFile(file)));
  ASSERT_TRUE(certificate) << certificate.error();
  const auto ask = [&](const std::vector<std::string>& options) {
    std::vector<std::string> words = {"openssl", "x509", "-noout", "-in", file.string()};
    words.insert(words.end(), options.begin(), options.end());
    std::string answer = test::runCommand(words);
    answer.pop_back();
    std::string plain;
    for (const char c : answer.substr(answer.find('=') + 1))
      if (c != ':') plain += static_cast<char>(std::tolower(c));
    return plain;
  };
  EXPECT_EQ(toHex(certificate->fingerprint), ask({"-fingerprint", "-sha256"}));
  EXPECT_EQ(certificate->serial, ask({"-serial"}));
  EXPECT_EQ(certificate->subject, "CN=Jeugdzorg,O=Zorgaanbieder");
  EXPECT_EQ(certificate->key.bits(), 2048);
  EXPECT_FALSE(certificate->subjectKeyId.empty());
  EXPECT_EQ(certificate->notAfter - certificate->notBefore, std::chrono::days(30));
  const auto again = Certificate::parse(certificate->der);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->fingerprintText(), certificate->fingerprintText());
}

TEST(Certificate, RefusesSeveralAtOnceAndWhatIsNone) {
  const test::TempDir dir;
  const std::string pem = readFile(test::makeCertificate(dir.path(), "a"));
  EXPECT_THAT(Certificate::parse(asBytes(pem + pem)).error(), HasSubstr("meer dan een"));
  EXPECT_FALSE(Certificate::parse(asBytes("geen certificaat")));
  EXPECT_FALSE(Certificate::parse({}));
  EXPECT_FALSE(Certificate::parse(asBytes(readFile(dir / "a.key"))));
  Bytes der = Certificate::parse(asBytes(pem))->der;
  der.push_back(std::byte{0});
  EXPECT_FALSE(Certificate::parse(der));
}

TEST(DerFields, StopsAtWhatIsNotWhole) {
  for (const auto hex :
       {"30", "3001", "3080", "308100", "30817f", "30820001", "3084ffffffff", "1f0100", "30850000000001aa"}) {
    const Bytes bytes = *fromHex(hex);
    DerFields fields(bytes);
    DerFields::Element element;
    EXPECT_FALSE(fields.next(element)) << hex;
    EXPECT_FALSE(fields.atEnd());
  }
}

TEST(DerFields, ReadsBackWhatWasWritten) {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 255U, 256U, 65535U, 65536U, 70000U}) {
    const Bytes content(size, std::byte{0x5a});
    Bytes der;
    appendDer(der, kDerOctetString, content);
    DerFields fields(der);
    DerFields::Element element;
    ASSERT_TRUE(fields.next(element)) << size;
    EXPECT_TRUE(fields.atEnd());
    EXPECT_EQ(element.content.size(), size);
    EXPECT_EQ(element.whole.size(), der.size());
  }
}

}  // namespace
}  // namespace sluis::crypto
