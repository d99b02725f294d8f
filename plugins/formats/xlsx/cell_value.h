// What a stored number, date or text of a cell says, written as a delivery has it: whole numbers without exponent or
// decimals, days as JJJJMMDD.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluis::xlsx {

/// From which day a workbook counts: 1 January 1900 (with a 29 February that never was), or 1904 as old Macs did.
enum class DateSystem { from1900, from1904 };

/// The number that `stored` is ("1.23456782E8"); nullopt for text, infinity and what no double holds.
std::optional<double> numberOf(std::string_view stored);
/// Appends it: whole numbers below 1e21 in digits, others with at most the 15 digits that Excel shows.
void appendNumber(std::string& out, double number);
/// Appends the day as JJJJMMDD, and when it has a time of day that is not midnight " uu:mm:ss" after it, so that the
/// rules of the field judge it. false when `serial` is no day of this system: then it was meant as a number.
bool appendDay(std::string& out, double serial, DateSystem system);
/// The same for a day written as text by ISO 8601 ("2014-05-12", "2014-05-12T00:00:00Z"); false when it is none.
bool appendIsoDay(std::string& out, std::string_view stored);

}  // namespace sluis::xlsx
