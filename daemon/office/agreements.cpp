#include "office/agreements.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/error.h"
#include "crypto/keyring.h"

namespace sluis::office {

std::optional<std::string> municipalityFrom(std::string_view text) {
  std::string_view digits = text;
  if (digits.size() == 6 && std::toupper(static_cast<unsigned char>(digits[0])) == 'G' &&
      std::toupper(static_cast<unsigned char>(digits[1])) == 'M')
    digits.remove_prefix(2);
  if (digits.size() != 4 || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  return fmt::format("GM{}", digits);
}

std::string canonicalMunicipality(const std::string& text) {
  auto code = municipalityFrom(text);
  if (!code) throw Error(ErrorKind::usage, fmt::format("\"{}\" is no municipality code", text), "write it as GM0034");
  return std::move(*code);
}

std::string keyNameOf(const std::string& municipality) {
  const std::string code = canonicalMunicipality(municipality);
  return crypto::Keyring::domainName(static_cast<std::uint16_t>(std::stoi(code.substr(2))));
}

AddedAgreement addAgreement(postgres::Transaction& transaction, const registry::Agreement& agreement,
                            const RequireKey& requireKey, const Occasion& occasion) {
  AddedAgreement added;
  added.id = registry::addAgreement(transaction, agreement);
  const std::string keyName = keyNameOf(agreement.municipality);
  added.newKey = requireKey(keyName);
  audit::append(transaction, occasion.event("agreement.added", agreement.provider,
                                            {{"agreement", std::to_string(added.id)},
                                             {"municipality", agreement.municipality},
                                             {"dataset", agreement.dataset},
                                             {"upload", std::string(registry::toString(agreement.upload))},
                                             {"from", toIsoDate(agreement.validFrom)},
                                             {"until", agreement.validUntil ? toIsoDate(*agreement.validUntil) : ""}}));
  if (added.newKey) audit::append(transaction, occasion.event("key.created", keyName));
  return added;
}

registry::Agreement endAgreement(postgres::Transaction& transaction, std::int64_t id, std::optional<Day> lastDay,
                                 const Occasion& occasion) {
  const Day last = lastDay.value_or(std::chrono::floor<std::chrono::days>(occasion.at) - std::chrono::days(1));
  const auto agreement = registry::endAgreement(transaction, id, last, occasion.at);
  audit::append(transaction, occasion.event("agreement.ended", agreement.provider,
                                            {{"agreement", std::to_string(agreement.id)},
                                             {"municipality", agreement.municipality},
                                             {"dataset", agreement.dataset},
                                             {"until", toIsoDate(last)}}));
  return agreement;
}

}  // namespace sluis::office
