// A complete private instance in one folder: its own database, keys, providers, sluisd, sluis-gate, sluis-figures and
// sluis-portal (CONTRACT §2).
//
// Tests, benchmarks and people trying Sluis all use this. On an existing folder it goes on where it was: same
// providers, keys, port and data; only what is dead is started. Not for real data: the database is open to this
// machine's accounts.
#pragma once

#include <filesystem>
#include <memory>

#include <nlohmann/json.hpp>

#include "config/layout.h"

namespace sluis::cli {

class Sandbox {
 public:
  /// Holds a lock on `dir` (made when missing) as long as it lives, so that two do not build one instance.
  Sandbox(std::filesystem::path dir, const config::Layout& layout);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  /// Brings everything up and returns what CONTRACT §2 prints. At least `providers` providers; those there are stay.
  nlohmann::ordered_json up(int providers);
  /// Ends the processes, politely first. The data stay.
  void down();

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluis::cli
