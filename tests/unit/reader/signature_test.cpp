// Real signatures through the real, confined worker: a library that reads a file at its first use would die there.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "reader/worker.h"
#include "support/signers.h"
#include "support/temp_dir.h"

namespace sluis::reader {
namespace {

Worker worker() {
  const std::filesystem::path build = SLUIS_BUILD_DIR;
  return Worker({.program = build / "bin/sluis-reader", .pluginDirectory = build / "plugins"});
}

TEST(SignatureWorker, TakesARealCmsSignatureApart) {
  const test::TempDir dir;
  writeFileDurably(dir.path() / "a.csv", "data");
  const auto certificate = test::makeCertificate(dir.path(), "signer");
  for (const char* form : {"DER", "PEM"}) {
    const std::string signature = test::cmsSign(certificate, dir.path() / "a.csv", {}, form);
    const auto facts = worker().parseSignature("cms", asBytes(signature));
    ASSERT_TRUE(facts) << form;
    EXPECT_EQ(facts->digestAlgorithm, "sha256");
    EXPECT_FALSE(facts->signature.empty());
  }
}

TEST(SignatureWorker, TakesARealSshSignatureApart) {
  const test::TempDir dir;
  writeFileDurably(dir.path() / "a.csv", "data");
  const auto key = test::makeSshKey(dir.path(), "key");
  const auto facts = worker().parseSignature(
      "sshsig", asBytes(test::sshSign(key, "sluis:P0001:jeugdhulp_2026H1", dir.path() / "a.csv")));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->nameSpace, "sluis:P0001:jeugdhulp_2026H1");
}

TEST(SignatureWorker, WhatIsNoSignatureGivesNoFacts) {
  EXPECT_FALSE(worker().parseSignature("cms", asBytes("0\x80rubbish")));
  EXPECT_FALSE(worker().parseSignature("sshsig", asBytes("-----BEGIN SSH SIGNATURE-----\nAAAA\n")));
}

}  // namespace
}  // namespace sluis::reader
