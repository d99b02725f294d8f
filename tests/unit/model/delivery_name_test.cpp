#include "model/delivery_name.h"

#include <gtest/gtest.h>

namespace sluis {
namespace {

TEST(DeliveryName, ReadsDatasetPeriodAndExtensionInEitherCase) {
  const auto name = DeliveryName::parse("Jeugdhulp_2026h1_Locatie-Oost.CSV");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->file, "Jeugdhulp_2026h1_Locatie-Oost.CSV");
  EXPECT_EQ(name->dataset, "jeugdhulp");
  EXPECT_EQ(name->period.text(), "2026H1");
  EXPECT_EQ(name->extension, "csv");
}

TEST(DeliveryName, CaseIsFoldedInLettersOnly) {
  EXPECT_EQ(foldCase("JeugdHulp_2026H1_\xc3\x89.CSV"), "jeugdhulp_2026h1_\xc3\x89.csv");
}

TEST(DeliveryName, RefusesWhatDoesNotFitThePattern) {
  for (const char* name :
       {"jeugdhulp.csv", "jeugdhulp_2026H1", "jeugdhulp_2026H3.csv", "_2026H1.csv", "jeugdhulp_2026H1.pdf",
        "jeugdhulp_2026H1_.csv", "jeugdhulp_2026H1_a b.csv", "jeugdhulp_2026H1_a_b.csv", "../jeugdhulp_2026H1.csv",
        "jeugdhulp_2026H1_123456789012345678901234567890123.csv", "jeugdhulp_2026H1.p7m", ""})
    EXPECT_FALSE(DeliveryName::parse(name)) << name;
}

TEST(DeliveryName, RefusesANameThatCouldCarryACitizenNumber) {
  EXPECT_FALSE(DeliveryName::parse("jeugdhulp_2026H1_111222333.csv"));
  EXPECT_FALSE(DeliveryName::parse("jeugdhulp_2026H1_11122233.csv"));
  EXPECT_TRUE(DeliveryName::parse("jeugdhulp_2026H1_1112223.csv"));
}

TEST(FileKind, TellsUploadsSignaturesAndDataApart) {
  EXPECT_EQ(kindOf("jeugdhulp_2026H1.csv.part").role, FileRole::upload);
  EXPECT_EQ(kindOf("x.FILEPART").role, FileRole::upload);
  EXPECT_EQ(kindOf("x.tmp").role, FileRole::upload);
  EXPECT_EQ(kindOf(".hidden.csv").role, FileRole::upload);
  EXPECT_EQ(kindOf("jeugdhulp_2026H1.csv").role, FileRole::data);
  EXPECT_EQ(kindOf("a.csv.SIG").role, FileRole::sshSignature);
  EXPECT_EQ(kindOf("a.csv.SIG").dataFile, "a.csv");
  EXPECT_EQ(kindOf("a.csv.p7s").role, FileRole::cmsSignature);
  EXPECT_EQ(kindOf("a.csv.p7m").role, FileRole::data) << "not understood yet, so judged by its name";
}

TEST(SafeFileName, KeepsWhatIsUnderstoodAndDisarmsTheRest) {
  EXPECT_EQ(safeFileName("jeugdhulp_2026H1_a.csv", "00"), "jeugdhulp_2026H1_a.csv");
  EXPECT_EQ(safeFileName("jeugdhulp_2026-10_a.csv.sig", "00"), "jeugdhulp_2026-10_a.csv.sig");
  EXPECT_EQ(safeFileName("a\nb<c>\xe2\x82\xac.csv", "00"), "a_b_c____.csv");
  EXPECT_EQ(safeFileName("Jan 111222333.csv", "0123456789abcdef0123"), "sha256:0123456789abcdef");
  EXPECT_EQ(safeFileName("1112.22.333.csv", "0123456789abcdef0123"), "sha256:0123456789abcdef");
}

}  // namespace
}  // namespace sluis
