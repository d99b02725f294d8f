// A document held against its golden file in tests/golden/mail/. SLUIS_GOLDEN=write writes them instead:
//   SLUIS_GOLDEN=write build/release/bin/mail_test
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/file.h"

namespace sluis::mail {

inline void expectGolden(const std::string& name, const std::string& actual) {
  const std::filesystem::path path = std::filesystem::path(SLUIS_SOURCE_DIR) / "tests/golden/mail" / name;
  if (const char* mode = std::getenv("SLUIS_GOLDEN"); mode != nullptr && std::string_view(mode) == "write") {
    writeFileDurably(path, actual, 0644);
    return;
  }
  EXPECT_EQ(readFile(path), actual) << name << "; when meant: SLUIS_GOLDEN=write mail_test";
}

}  // namespace sluis::mail
