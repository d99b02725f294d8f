#include "base/guarded.h"

#include <thread>

#include <gtest/gtest.h>

namespace sluis {
namespace {

TEST(Guarded, WhoWaitsIsWokenByTheChangeItWaitsFor) {
  Guarded<int> value(0);
  std::thread other([&] {
    for (int i = 1; i <= 1000; ++i) value.when([&](int v) { return v == 2 * i - 1; }, [](int& v) { ++v; });
  });
  for (int i = 1; i <= 1000; ++i) value.when([&](int v) { return v == 2 * i - 2; }, [](int& v) { ++v; });
  other.join();
  EXPECT_EQ(value.with([](int v) { return v; }), 2000);
}

TEST(Guarded, AnExceptionGivesTheLockBack) {
  Guarded<int> value(1);
  EXPECT_THROW(value.with([](int&) -> int { throw 1; }), int);
  EXPECT_EQ(value.with([](int v) { return v; }), 1);
}

}  // namespace
}  // namespace sluis
