#include "validate/cell.h"

#include <gtest/gtest.h>

#include "validate/calendar.h"

namespace sluis::validate {
namespace {

TEST(ElevenTest, TheKnownAnswers) {
  EXPECT_TRUE(passesElevenTest(249566758));
  EXPECT_TRUE(passesElevenTest(111222333));
  EXPECT_FALSE(passesElevenTest(999999999));
  EXPECT_TRUE(passesElevenTest(0));
}

TEST(ElevenTest, EveryChangedDigitAndEverySwapIsSeen) {
  const std::string right = "249566758";
  for (std::size_t at = 0; at < 9; ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string changed = right;
      changed[at] = digit;
      EXPECT_EQ(passesElevenTest(static_cast<std::uint32_t>(std::stoul(changed))), digit == right[at]) << changed;
    }
  }
}

TEST(ElevenTest, OfDigitsAsWrittenIsTheSameAsOfTheNumber) {
  unsigned passed = 0;
  for (std::uint64_t number = 0; number < 1'000'000'000; number += 9973) {
    std::string text = std::to_string(number);
    text.insert(0, 9 - text.size(), '0');
    ASSERT_EQ(digitsPassElevenTest(text.c_str()), passesElevenTest(static_cast<std::uint32_t>(number))) << text;
    passed += digitsPassElevenTest(text.c_str());
  }
  EXPECT_GT(passed, 8000U);
  EXPECT_FALSE(digitsPassElevenTest("999999999"));
  EXPECT_TRUE(digitsPassElevenTest("999999990"));
}

TEST(Bsn, IsNineDigitsOrEightWithTheZeroLost) {
  std::uint32_t number = 0;
  EXPECT_TRUE(bsnOf("012345672", number));
  EXPECT_EQ(number, 12345672U);
  EXPECT_TRUE(bsnOf("12345672", number));
  EXPECT_EQ(number, 12345672U);
  for (const char* wrong : {"1234567", "1234567890", "12345678a", "a23456789", "1234 6789", "12345678.", "-12345678",
                            "/23456789", ":23456789",
                            "1234567\xFF"
                            "9"})
    EXPECT_FALSE(bsnOf(wrong, number)) << wrong;
}

TEST(Digits, EveryByteButADigitIsRefusedAtEveryPlace) {
  for (std::size_t at = 0; at < 8; ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = "12345678";
      text[at] = static_cast<char>(byte);
      std::uint32_t value = 0;
      const bool digit = byte >= '0' && byte <= '9';
      ASSERT_EQ(eightDigits(text.data(), value), digit) << at << " " << byte;
      if (digit) {
        ASSERT_EQ(value, std::stoul(text));
      }
    }
}

TEST(Calendar, KnowsTheRealDaysAndNoOthers) {
  EXPECT_EQ(kCalendar.find(19700101), 0);
  EXPECT_EQ(kCalendar.find(20240229), 19782);
  EXPECT_EQ(kCalendar.find(20000229), 11016);
  for (const std::uint32_t wrong :
       {20230229U, 19000229U, 20261301U, 20260001U, 20260100U, 20260431U, 18991231U, 21010101U, 0U})
    EXPECT_EQ(kCalendar.find(wrong), kNoDay) << wrong;
}

TEST(Cells, CodesNumbersPostcodesAndMunicipalities) {
  unsigned value = 0;
  EXPECT_TRUE(twoDigits("07", value));
  EXPECT_EQ(value, 7U);
  EXPECT_FALSE(twoDigits("7", value));
  EXPECT_FALSE(twoDigits("7a", value));
  EXPECT_TRUE(smallNumber("10", value));
  EXPECT_EQ(value, 10U);
  for (const char* wrong : {"0", "07", "1.", "-1", "1000", "7,5"}) EXPECT_FALSE(smallNumber(wrong, value)) << wrong;
  EXPECT_TRUE(municipalityOf("GM0034", value));
  EXPECT_EQ(value, 34U);
  EXPECT_TRUE(municipalityOf("1942", value));
  EXPECT_EQ(value, 1942U);
  for (const char* wrong : {"34", "GM34", "gm0034", "GM00341", "XX0034", "003A"})
    EXPECT_FALSE(municipalityOf(wrong, value)) << wrong;
  EXPECT_TRUE(isPostcode("1315AB"));
  for (const char* wrong : {"0315AB", "1315 AB", "1315ab", "1315A", "13155AB", "1315A1", ""})
    EXPECT_FALSE(isPostcode(wrong)) << wrong;
}

}  // namespace
}  // namespace sluis::validate
