// The register: who may deliver what, with which keys. Each query of schema `register` lives here.
//
// What changes the register takes the caller's transaction, so that the audit entry stands or falls with it. What the
// caller got wrong (a code that exists, a provider that does not) is Error(usage) with a hint. After such an error the
// transaction is still good.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/time.h"
#include "model/provider_code.h"
#include "postgres/connection.h"

namespace sluis::registry {

struct Provider {
  std::string code{};  ///< "P0001"
  std::string name{};
  std::vector<std::string> mails{};
  bool suspended = false;
  std::uint64_t maxFileBytes = std::uint64_t{4} << 30;
  std::uint64_t quotaBytes = std::uint64_t{16} << 30;
  int openPeriods = 2;
  double maxDeletedShare = 0.20;  ///< three decimals are kept
  std::uint32_t maxRejectedRecords = 0;
  Instant added{};  ///< set by the database
};

struct LoginKey {
  std::int64_t id = 0;
  std::string provider{};
  std::string publicKey{};    ///< "ssh-ed25519 AAAA…", no comment
  std::string fingerprint{};  ///< "SHA256:…"
  std::string comment{};
  Instant added{};
  std::optional<Instant> removed{};
};

enum class SignerKind {
  ssh,
  cms,
  portal,  ///< the portal's own SSH key, for what people upload there
};
std::string_view toString(SignerKind kind);

struct Signer {
  std::int64_t id = 0;
  std::string provider{};
  SignerKind kind = SignerKind::ssh;
  Bytes publicKey{};          ///< the SSH key blob (ssh, portal), or the certificate in DER
  std::string fingerprint{};  ///< "SHA256:…" of those bytes
  std::string label{};
  std::optional<Instant> validFrom{};
  std::optional<Instant> validUntil{};
  std::optional<Instant> revokedAt{};
  Instant added{};

  /// Valid at that moment and not revoked before it.
  bool isValidAt(Instant at) const;
};

/// How deliveries under an agreement come.
enum class UploadBy {
  automation,  ///< the provider signs with its own key, whichever way the files come
  person,      ///< its people may upload in the portal without a signature of their own: the portal signs
};
std::string_view toString(UploadBy by);
std::optional<UploadBy> uploadByFrom(std::string_view word);

struct Agreement {
  std::int64_t id = 0;
  std::string provider{};
  std::string municipality{};  ///< "GM0034"
  std::string dataset{};       ///< "jeugdhulp"
  Day validFrom{};
  std::optional<Day> validUntil{};  ///< last day, inside
  std::optional<Instant> ended{};
  UploadBy upload = UploadBy::automation;

  bool isInForceOn(Day day) const { return validFrom <= day && (!validUntil || day <= *validUntil); }
};

// Reading.

/// By code.
std::vector<Provider> providers(postgres::Connection& connection);
std::optional<Provider> findProvider(postgres::Connection& connection, std::string_view code);
/// Error(usage) when there is none.
Provider provider(postgres::Connection& connection, std::string_view code);
/// Those not removed; of one provider, or of all (by provider, then id).
std::vector<LoginKey> loginKeys(postgres::Connection& connection,
                                const std::optional<std::string>& provider = std::nullopt);
/// Revoked and expired ones too: what verify/ must tell apart. Newest last.
std::vector<Signer> signers(postgres::Connection& connection,
                            const std::optional<std::string>& provider = std::nullopt);
/// "" when there is no such signer.
std::string signerLabel(postgres::Connection& connection, std::int64_t id);
/// By provider, municipality, dataset, first day.
std::vector<Agreement> agreements(postgres::Connection& connection,
                                  const std::optional<std::string>& provider = std::nullopt);
std::vector<Agreement> agreementsInForce(postgres::Connection& connection, std::string_view provider,
                                         std::string_view dataset, Day day);
/// Moves with every committed change of the register: poll it, and rewrite the roster when it differs.
std::int64_t changeCounter(postgres::Connection& connection);

// Changing. Returns the id where there is one.

void addProvider(postgres::Transaction& transaction, const Provider& provider);
/// Name, mails and limits as given; code, suspension and the day it was added stay. Error(usage) when there is none.
void changeProvider(postgres::Transaction& transaction, const Provider& provider);
/// Error(usage) when there is no such provider; false when it was so already.
bool setSuspended(postgres::Transaction& transaction, std::string_view provider, bool suspended);
std::int64_t addLoginKey(postgres::Transaction& transaction, const LoginKey& key);
/// false when no such key is in use.
bool removeLoginKey(postgres::Transaction& transaction, std::string_view provider, std::string_view fingerprint,
                    Instant at);
std::int64_t addSigner(postgres::Transaction& transaction, const Signer& signer);
/// false when no such signer is in use.
bool revokeSigner(postgres::Transaction& transaction, std::string_view provider, std::string_view fingerprint,
                  Instant at);
/// Error(usage) when one for the same provider, municipality and dataset is in force on any of its days.
std::int64_t addAgreement(postgres::Transaction& transaction, const Agreement& agreement);
/// `lastDay` is the last day in force, inside; the day before validFrom or earlier: it never was. What was to end
/// sooner stays. Error(usage) when there is none with that id, or it ends sooner by itself.
Agreement endAgreement(postgres::Transaction& transaction, std::int64_t id, Day lastDay, Instant at);

}  // namespace sluis::registry
