#include "crypto/digest.h"

#include <gtest/gtest.h>

namespace sluis::crypto {
namespace {

// printf abc | sha256sum, sha384sum, sha512sum
constexpr std::string_view kAbc256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kAbc384 =
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7";
constexpr std::string_view kAbc512 =
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
    "2a9ac94fa54ca49f";

TEST(Digest, AgreesWithTheKnownAnswers) {
  EXPECT_EQ(toHex(sha256(asBytes("abc"))), kAbc256);
  for (const auto& [algorithm, expected] : {std::pair{DigestAlgorithm::sha256, kAbc256},
                                            {DigestAlgorithm::sha384, kAbc384},
                                            {DigestAlgorithm::sha512, kAbc512}}) {
    Digest digest(algorithm);
    digest.update(asBytes("a"));
    digest.update({});
    digest.update(asBytes("bc"));
    const Bytes out = digest.finish();
    EXPECT_EQ(toHex(out), expected);
    EXPECT_EQ(out.size(), sizeOf(algorithm));
  }
}

TEST(MultiDigest, TakesOnlyWhatWasAskedFor) {
  MultiDigest all(true, true);
  all.update(asBytes("ab"));
  all.update(asBytes("c"));
  const Digests three = all.finish();
  EXPECT_EQ(toHex(three.of(DigestAlgorithm::sha256)), kAbc256);
  EXPECT_EQ(toHex(three.of(DigestAlgorithm::sha384)), kAbc384);
  EXPECT_EQ(toHex(three.of(DigestAlgorithm::sha512)), kAbc512);
  MultiDigest one(false, false);
  one.update(asBytes("abc"));
  const Digests only = one.finish();
  EXPECT_EQ(toHex(only.sha256), kAbc256);
  EXPECT_TRUE(only.of(DigestAlgorithm::sha384).empty());
  EXPECT_TRUE(only.of(DigestAlgorithm::sha512).empty());
}

TEST(DigestAlgorithm, IsReadByItsExactNameOnly) {
  EXPECT_EQ(parseDigestAlgorithm("sha384"), DigestAlgorithm::sha384);
  for (const auto name : {"sha1", "SHA256", "md5", "", "sha256 "}) EXPECT_FALSE(parseDigestAlgorithm(name)) << name;
}

}  // namespace
}  // namespace sluis::crypto
