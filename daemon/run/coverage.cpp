#include "run/coverage.h"

#include <charconv>

#include "registry/registry.h"

namespace sluis::run {

namespace {

std::vector<validate::Agreement> inForce(postgres::Connection& connection, const std::string& provider,
                                         const std::string& dataset, Day received) {
  std::vector<validate::Agreement> agreements;
  for (const auto& each : registry::agreementsInForce(connection, provider, dataset, received))
    agreements.push_back({municipalityNumber(each.municipality), each.validFrom, each.validUntil});
  return agreements;
}

}  // namespace

std::uint16_t municipalityNumber(std::string_view code) {
  std::uint16_t number = 0;
  if (code.size() == 6 && code.starts_with("GM")) std::from_chars(code.data() + 2, code.data() + 6, number);
  return number;
}

validate::Coverage coverageOf(postgres::Connection& connection, const std::string& provider, const std::string& dataset,
                              Day received) {
  return {inForce(connection, provider, dataset, received), received};
}

}  // namespace sluis::run
