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

TEST(Guarded, WaitsNoLongerThanItsPatience) {
  Guarded<int> value{1};
  bool used = false;
  EXPECT_FALSE(value.whenWithin(
      std::chrono::milliseconds(20), [](int n) { return n == 2; }, [&](int) { used = true; }));
  EXPECT_FALSE(used);
  std::thread changing([&] { value.with([](int& n) { n = 2; }); });
  EXPECT_TRUE(value.whenWithin(
      std::chrono::seconds(10), [](int n) { return n == 2; }, [&](int& n) { n = 3; }));
  changing.join();
  EXPECT_EQ(value.with([](int n) { return n; }), 3);
}

}  // namespace
}  // namespace sluis
