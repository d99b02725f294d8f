#include "crypto/ssh_signer.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/error.h"
#include "base/file.h"
#include "crypto/openssl.h"
#include "crypto/ssh_key.h"

namespace sluis::crypto {

namespace {

constexpr std::size_t kLongestFile = 16 << 10;
constexpr std::size_t kSeed = 32;  // of Ed25519; a public key is as long
constexpr std::size_t kSignature = 64;
constexpr std::size_t kLineOfArmour = 70;
constexpr std::string_view kType = "ssh-ed25519";
constexpr std::string_view kBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view kEnd = "-----END OPENSSH PRIVATE KEY-----";

using Key = Owned<EVP_PKEY, EVP_PKEY_free>;

[[noreturn]] void refuse(std::string_view name, std::string_view why) {
  throw Error(ErrorKind::config, fmt::format("{} {}", name, why),
              "make one with: ssh-keygen -t ed25519 -N '' -C portal -f FILE");
}

// openssh-key-v1 (PROTOCOL.key): the seed and public key inside, or a reason.
struct Inside {
  BytesView blob;
  BytesView seed;
};

const char* read(BytesView file, Inside& inside) {
  constexpr std::string_view kMagic("openssh-key-v1\0", 15);
  if (file.size() < kMagic.size() || asText(file.first(kMagic.size())) != kMagic) return "is not an OpenSSH key";
  SshFields fields(file.subspan(kMagic.size()));
  BytesView cipher, kdf, options, body;
  std::uint32_t keys = 0;
  if (!fields.string(cipher) || !fields.string(kdf) || !fields.string(options) || !fields.number(keys) ||
      !fields.string(inside.blob) || !fields.string(body) || !fields.rest().empty())
    return "is not whole";
  if (asText(cipher) != "none" || asText(kdf) != "none") return "has a passphrase: a service cannot type it";
  if (keys != 1) return "holds more than one key";
  SshFields parts(body);
  std::uint32_t check = 0, again = 0;
  BytesView type, publicKey, both, comment;
  if (!parts.number(check) || !parts.number(again) || check != again || !parts.string(type)) return "is not whole";
  if (asText(type) != kType) return "is not an Ed25519 key";
  if (!parts.string(publicKey) || !parts.string(both) || !parts.string(comment) || publicKey.size() != kSeed ||
      both.size() != 2 * kSeed || !std::ranges::equal(both.subspan(kSeed), publicKey))
    return "is not whole";
  Bytes blob;
  appendSshString(blob, asBytes(kType));
  appendSshString(blob, publicKey);
  if (!std::ranges::equal(blob, inside.blob)) return "says two different public keys";
  inside.seed = both.first(kSeed);
  return nullptr;
}

Key keyOf(BytesView seed) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()),
                                       seed.size()));
  if (!key) throwOpenssl("cannot use a signing key");
  return key;
}

}  // namespace

SshSigner SshSigner::load(const std::filesystem::path& privateKey) {
  std::string raw = readFile(privateKey, kLongestFile);
  const Secret text{std::string_view(raw)};
  wipe(std::as_writable_bytes(std::span(raw)));
  return parse(text.revealText(), privateKey.string());
}

SshSigner SshSigner::parse(std::string_view text, std::string_view name) {
  const std::size_t begin = text.find(kBegin);
  const std::size_t end = text.find(kEnd);
  if (text.size() > kLongestFile || begin != 0 || end == std::string_view::npos || end < kBegin.size())
    refuse(name, "is not an OpenSSH private key");
  auto bytes = fromBase64(text.substr(kBegin.size(), end - kBegin.size()));
  if (!bytes) refuse(name, "is not an OpenSSH private key");
  const Secret file{BytesView(*bytes)};
  wipe(*bytes);
  Inside inside;
  if (const char* why = read(file.reveal(), inside)) refuse(name, why);
  // A public half that is not this seed's would make signatures that give the seed away.
  std::array<std::byte, kSeed> own{};
  std::size_t size = own.size();
  const Key key = keyOf(inside.seed);
  if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(own.data()), &size) != 1)
    throwOpenssl("cannot use a signing key");
  if (!std::ranges::equal(own, inside.blob.last(kSeed))) refuse(name, "holds two halves that do not belong together");
  return {Secret(inside.seed), Bytes(inside.blob.begin(), inside.blob.end())};
}

std::string SshSigner::fingerprint() const {
  return sshFingerprint(publicKey_);
}

std::string SshSigner::sign(std::string_view nameSpace, BytesView sha512) const {
  const Bytes message = sshSignedBytes(nameSpace, "sha512", sha512);
  const Key key = keyOf(seed_.reveal());
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> work(EVP_MD_CTX_new());
  std::array<std::byte, kSignature> raw{};
  std::size_t size = raw.size();
  if (!work || EVP_DigestSignInit(work.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(work.get(), reinterpret_cast<unsigned char*>(raw.data()), &size,
                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1 ||
      size != raw.size())
    throwOpenssl("cannot sign");

  Bytes signature;
  appendSshString(signature, asBytes(kType));
  appendSshString(signature, raw);
  const BytesView magic = asBytes("SSHSIG");
  Bytes blob(magic.begin(), magic.end());
  appendSshNumber(blob, 1);
  appendSshString(blob, publicKey_);
  appendSshString(blob, asBytes(nameSpace));
  appendSshString(blob, {});
  appendSshString(blob, asBytes("sha512"));
  appendSshString(blob, signature);

  const std::string base64 = toBase64(blob);
  std::string text = "-----BEGIN SSH SIGNATURE-----\n";
  for (std::size_t at = 0; at < base64.size(); at += kLineOfArmour) text += base64.substr(at, kLineOfArmour) + "\n";
  return text + "-----END SSH SIGNATURE-----\n";
}

Bytes sshSignedBytes(std::string_view nameSpace, std::string_view digestName, BytesView digest) {
  const BytesView magic = asBytes("SSHSIG");
  Bytes out(magic.begin(), magic.end());
  appendSshString(out, asBytes(nameSpace));
  appendSshString(out, {});
  appendSshString(out, asBytes(digestName));
  appendSshString(out, digest);
  return out;
}

}  // namespace sluis::crypto
