// A reporting period: what one delivery covers (JEUGDHULP §2, CONTRACT §3).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sluis {

/// "2026H1", "2026Q3", "2026-10" or "2026". Cannot exist otherwise.
class Period {
 public:
  enum class Kind { month, quarter, half, year };

  /// Either case ("2026h1"); nullopt when it is none of the four forms, or the year lies outside 2000–2099.
  static std::optional<Period> parse(std::string_view text);
  /// The period of that kind that holds `day`.
  static Period containing(Kind kind, Day day);

  Kind kind() const { return kind_; }
  int year() const { return year_; }
  /// First and last day, both inside.
  Day first() const;
  Day last() const;
  /// The one just before, of the same kind.
  Period previous() const;
  /// The canonical form, upper case: "2026H1".
  std::string text() const;

  auto operator<=>(const Period&) const = default;

 private:
  Period(Kind kind, int year, int number) : kind_(kind), year_(year), number_(number) {}
  unsigned months() const;

  Kind kind_;
  int year_;
  int number_;  // 1-based within the year; 1 for a year
};

/// Is the period among the `count` latest finished ones of its kind on `today`? (CONTRACT §3; default count 2)
bool isOpen(const Period& period, Day today, int count);

}  // namespace sluis
