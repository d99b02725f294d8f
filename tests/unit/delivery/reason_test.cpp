#include "delivery/reason.h"

#include <string>

#include <gtest/gtest.h>

#include "base/error.h"

namespace sluis::delivery {
namespace {

bool isRefused(const std::string& reason) {
  try {
    checkReason(reason);
    return false;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_EQ(std::string(error.what()).find("123456782"), std::string::npos);
    return true;
  }
}

TEST(Reason, OneLineOfTextPasses) {
  EXPECT_FALSE(isRefused(""));
  EXPECT_FALSE(isRefused("bevestigd door J. de Vries (zoë@aanbieder.nl) op 22-11-2026, ticket 1234567 €"));
}

TEST(Reason, BytesThatAreNoUtf8AreRefused) {
  for (const char* bytes : {"caf\xe9", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"})
    EXPECT_TRUE(isRefused(std::string("x") + bytes + "y")) << bytes;
  EXPECT_TRUE(isRefused("x\xe2\x82"));
}

TEST(Reason, ControlAndTurningCharactersAreRefused) {
  for (const char* bytes : {"a\nb", "a\x1b[2Jb", "a\x7f", "a\xc2\x9b", "a\xe2\x80\xae", "a\xe2\x80\xa8"})
    EXPECT_TRUE(isRefused(bytes));
  EXPECT_TRUE(isRefused(std::string("a\0b", 3)));
}

TEST(Reason, EightDigitsInARowAreRefusedAndNotRepeated) {
  EXPECT_TRUE(isRefused("gaat om 123456782"));
  EXPECT_TRUE(isRefused("12345678"));
  EXPECT_FALSE(isRefused("1234567 en 1234567"));
}

TEST(Reason, LengthCountsCharacters) {
  std::string accents;
  for (std::size_t i = 0; i < kLongestReason; ++i) accents += "é";
  EXPECT_FALSE(isRefused(accents));
  EXPECT_TRUE(isRefused(accents + "e"));
}

}  // namespace
}  // namespace sluis::delivery
