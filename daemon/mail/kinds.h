// The kinds of mail, their names in X-Sluis-Kind, and their Message-IDs (CONTRACT §7).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluis::mail {

namespace kind {
// To the provider.
inline constexpr std::string_view kArrival = "ontvangst";
inline constexpr std::string_view kReceipt = "verwerkingsbewijs";
inline constexpr std::string_view kErrors = "foutrapport";
inline constexpr std::string_view kSuperseded = "vervangen";
inline constexpr std::string_view kHeld = "wacht-op-bevestiging";
inline constexpr std::string_view kReminder = "herinnering";
inline constexpr std::string_view kMailsChanged = "adressen-gewijzigd";
// To the operator.
inline constexpr std::string_view kHold = "aanlevering-vastgehouden";
inline constexpr std::string_view kRunFailed = "run-mislukt";
inline constexpr std::string_view kUndeliverable = "mail-onbestelbaar";
inline constexpr std::string_view kLimit = "limiet";
inline constexpr std::string_view kLogBroken = "logboek-beschadigd";
inline constexpr std::string_view kApplication = "aanmelding";
// To a person: one with an account at the portal, or one who asked for it.
inline constexpr std::string_view kInvitation = "uitnodiging";
inline constexpr std::string_view kForgotten = "wachtwoord-herstel";
inline constexpr std::string_view kAccountChanged = "account-gewijzigd";
inline constexpr std::string_view kApplied = "aanmelding-ontvangen";
inline constexpr std::string_view kAgreementSent = "aanmelding-overeenkomst";
inline constexpr std::string_view kDeclined = "aanmelding-afgewezen";
// Into the provider's outbox/ folder (channel 'folder'): receipt.json and findings.csv; check.txt.
inline constexpr std::string_view kDocuments = "documenten";
inline constexpr std::string_view kCheck = "controle";
}  // namespace kind

enum class Audience { provider, operators, person };

struct Kind {
  std::string_view name;
  Audience audience;
};

/// All kinds of mail (not those of the folder).
std::span<const Kind> kinds();
/// nullptr when there is no such kind.
const Kind* findKind(std::string_view name);

/// "D000012.verwerkingsbewijs@ttp.example": the same for every try. `about` is a delivery id, or what else the message
/// is about ("run-17", "message-99"); other characters than [A-Za-z0-9-] in it become '-'.
std::string messageId(std::string_view about, std::string_view kind, std::string_view domain);

}  // namespace sluis::mail
