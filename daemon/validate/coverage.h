// For which municipalities the provider has an agreement in force: what JH401 asks the register, read beforehand.
#pragma once

#include <bitset>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"

namespace sluis::validate {

/// The agreement of one municipality: from its first day up to and including its last, if it has one.
struct Agreement {
  std::uint16_t municipality;  ///< 34 for GM0034
  Day from;
  std::optional<Day> until;
};

class Coverage {
 public:
  /// There is no register (a provider checking its own file): rules of the contract level are left out.
  static Coverage noRegister() { return Coverage(); }
  /// Agreements of this provider and dataset; those in force on `received` count.
  Coverage(std::span<const Agreement> agreements, Day received) : known_(true) {
    for (const Agreement& agreement : agreements)
      if (agreement.from <= received && (!agreement.until || received <= *agreement.until) &&
          agreement.municipality < covered_.size())
        covered_.set(agreement.municipality);
  }

  bool hasRegister() const { return known_; }
  bool covers(std::uint16_t municipality) const { return municipality < covered_.size() && covered_[municipality]; }
  /// Those covered, ascending.
  std::vector<std::uint16_t> municipalities() const {
    std::vector<std::uint16_t> all;
    for (std::size_t at = 0; at < covered_.size(); ++at)
      if (covered_[at]) all.push_back(static_cast<std::uint16_t>(at));
    return all;
  }

 private:
  Coverage() = default;

  bool known_ = false;
  std::bitset<10000> covered_;
};

}  // namespace sluis::validate
