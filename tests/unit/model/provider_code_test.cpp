#include "model/provider_code.h"

#include <gtest/gtest.h>

namespace sluis {
namespace {

TEST(ProviderCode, IsUpperCaseAndGivesItsLoginName) {
  EXPECT_EQ(ProviderCode::parse("p0001")->text(), "P0001");
  EXPECT_EQ(ProviderCode::parse("P0001")->user(), "p0001");
}

TEST(ProviderCode, RefusesWhatCouldBeAPath) {
  for (const char* text : {"", "P", "0001", "P/1", "..", "P 1", "P_1", "P0001P0001P0001P0"})
    EXPECT_FALSE(ProviderCode::parse(text)) << text;
}

}  // namespace
}  // namespace sluis
