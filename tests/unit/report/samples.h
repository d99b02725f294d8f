// Outcomes to render: made up, the same every time, with every kind of row that occurs.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/file.h"
#include "report/outcome.h"
#include "report/vocabulary.h"

namespace sluis::report {

/// Of config/, with two providers, two municipalities and the quarters of 2024 to the middle of 2026.
const Vocabulary& sampleVocabulary(Language language = Language::dutch);

/// The answer to that query with figures drawn from its words; some rows are not shown. Described.
Outcome sampleOutcome(const Words& words);

Outcome satisfactionByForm();     ///< of a municipality; both respondents; a norm
Outcome satisfactionByQuarter();  ///< a series with a break and a gap
Outcome goalsOfProvider();        ///< beside its municipality
Outcome dropOutByForm();
Outcome unavailable();
Outcome hostile();  ///< names that are markup and formulas

/// Holds a document against tests/golden/report/<name>. SLUIS_GOLDEN=write writes it instead:
///   SLUIS_GOLDEN=write build/release/bin/report_test
inline void expectGolden(const std::string& name, const std::string& actual) {
  const std::filesystem::path path = std::filesystem::path(SLUIS_SOURCE_DIR) / "tests/golden/report" / name;
  if (const char* mode = std::getenv("SLUIS_GOLDEN"); mode != nullptr && std::string_view(mode) == "write") {
    writeFileDurably(path, actual, 0644);
    return;
  }
  EXPECT_EQ(readFile(path), actual) << name << "; when meant: SLUIS_GOLDEN=write report_test";
}

}  // namespace sluis::report
