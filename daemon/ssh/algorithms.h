// What the gate speaks. libssh's own defaults are wider than they need be; these are lists for now, strongest first.
#pragma once

namespace sluis::ssh {

inline constexpr const char* kKeyExchanges =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384";
inline constexpr const char* kCiphers =
    "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr";
/// Encrypt-then-MAC only; the AEAD ciphers above bring their own.
inline constexpr const char* kMacs = "hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com";
inline constexpr const char* kHostKeys = "ssh-ed25519";
/// How a login may be signed. RSA with SHA-1 and DSA are not among them.
inline constexpr const char* kLoginSignatures =
    "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
    "sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256";
/// In bits.
inline constexpr int kSmallestRsaKey = 3072;

}  // namespace sluis::ssh
