// What a person asked for and cannot have, so that a page can say why in its own language.
//
// An Error (usage) like any other, whose text is for a terminal; beside it the name of why, and the one thing that it
// is about. Both go through the control socket ("reason", "about"), and the portal has words for each: refused.no-key.
// The rest of the refusals, which people at the portal do not meet in their daily work, is shown there as it is.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace sluis {

namespace why {

inline constexpr std::string_view kNoKey = "no-key";                              ///< municipality
inline constexpr std::string_view kProviderTaken = "provider-taken";              ///< code
inline constexpr std::string_view kProviderCode = "provider-code";                ///< as typed
inline constexpr std::string_view kProviderUnknown = "provider-unknown";          ///< code
inline constexpr std::string_view kMunicipalityCode = "municipality-code";        ///< as typed
inline constexpr std::string_view kMunicipalityUnknown = "municipality-unknown";  ///< code
inline constexpr std::string_view kSubjectMissing = "subject-missing";
inline constexpr std::string_view kSubjectNotWanted = "subject-not-wanted";
inline constexpr std::string_view kDeliveryUnknown = "delivery-unknown";      ///< id, as typed
inline constexpr std::string_view kDeliveryNotHeld = "delivery-not-held";     ///< id
inline constexpr std::string_view kAgreementOver = "agreement-over";          ///< number
inline constexpr std::string_view kAgreementOverlaps = "agreement-overlaps";  ///< number of the other
inline constexpr std::string_view kAccountTaken = "account-taken";            ///< user
inline constexpr std::string_view kAccountUnknown = "account-unknown";        ///< user
inline constexpr std::string_view kAccountDisabled = "account-disabled";      ///< user
inline constexpr std::string_view kAccountOwn = "account-own";
inline constexpr std::string_view kUserNoMail = "user-no-mail";
inline constexpr std::string_view kApplicationUnknown = "application-unknown";  ///< number
inline constexpr std::string_view kApplicationStep = "application-step";        ///< number
inline constexpr std::string_view kSessionOver = "session-over";
inline constexpr std::string_view kSecondFactorOld = "second-factor-old";
inline constexpr std::string_view kNotAllowed = "not-allowed";
inline constexpr std::string_view kNoDate = "no-date";
inline constexpr std::string_view kReasonOneLine = "reason-one-line";
inline constexpr std::string_view kReasonDigits = "reason-digits";
inline constexpr std::string_view kReasonLong = "reason-long";  ///< most characters

inline constexpr std::array kAll = {
    kNoKey,           kProviderTaken,    kProviderCode,    kProviderUnknown, kMunicipalityCode, kMunicipalityUnknown,
    kSubjectMissing,  kSubjectNotWanted, kDeliveryUnknown, kDeliveryNotHeld, kAgreementOver,    kAgreementOverlaps,
    kAccountTaken,    kAccountUnknown,   kAccountDisabled, kAccountOwn,      kUserNoMail,       kApplicationUnknown,
    kApplicationStep, kSessionOver,      kSecondFactorOld, kNotAllowed,      kNoDate,           kReasonOneLine,
    kReasonDigits,    kReasonLong};

}  // namespace why

class Denied : public Error {
 public:
  /// `reason`: one of why; `about`: what it is about, "" where that is nothing.
  Denied(std::string_view reason, std::string about, std::string message, std::string hint = {})
      : Error(ErrorKind::usage, std::move(message), std::move(hint)), reason_(reason), about_(std::move(about)) {}

  const std::string& reason() const noexcept { return reason_; }
  const std::string& about() const noexcept { return about_; }

 private:
  std::string reason_;
  std::string about_;
};

}  // namespace sluis
