#include "plugin/cell_batch.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluis::plugin {
namespace {

bool stands(const std::vector<std::uint32_t>& ends, std::string_view text, std::uint32_t rows, std::uint32_t columns) {
  return CellBatch::checked(ends, text, rows, columns).has_value();
}

TEST(CellBatch, HasAsManyEndsAsCells) {
  EXPECT_TRUE(stands({1, 1, 2, 3}, "abc", 2, 2));
  EXPECT_TRUE(stands({}, "abc", 0, 2));
  EXPECT_FALSE(stands({1, 1, 2}, "abc", 2, 2));
  EXPECT_FALSE(stands({1, 1, 2, 3, 3}, "abc", 2, 2));
  EXPECT_FALSE(stands({}, "", 0, 0));
  EXPECT_FALSE(stands({}, "", 1U << 31, 1U << 31)) << "the product of rows and columns is too large for 32 bits";
}

TEST(CellBatch, HasNoEndThatLiesBeforeAnotherOrBehindTheText) {
  const std::string text(200, 'x');
  for (std::uint32_t cells = 1; cells < 40; ++cells) {
    std::vector<std::uint32_t> ends;
    for (std::uint32_t i = 0; i < cells; ++i) ends.push_back(i * 5);
    ASSERT_TRUE(stands(ends, text, 1, cells));
    for (std::uint32_t i = 0; i < cells; ++i)
      for (const std::uint32_t bad : {i * 5 - 6, i * 5 + 201, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU}) {
        std::vector<std::uint32_t> changed = ends;
        changed[i] = bad;
        EXPECT_FALSE(stands(changed, text, 1, cells)) << cells << " cells, " << i << " is " << bad;
      }
  }
}

}  // namespace
}  // namespace sluis::plugin
