#include "base/encoding.h"

#include <gtest/gtest.h>

namespace sluis {
namespace {

// RFC 4648 §10.
TEST(Base64, KnownAnswers) {
  EXPECT_EQ(toBase64(asBytes("")), "");
  EXPECT_EQ(toBase64(asBytes("f")), "Zg==");
  EXPECT_EQ(toBase64(asBytes("fo")), "Zm8=");
  EXPECT_EQ(toBase64(asBytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(asText(*fromBase64("Zm9v\nYmE=\n")), "fooba");
}

TEST(Base64, RefusesWhatIsNotExact) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg=a", "Z===", "====", "Zm9v!", "Zh=="})
    EXPECT_FALSE(fromBase64(text)) << text;
}

TEST(Hex, RoundTripsAndRefuses) {
  EXPECT_EQ(toHex(asBytes("\x01\xff")), "01ff");
  EXPECT_EQ(asText(*fromHex("4A4b")), "JK");
  EXPECT_FALSE(fromHex("4"));
  EXPECT_FALSE(fromHex("4g"));
}

}  // namespace
}  // namespace sluis
