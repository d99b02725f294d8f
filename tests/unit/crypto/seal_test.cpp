#include "crypto/seal.h"

#include <gtest/gtest.h>

#include "crypto/random.h"

namespace sluis::crypto {
namespace {

TEST(Seal, GivesBackWhatWasSealed) {
  const Secret key = randomSecret(32);
  for (const std::string_view plain : {"", "x", "JBSWY3DPEHPK3PXP"}) {
    const Bytes sealed = seal(key, asBytes(plain), "totp of account 1");
    const auto opened = unseal(key, sealed, "totp of account 1");
    ASSERT_TRUE(opened) << plain;
    EXPECT_EQ(opened->revealText(), plain);
    EXPECT_EQ(sealed.size(), plain.size() + 29);
  }
}

TEST(Seal, IsAnotherEachTimeAndHidesThePlainText) {
  const Secret key = randomSecret(32);
  const Bytes one = seal(key, asBytes("JBSWY3DPEHPK3PXP"), "a");
  EXPECT_NE(one, seal(key, asBytes("JBSWY3DPEHPK3PXP"), "a"));
  EXPECT_EQ(asText(one).find("JBSWY3DP"), std::string_view::npos);
}

TEST(Seal, OpensForNoOtherKeyAndInNoOtherPlace) {
  const Secret key = randomSecret(32);
  const Bytes sealed = seal(key, asBytes("secret"), "totp of account 1");
  EXPECT_FALSE(unseal(randomSecret(32), sealed, "totp of account 1"));
  EXPECT_FALSE(unseal(key, sealed, "totp of account 2"));
  EXPECT_FALSE(unseal(key, sealed, ""));
}

TEST(Seal, DoesNotOpenWhenAnyByteWasChangedOrIsMissing) {
  const Secret key = randomSecret(32);
  const Bytes sealed = seal(key, asBytes("secret"), "a");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= std::byte{0x10};
    EXPECT_FALSE(unseal(key, changed, "a")) << i;
    EXPECT_FALSE(unseal(key, BytesView(sealed).first(i), "a")) << i;
  }
}

TEST(Seal, NeedsAWholeKey) {
  EXPECT_THROW(seal(randomSecret(16), asBytes("secret"), "a"), std::logic_error);
}

}  // namespace
}  // namespace sluis::crypto
