#include "model/period.h"

#include <fmt/format.h>

namespace sluis {

namespace chr = std::chrono;

namespace {

bool digitsAt(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return false;
  for (std::size_t i = at; i < at + count; ++i)
    if (text[i] < '0' || text[i] > '9') return false;
  return true;
}

int numberAt(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

unsigned monthsOf(Period::Kind kind) {
  switch (kind) {
    case Period::Kind::month:
      return 1;
    case Period::Kind::quarter:
      return 3;
    case Period::Kind::half:
      return 6;
    case Period::Kind::year:
      return 12;
  }
  return 12;
}

}  // namespace

unsigned Period::months() const {
  return monthsOf(kind_);
}

std::optional<Period> Period::parse(std::string_view text) {
  if (!digitsAt(text, 0, 4)) return std::nullopt;
  const int year = numberAt(text, 0, 4);
  if (year < 2000 || year > 2099) return std::nullopt;
  const std::string_view rest = text.substr(4);
  if (rest.empty()) return Period(Kind::year, year, 1);
  if (rest.size() == 2 && (rest[0] == 'H' || rest[0] == 'h') && rest[1] >= '1' && rest[1] <= '2')
    return Period(Kind::half, year, rest[1] - '0');
  if (rest.size() == 2 && (rest[0] == 'Q' || rest[0] == 'q') && rest[1] >= '1' && rest[1] <= '4')
    return Period(Kind::quarter, year, rest[1] - '0');
  if (rest.size() == 3 && rest[0] == '-' && digitsAt(rest, 1, 2)) {
    const int month = numberAt(rest, 1, 2);
    if (month >= 1 && month <= 12) return Period(Kind::month, year, month);
  }
  return std::nullopt;
}

Period Period::containing(Kind kind, Day day) {
  const chr::year_month_day ymd(day);
  const unsigned month = static_cast<unsigned>(ymd.month());
  return {kind, static_cast<int>(ymd.year()), static_cast<int>((month - 1) / monthsOf(kind) + 1)};
}

Day Period::first() const {
  return Day(chr::year(year_) / chr::month((static_cast<unsigned>(number_) - 1) * months() + 1) / chr::day(1));
}

Day Period::last() const {
  return Day(chr::year(year_) / chr::month(static_cast<unsigned>(number_) * months()) / chr::last);
}

Period Period::previous() const {
  return containing(kind_, first() - chr::days(1));
}

std::string Period::text() const {
  switch (kind_) {
    case Kind::month:
      return fmt::format("{:04}-{:02}", year_, number_);
    case Kind::quarter:
      return fmt::format("{:04}Q{}", year_, number_);
    case Kind::half:
      return fmt::format("{:04}H{}", year_, number_);
    case Kind::year:
      break;
  }
  return fmt::format("{:04}", year_);
}

bool isOpen(const Period& period, Day today, int count) {
  Period latest = Period::containing(period.kind(), today).previous();
  for (int i = 0; i < count; ++i) {
    if (period == latest) return true;
    latest = latest.previous();
  }
  return false;
}

}  // namespace sluis
