#include "run/background_stage.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace sluis::run {
namespace {

using Batch = std::vector<int>;

TEST(BackgroundStage, WorksOnEveryBatchInOrder) {
  Batch seen;
  BackgroundStage<int> stage(
      "test", [&](Batch& batch) { seen.insert(seen.end(), batch.begin(), batch.end()); },
      [](Batch& batch) { batch.clear(); });
  for (int i = 0; i < 100; ++i) {
    Batch batch = {2 * i, 2 * i + 1};
    stage.write(batch);
    EXPECT_TRUE(batch.empty());
  }
  stage.finish();
  ASSERT_EQ(seen.size(), 200U);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST(BackgroundStage, TellsWhoWritesOrFinishesWhatWentWrong) {
  BackgroundStage<int> stage(
      "test", [](Batch&) { throw std::runtime_error("no"); }, [](Batch& batch) { batch.clear(); });
  Batch batch = {1};
  stage.write(batch);
  EXPECT_THROW(stage.finish(), std::runtime_error);
  batch = {2};
  EXPECT_THROW(stage.write(batch), std::runtime_error);
}

TEST(BackgroundStage, ClearsEveryBatchWhateverHappens) {
  std::atomic<int> cleared = 0;
  std::atomic<bool> goOn = false;
  std::atomic<int> worked = 0;
  {
    BackgroundStage<int> stage(
        "test",
        [&](Batch&) {
          ++worked;
          while (!goOn) std::this_thread::yield();
          throw std::runtime_error("no");
        },
        [&](Batch& batch) {
          cleared += static_cast<int>(batch.size());
          batch.clear();
        });
    for (int i = 0; i < 4; ++i) {
      Batch batch = {i};
      stage.write(batch);
    }
    while (worked == 0) std::this_thread::yield();
    goOn = true;
  }
  EXPECT_EQ(worked, 1);
  EXPECT_EQ(cleared, 4);
}

}  // namespace
}  // namespace sluis::run
