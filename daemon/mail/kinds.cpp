#include "mail/kinds.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sluis::mail {

namespace {

constexpr std::array kKinds = {
    Kind{kind::kArrival, Audience::provider},      Kind{kind::kReceipt, Audience::provider},
    Kind{kind::kErrors, Audience::provider},       Kind{kind::kSuperseded, Audience::provider},
    Kind{kind::kHeld, Audience::provider},         Kind{kind::kReminder, Audience::provider},
    Kind{kind::kRunFailed, Audience::operators},   Kind{kind::kUndeliverable, Audience::operators},
    Kind{kind::kLimit, Audience::operators},       Kind{kind::kHold, Audience::operators},
    Kind{kind::kLogBroken, Audience::operators},   Kind{kind::kApplication, Audience::operators},
    Kind{kind::kInvitation, Audience::person},     Kind{kind::kForgotten, Audience::person},
    Kind{kind::kAccountChanged, Audience::person}, Kind{kind::kApplied, Audience::person},
    Kind{kind::kAgreementSent, Audience::person},  Kind{kind::kDeclined, Audience::person},
    Kind{kind::kMailsChanged, Audience::provider},
};

}  // namespace

std::span<const Kind> kinds() {
  return kKinds;
}

const Kind* findKind(std::string_view name) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.name == name; });
  return found == kKinds.end() ? nullptr : found;
}

std::string messageId(std::string_view about, std::string_view kind, std::string_view domain) {
  std::string safe(about);
  for (char& c : safe)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '-';
  return fmt::format("{}.{}@{}", safe, kind, domain);
}

}  // namespace sluis::mail
