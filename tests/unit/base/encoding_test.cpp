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

TEST(Base64Url, GivesBackWhatItWasMadeOf) {
  std::string bytes;
  for (int i = 0; i < 40; ++i) {
    const std::string text = toBase64Url(asBytes(bytes));
    EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
    const auto back = fromBase64Url(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(asText(*back), bytes);
    bytes += static_cast<char>(i * 37 + 250);
  }
  EXPECT_EQ(toBase64Url(asBytes("\xfb\xff")), "-_8");
}

TEST(Base64Url, RefusesAnotherAlphabet) {
  for (const char* text : {"+_8", "-/8", "-_8=", "-_ 8", "-", "-_9"}) EXPECT_FALSE(fromBase64Url(text)) << text;
}

TEST(EqualInConstantTime, SaysWhetherTheyAreTheSame) {
  EXPECT_TRUE(equalInConstantTime(asBytes("abc"), asBytes("abc")));
  EXPECT_TRUE(equalInConstantTime({}, {}));
  EXPECT_FALSE(equalInConstantTime(asBytes("abc"), asBytes("abd")));
  EXPECT_FALSE(equalInConstantTime(asBytes("abc"), asBytes("ab")));
  EXPECT_FALSE(equalInConstantTime(asBytes("abc"), {}));
}

TEST(PercentEncoding, LeavesWhatIsUnreservedAndNothingElse) {
  EXPECT_EQ(percentEncoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percentEncoded("a b/c?d&e=f+\xc3\xa9%"), "a%20b%2Fc%3Fd%26e%3Df%2B%C3%A9%25");
  EXPECT_EQ(percentEncoded(std::string_view("\0", 1)), "%00");
}

TEST(HtmlEscaping, LeavesNothingThatCouldBeMarkup) {
  EXPECT_EQ(htmlEscaped(R"(<a title="x" b='y'>&amp;)"), "&lt;a title=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
  EXPECT_EQ(htmlEscaped("caf\xc3\xa9 +1"), "caf\xc3\xa9 +1");
}

}  // namespace
}  // namespace sluis
