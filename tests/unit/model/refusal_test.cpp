#include "model/refusal.h"

#include <gtest/gtest.h>

namespace sluis {
namespace {

TEST(Refusal, EachCodeFindsItselfInTheTable) {
  for (const RefusalKind& kind : refusalKinds()) {
    EXPECT_EQ(kindOf(kind.code).text, kind.text);
    ASSERT_NE(findRefusalKind(kind.text), nullptr);
    EXPECT_EQ(findRefusalKind(kind.text)->code, kind.code);
    EXPECT_FALSE(kind.dutch.empty());
    EXPECT_FALSE(kind.dutchRemedy.empty());
    EXPECT_FALSE(kind.english.empty());
    EXPECT_FALSE(kind.englishRemedy.empty());
  }
  EXPECT_EQ(findRefusalKind("XXX"), nullptr);
}

TEST(Refusal, WhatMayHaveBeenSentBySomebodyElseIsQuarantined) {
  for (const char* code : {"SIG02", "SIG03", "SIG04", "AGR01", "DUP02"})
    EXPECT_EQ(findRefusalKind(code)->state, DeliveryState::quarantined) << code;
}

}  // namespace
}  // namespace sluis
