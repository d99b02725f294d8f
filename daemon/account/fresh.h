// How long the second factor that somebody showed counts for changes that sluisd makes. It refuses an older one; the
// portal's pages ask to sign in again before it comes to that. Looking needs no more than a session.
#pragma once

#include "account/session.h"

namespace sluis::account {

inline constexpr auto kSecondFactorIsFresh = std::chrono::hours(1);

inline bool isFresh(const Session& session, Instant now) {
  return session.secondFactorAt && now - *session.secondFactorAt <= kSecondFactorIsFresh;
}

}  // namespace sluis::account
