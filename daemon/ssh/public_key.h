// A public key as a provider registers it, and as a client offers it; can only be compared.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ssh_key_struct;

namespace sluis::ssh {

class PublicKey {
 public:
  /// From "ssh-ed25519 AAAA… comment". nullopt when it is not a key, or one of a kind or size that is not let in.
  static std::optional<PublicKey> fromAuthorizedLine(std::string_view line);

  /// Same kind, same key; a certificate is never the same as a plain key.
  bool sameAs(const PublicKey& other) const;
  /// "SHA256:…" as ssh-keygen -l prints it; fit for a log.
  std::string fingerprint() const;

  /// Copies what libssh holds; for this room only. nullopt when it cannot be copied.
  static std::optional<PublicKey> copyOf(ssh_key_struct* key);

 private:
  struct Free {
    void operator()(ssh_key_struct* key) const noexcept;
  };
  explicit PublicKey(ssh_key_struct* key) : key_(key) {}

  std::unique_ptr<ssh_key_struct, Free> key_;
};

}  // namespace sluis::ssh
