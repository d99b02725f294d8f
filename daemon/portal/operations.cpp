#include "portal/operations.h"

#include <algorithm>
#include <charconv>

namespace sluis::portal {

void showRights(const Visit& visit, web::Values& values) {
  const bool isOperator = visit.account().role == account::Role::ttpOperator;
  values.show("MAY_CHANGE", isOperator).show("MAY_ONLY_LOOK", !isOperator);
  values.show("MUST_SIGN_IN", isOperator && mustSignIn(visit));
}

std::int64_t numberIn(const Visit& visit, std::size_t place) {
  const std::string& text = visit.captured.at(place);
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || number <= 0)
    throw web::Refused{404, "error.not-found"};
  return number;
}

std::optional<Instant> instantFrom(const std::string& text) {
  constexpr std::size_t kToTheSecond = 19;  // 2026-11-22T01:02:03
  const auto day = fromIsoDate(text.substr(0, std::min<std::size_t>(text.size(), 10)));
  if (!day || text.size() < kToTheSecond) return std::nullopt;
  const auto number = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  return Instant(*day) + std::chrono::hours(number(11)) + std::chrono::minutes(number(14)) +
         std::chrono::seconds(number(17));
}

}  // namespace sluis::portal
