// STATUS.txt: what a provider sees when it logs in (CONTRACT §3), in plain Dutch.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "mail/letter.h"

namespace sluis::mail {

struct ProviderStatus {
  struct Accepted {
    std::string dataset, period, delivery, file;
    Instant at;
    std::uint64_t records = 0;
  };
  struct Open {
    std::string dataset;
    std::vector<std::string> periods;  ///< newest first
  };
  struct Expected {
    std::string dataset, period;
    Day lastDay;  ///< on which it can be delivered
  };
  struct Waiting {
    std::string file;
    std::string state;  ///< "receiving", "waiting", "queued"
    std::string why;    ///< Dutch: "wacht op de handtekening"; may be empty
  };
  struct Wrong {
    std::string file, delivery, code;
    Instant at;
  };

  std::string provider;
  std::string providerName;
  bool suspended = false;
  Instant asOf;
  std::optional<Instant> nextRun;
  std::vector<Open> open;
  std::vector<Expected> expected;  ///< what closes first comes first
  std::vector<Accepted> accepted;  ///< the latest for each dataset and period
  std::vector<Waiting> waiting;
  std::vector<Wrong> wrong;  ///< refused lately and not made good since
};

/// UTF-8 with CRLF line ends.
std::string renderStatus(const ProviderStatus& status, const Helpdesk& helpdesk, const std::string& timeZone);

}  // namespace sluis::mail
