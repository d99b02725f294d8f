#include "crypto/ssh_signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "crypto/ssh_key.h"
#include "support/command.h"
#include "support/signers.h"
#include "support/temp_dir.h"

namespace sluis::crypto {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::string_view kNamespace = "sluis:P0001:jeugdhulp_2026H1:portal:12:20261122T101500Z";

Bytes sha512Of(std::string_view text) {
  Digest digest(DigestAlgorithm::sha512);
  digest.update(asBytes(text));
  return digest.finish();
}

std::string whyNot(std::string_view text) {
  try {
    SshSigner::parse(text, "key");
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(SshSigner, StockSshKeygenVerifiesWhatItSigns) {
  const test::TempDir dir;
  const fs::path key = test::makeSshKey(dir.path(), "portal");
  const auto line = parseSshKeyLine(readFile(key.string() + ".pub"));
  const SshSigner signer = SshSigner::load(key);
  EXPECT_EQ(signer.publicKey(), line->blob);
  EXPECT_EQ(signer.fingerprint(), line->fingerprint);

  std::ofstream(dir / "d.csv", std::ios::binary) << "one\r\ntwo\r\n";
  std::ofstream(dir / "d.csv.sig") << signer.sign(kNamespace, sha512Of("one\r\ntwo\r\n"));
  std::ofstream(dir / "allowed") << "portal " << readFile(key.string() + ".pub");
  const auto verify = [&](const std::string& nameSpace, const std::string& file) {
    return test::tryCommand({"sh", "-c",
                             "ssh-keygen -Y verify -f " + (dir / "allowed").string() + " -I portal -n '" + nameSpace +
                                 "' -s " + (dir / "d.csv.sig").string() + " < " + (dir / file).string()})
        .status;
  };
  EXPECT_EQ(verify(std::string(kNamespace), "d.csv"), 0);
  EXPECT_NE(verify("sluis:P0002:jeugdhulp_2026H1:portal:12:20261122T101500Z", "d.csv"), 0);
  EXPECT_NE(verify(std::string(kNamespace), "allowed"), 0);
}

TEST(SshSigner, SignsByteForByteAsSshKeygenDoes) {
  const test::TempDir dir;
  const fs::path key = test::makeSshKey(dir.path(), "portal");
  std::ofstream(dir / "d.csv", std::ios::binary) << "content";
  EXPECT_EQ(SshSigner::load(key).sign("n", sha512Of("content")), test::sshSign(key, "n", dir / "d.csv"));
}

TEST(SshSigner, RefusesKeysOfOtherKindsAndWithAPassphrase) {
  const test::TempDir dir;
  EXPECT_THAT(whyNot(readFile(test::makeSshKey(dir.path(), "rsa", "rsa", "2048"))), HasSubstr("Ed25519"));
  test::runCommand({"ssh-keygen", "-q", "-N", "secret word", "-t", "ed25519", "-f", (dir / "locked").string()});
  EXPECT_THAT(whyNot(readFile(dir / "locked")), HasSubstr("passphrase"));
  EXPECT_THAT(whyNot(readFile(test::makeSshKey(dir.path(), "ed").string() + ".pub")), HasSubstr("not an OpenSSH"));
  EXPECT_THROW(SshSigner::load(dir / "absent"), Error);
}

// Each byte changed and each length cut: refused, or (in comment and padding) the very same key.
TEST(SshSigner, NeverMakesAnotherKeyOfABrokenFile) {
  const test::TempDir dir;
  const std::string text = readFile(test::makeSshKey(dir.path(), "ed"));
  const std::string begin = "-----BEGIN OPENSSH PRIVATE KEY-----\n", end = "\n-----END OPENSSH PRIVATE KEY-----\n";
  const Bytes whole = *fromBase64(text.substr(begin.size(), text.find("\n-----END") - begin.size()));
  const SshSigner right = SshSigner::parse(text, "key");
  const auto parse = [&](const Bytes& bytes) {
    const std::string changed = begin + toBase64(bytes) + end;
    if (!whyNot(changed).empty()) return false;
    EXPECT_EQ(SshSigner::parse(changed, "key").publicKey(), right.publicKey());
    return true;
  };
  EXPECT_TRUE(parse(whole));
  int taken = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes changed = whole;
    changed[at] ^= std::byte{1};
    taken += parse(changed) ? 1 : 0;
    EXPECT_FALSE(parse(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at)))) << at;
  }
  EXPECT_LE(taken, 16);  // the comment "test" and what fills the last block
}

}  // namespace
}  // namespace sluis::crypto
