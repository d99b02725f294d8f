// The receipt of one delivery as JSON (CONTRACT §6).
//
// Rendered from committed facts only, with a fixed order of keys: the same facts give the same bytes, always.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace sluis::mail {

inline constexpr int kReceiptSchemaVersion = 1;

struct Receipt {
  struct Signer {
    std::string kind;                       ///< "sshsig" or "cms"
    std::string fingerprint;                ///< "SHA256:…"
    std::string label;                      ///< as registered
    std::optional<std::int64_t> account{};  ///< of who uploaded it in the portal; part of what the portal signed
    std::optional<Instant> secondFactor{};  ///< when that person had last shown the second factor
  };
  struct Counts {
    std::uint64_t records = 0, loaded = 0, replaced = 0, deleted = 0, errors = 0, warnings = 0;
  };
  struct Audit {
    std::uint64_t index = 0;
    std::string leafHash;  ///< hex
  };

  std::string delivery;  ///< id
  std::string provider;
  std::string dataset;         ///< empty when the name was not understood
  std::string datasetVersion;  ///< empty when the content was never opened
  std::string period;
  std::string file;  ///< safe name
  std::uint64_t size = 0;
  std::string sha256;  ///< hex, of the exact bytes received
  std::optional<Signer> signer;
  Instant received;
  std::optional<Instant> processed;
  std::string verdict;  ///< the delivery's state: "accepted"
  std::string code;     ///< empty when accepted
  Counts counts;
  std::string run;  ///< id; empty when decided outside a run
  std::string softwareName = "sluis";
  std::string softwareVersion;
  std::string rules;     ///< rule-set version; empty when no rule was applied
  std::string detected;  ///< what the format plugin saw: "UTF-8, ;, LF"
  std::optional<Audit> audit;
};

/// Indented UTF-8 JSON with a final newline. Unknown and empty members are null, never absent; a signer has account and
/// second_factor only when it is the portal.
std::string renderReceipt(const Receipt& receipt);

}  // namespace sluis::mail
