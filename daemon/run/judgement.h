// What can be said of a delivery on arrival, without opening it: name, size, signature, signer, agreement, period,
// duplicates, in this order (CONTRACT §4). Only asks; changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/digest.h"
#include "delivery/delivery.h"
#include "model/delivery_name.h"
#include "model/refusal.h"
#include "postgres/connection.h"
#include "registry/registry.h"
#include "run/installation.h"
#include "verify/judge.h"

namespace sluis::run {

enum class SignatureFile { none, ssh, cms };

/// A delivery as it lies in the spool, or still in its drop folder.
struct Arrived {
  std::string file;  ///< name of the data file as sent
  bool hasData = true;
  std::uint64_t size = 0;
  crypto::Digests digests;
  SignatureFile signatureFile = SignatureFile::none;
  Bytes signature;
  Instant received;
  bool nil = false;  ///< seen at a glance to hold a header and nothing else (looksNil)
};

/// Whether this is a CSV file of one line at most, as far as can be said without reading it: these are the first bytes
/// of it, and no record is in them. false is "not known".
bool looksNil(std::string_view file, std::uint64_t size, BytesView begin);
/// More bytes than the header of a nil delivery needs are not looked at.
inline constexpr std::size_t kNilLook = 8 << 10;

struct Judgement {
  std::optional<DeliveryName> name;  ///< when it was understood
  std::optional<verify::SignerId> signer;
  std::string signerFingerprint;
  std::optional<verify::Uploader> uploader;  ///< of a portal's signature that was right
  std::string signatureKind;                 ///< "ssh" or "cms"; empty without a signature
  std::optional<Refusal> refusal;
  std::optional<std::string> earlier;  ///< DUP01, DUP02: the delivery with the same bytes
};

class Judge {
 public:
  Judge(const Installation& installation, postgres::Connection& connection)
      : installation_(installation), connection_(connection) {}

  /// All checks, for a delivery in inbox/.
  Judgement judge(const registry::Provider& provider, const Arrived& arrived) const;
  /// For test/: name, size, agreement; the signature only when there is one; any period, no duplicates.
  Judgement judgeTrial(const registry::Provider& provider, const Arrived& arrived) const;
  /// Does the signature fit these bytes? For files that may not be whole yet: every no is "not yet".
  bool fits(const registry::Provider& provider, const Arrived& arrived) const;

 private:
  bool understands(const registry::Provider& provider, const Arrived& arrived, Judgement& judgement) const;
  std::optional<Refusal> signature(const registry::Provider& provider, const Arrived& arrived,
                                   Judgement& judgement) const;
  std::optional<Refusal> uploadByPerson(const registry::Provider& provider, const Arrived& arrived,
                                        const DeliveryName& name) const;
  std::optional<Refusal> agreement(const registry::Provider& provider, const Arrived& arrived,
                                   const DeliveryName& name) const;
  std::optional<Refusal> period(const registry::Provider& provider, const Arrived& arrived,
                                const DeliveryName& name) const;
  /// DUP01, and what to do when that very content is meant to count again.
  Refusal sentBefore(const delivery::Delivery& accepted) const;
  std::optional<Refusal> duplicate(const registry::Provider& provider, const Arrived& arrived,
                                   Judgement& judgement) const;

  const Installation& installation_;
  postgres::Connection& connection_;
};

}  // namespace sluis::run
