#include "office/signers.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "crypto/ssh_key.h"
#include "registry/registry.h"

namespace sluis::office {

namespace {

constexpr std::size_t kLargestKeyFile = 16 << 10;
constexpr const char* kMakeOne = "ssh-keygen -t ed25519 -N '' -C portal -f FILE makes one";

// The private half may be handed to sluis-portal's unit only; the public one lies open beside it, or in /etc/sluis.
std::filesystem::path publicKeyOf(const config::Portal& portal) {
  const std::filesystem::path beside = portal.uploadKey.string() + ".pub";
  if (std::filesystem::exists(beside)) return beside;
  const auto packaged = std::filesystem::path(config::kPackagedFile).parent_path() / beside.filename();
  return std::filesystem::exists(packaged) ? packaged : beside;
}

}  // namespace

bool addPortalSigner(postgres::Transaction& transaction, const config::Portal& portal, const std::string& provider,
                     const Occasion& occasion) {
  if (portal.url.empty() || portal.uploadKey.empty())
    throw Error(ErrorKind::config, "there is no portal where people could upload",
                "set portal.url and portal.upload_key");
  const std::string file = publicKeyOf(portal).string();
  const auto key = crypto::parseSshKeyLine(readFile(file, kLargestKeyFile));
  if (!key) throw Error(ErrorKind::config, fmt::format("{} is not a public key: {}", file, key.error()), kMakeOne);
  if (key->type != "ssh-ed25519")
    throw Error(ErrorKind::config, fmt::format("{} is not an Ed25519 key", file), kMakeOne);
  for (const registry::Signer& each : registry::signers(transaction.connection(), provider)) {
    if (each.fingerprint != key->fingerprint || each.revokedAt) continue;
    if (each.kind == registry::SignerKind::portal) return false;
    throw Error(ErrorKind::usage, fmt::format("{} is registered as a key of {} itself", key->fingerprint, provider),
                "revoke it first: sluis provider revoke-signer");
  }
  registry::Signer signer;
  signer.provider = provider;
  signer.kind = registry::SignerKind::portal;
  signer.publicKey = key->blob;
  signer.fingerprint = key->fingerprint;
  signer.label = "portal";
  registry::addSigner(transaction, signer);
  audit::append(transaction,
                occasion.event("signer.added", provider, {{"kind", "portal"}, {"fingerprint", key->fingerprint}}));
  return true;
}

void revokeSigner(postgres::Transaction& transaction, const std::string& provider, const std::string& fingerprint,
                  const Occasion& occasion) {
  if (!registry::revokeSigner(transaction, provider, fingerprint, occasion.at))
    throw Error(ErrorKind::usage, fmt::format("{} has no signer {} in use", provider, fingerprint),
                "sluis provider show names them");
  audit::append(transaction, occasion.event("signer.revoked", provider, {{"fingerprint", fingerprint}}));
}

}  // namespace sluis::office
