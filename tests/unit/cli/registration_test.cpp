#include "cli/registration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "base/error.h"
#include "config/config.h"
#include "support/command.h"
#include "support/temp_dir.h"

namespace sluis::cli {
namespace {

using testing::HasSubstr;

class RegistrationFiles : public testing::Test {
 protected:
  std::filesystem::path makeKey(const char* name, const char* type = "ed25519", const char* bits = "256") {
    const auto file = folder_ / name;
    test::runCommand({"ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", name, "-f", file.string()});
    return file;
  }
  std::filesystem::path makeCertificate(const char* bits) {
    const auto file = folder_ / (std::string("cert") + bits + ".pem");
    test::runCommand({"openssl", "req", "-x509", "-newkey", std::string("rsa:") + bits, "-nodes", "-subj", "/CN=x",
                      "-days", "30", "-keyout", (folder_ / "key.pem").string(), "-out", file.string()});
    return file;
  }
  static std::string complaint(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_TRUE(error.kind() == ErrorKind::usage || error.kind() == ErrorKind::config);
      return error.what();
    }
    return "none";
  }

  test::TempDir folder_;
};

TEST_F(RegistrationFiles, ALoginKeyIsKeptWithoutItsComment) {
  const auto file = makeKey("login");
  const auto key = readLoginKey("P0001", file.string() + ".pub");
  EXPECT_THAT(key.publicKey, testing::MatchesRegex("ssh-ed25519 [A-Za-z0-9+/]+=*"));
  EXPECT_EQ(key.comment, "login");
  EXPECT_THAT(test::runCommand({"ssh-keygen", "-l", "-f", file.string() + ".pub"}), HasSubstr(key.fingerprint));
}

TEST_F(RegistrationFiles, APrivateKeyIsRefusedAndNotRepeated) {
  const auto file = makeKey("login");
  EXPECT_THAT(complaint([&] { readLoginKey("P0001", file); }), HasSubstr("is a private key"));
  EXPECT_THAT(complaint([&] { readSigner("P0001", file); }), HasSubstr("is a private key"));
}

TEST_F(RegistrationFiles, ASignerIsAKeyOrACertificate) {
  EXPECT_EQ(readSigner("P0001", makeKey("signing").string() + ".pub").kind, registry::SignerKind::ssh);
  const auto signer = readSigner("P0001", makeCertificate("2048"));
  EXPECT_EQ(signer.kind, registry::SignerKind::cms);
  EXPECT_TRUE(signer.validFrom && signer.validUntil);
  EXPECT_THAT(signer.fingerprint, HasSubstr("SHA256:"));
}

TEST_F(RegistrationFiles, WhatIsTooWeakOrNoKeyIsRefused) {
  EXPECT_THAT(complaint([&] { readSigner("P0001", makeCertificate("1024")); }), HasSubstr("too weak"));
  EXPECT_NE(complaint([&] { readLoginKey("P0001", makeKey("weak", "rsa", "1024").string() + ".pub"); }), "none");
  std::ofstream(folder_ / "text.pub") << "hello\n";
  EXPECT_NE(complaint([&] { readLoginKey("P0001", folder_ / "text.pub"); }), "none");
  EXPECT_NE(complaint([&] { readSigner("P0001", folder_ / "text.pub"); }), "none");
}

TEST_F(RegistrationFiles, AFileMayNameItAll) {
  std::ofstream(folder_ / "p.yaml") << "code: p0001\nname: Voorbeeld\nmail: [a@b.example, c@d.example]\n"
                                       "ssh_key: login.pub\nsigner: signing.pub\nquota: 1GiB\nmax_file: 1MiB\n";
  registry::Provider defaults;
  defaults.openPeriods = 3;
  const auto read = readRegistration(folder_ / "p.yaml", defaults);
  EXPECT_EQ(read.provider.code, "P0001");
  EXPECT_EQ(read.provider.mails.size(), 2U);
  EXPECT_EQ(read.provider.quotaBytes, 1ULL << 30);
  EXPECT_EQ(read.provider.openPeriods, 3);
  EXPECT_EQ(read.loginKeys.at(0), folder_ / "login.pub");
  std::ofstream(folder_ / "p.yaml") << "code: P0001\nnaam: x\n";
  try {
    readRegistration(folder_ / "p.yaml", defaults);
    FAIL();
  } catch (const config::Invalid& invalid) {
    EXPECT_EQ(invalid.messages().size(), 5U);
  }
}

TEST(ProviderCode, IsKeptInCapitalsAndNothingElseIsTaken) {
  EXPECT_EQ(canonicalCode("p0001"), "P0001");
  for (const char* wrong : {"", "1", "p", "../x", "P 1", "P0001P0001P0001P0001"})
    EXPECT_THROW(canonicalCode(wrong), Error) << wrong;
}

}  // namespace
}  // namespace sluis::cli
