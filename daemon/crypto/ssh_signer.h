// Signs with an Ed25519 key as `ssh-keygen -Y sign` does (PROTOCOL.sshsig of OpenSSH): what the portal signs uploads
// with.
//
// The key is an OpenSSH private key file without a passphrase; other key types, encrypted keys and whatever is not
// whole are Error (config) naming the file, never a byte of it. The seed is kept as a Secret and never leaves here.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/secret.h"

namespace sluis::crypto {

class SshSigner {
 public:
  static SshSigner load(const std::filesystem::path& privateKey);
  /// The text of such a file; Error (config) beginning with `name`.
  static SshSigner parse(std::string_view text, std::string_view name);

  /// RFC 4253 §6.6, as it is registered.
  const Bytes& publicKey() const { return publicKey_; }
  std::string fingerprint() const;

  /// A signature file (armoured) over the bytes with this SHA-512, in that namespace: what stock `ssh-keygen -Y verify`
  /// takes.
  std::string sign(std::string_view nameSpace, BytesView sha512) const;

 private:
  SshSigner(Secret seed, Bytes publicKey) : seed_(std::move(seed)), publicKey_(std::move(publicKey)) {}

  Secret seed_;
  Bytes publicKey_;
};

/// What an SSH signature is really over: the digest wrapped in its namespace, never the digest alone.
Bytes sshSignedBytes(std::string_view nameSpace, std::string_view digestName, BytesView digest);

}  // namespace sluis::crypto
