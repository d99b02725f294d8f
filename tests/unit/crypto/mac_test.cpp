#include "crypto/mac.h"

#include <gtest/gtest.h>

#include "crypto/permutation.h"
#include "crypto/random.h"

namespace sluis::crypto {
namespace {

constexpr std::string_view kKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

Secret secretOf(std::string_view hex) {
  return Secret{BytesView(*fromHex(hex))};
}

std::string macOf(const Mac& mac, std::string_view message) {
  std::array<std::byte, 16> out{};
  mac.compute(message, out);
  return toHex(out);
}

// printf %s "$label$message" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$kKey -r | cut -c1-32
TEST(Mac, AgreesWithOpensslsCommandLine) {
  const Mac mac(secretOf(kKey), "sluis/pseudonym/bsn:");
  EXPECT_EQ(macOf(mac, "111222333"), "cbc6a26c8f2f63fa6dec6807e8c4fd14");
  const Mac other(secretOf(kKey), "sluis/pseudonym/psn:");
  EXPECT_EQ(macOf(other, "00112233445566778899aabbccddeeff"), "57c12341297f7db8a624fadd878acffc");
}

// RFC 4231, test cases 1 and 2: keys of 20 and 4 bytes.
TEST(Mac, AgreesWithRfc4231) {
  EXPECT_EQ(macOf(Mac(secretOf("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), "Hi "), "There"),
            "b0344c61d8db38535ca8afceaf0bf12b");
  EXPECT_EQ(macOf(Mac(Secret("Jefe"), ""), "what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c7");
}

TEST(Mac, GivesTheSameForTheSameHoweverOftenItIsAsked) {
  const Mac mac(secretOf(kKey), "label:");
  const std::string first = macOf(mac, "a");
  EXPECT_NE(macOf(mac, "b"), first);
  EXPECT_EQ(macOf(mac, "a"), first);
}

TEST(Mac, RefusesAKeyLongerThanABlock) {
  EXPECT_THROW(Mac(randomSecret(65), ""), std::logic_error);
  EXPECT_THROW(Mac(Secret(), ""), std::logic_error);
}

// FIPS 197, appendix C.1 and C.3.
TEST(Permutation128, AgreesWithFips197) {
  for (const auto& [key, expected] : {std::pair{kKey.substr(0, 32), "69c4e0d86a7b0430d8cdb78070b4c55a"},
                                      {kKey, "8ea2b7ca516745bfeafc49904b496089"}}) {
    const Permutation128 permutation(secretOf(key));
    Bytes blocks = *fromHex("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    const Bytes before = blocks;
    permutation.encrypt(blocks);
    EXPECT_EQ(toHex(blocks), std::string(expected) + expected);
    permutation.decrypt(blocks);
    EXPECT_EQ(blocks, before);
  }
}

TEST(Permutation128, RefusesPartsOfBlocksAndOddKeys) {
  const Permutation128 permutation(secretOf(kKey));
  Bytes part(17);
  EXPECT_THROW(permutation.encrypt(part), std::logic_error);
  EXPECT_THROW(Permutation128(randomSecret(24)), std::logic_error);
}

TEST(Random, IsNotTheSameTwice) {
  const Secret a = randomSecret(32);
  const Secret b = randomSecret(32);
  ASSERT_EQ(a.reveal().size(), 32U);
  EXPECT_NE(toHex(a.reveal()), toHex(b.reveal()));
}

}  // namespace
}  // namespace sluis::crypto
