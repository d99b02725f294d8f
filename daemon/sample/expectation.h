// What `sluis validate` must say of a sample, kept while it is made: exact counts, the first findings of each rule.
//
// Follows from what was planted. Only the two rules over the shape of the whole delivery (JH204, JH205) are counted
// here, because chance could make them true.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "dataset/definition.h"
#include "sample/record.h"

namespace sluis::sample {

class Expectation {
 public:
  explicit Expectation(const dataset::Definition& definition) : definition_(definition) {}

  /// The next record, as written.
  void add(const Record& record);
  /// Once, after the last record.
  void finish();

  std::uint64_t records() const { return records_; }
  bool accepted() const { return !wrong_; }
  std::map<std::string, std::uint64_t> counts() const;
  /// CONTRACT §5, the object of `sluis validate --json`, on several lines.
  std::string json(const std::string& file, const std::string& period) const;

 private:
  struct Found {
    BrokenRule rule;
    std::uint64_t count = 0;
    std::vector<std::uint64_t> rows;
  };
  struct Scores {
    std::uint64_t count = 0;
    std::uint32_t seen = 0;  // a bit a value
  };

  void found(const BrokenRule& rule, std::uint64_t row);
  void countShape(const Record& record);

  const dataset::Definition& definition_;
  std::uint64_t records_ = 0;
  bool wrong_ = false;
  std::map<std::string, Found, std::less<>> found_;
  std::array<Scores, 3> scores_{};
  std::unordered_map<std::uint32_t, std::uint64_t> endsOn_;
  std::uint64_t ends_ = 0;
};

}  // namespace sluis::sample
