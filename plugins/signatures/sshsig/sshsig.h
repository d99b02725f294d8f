// SSH signatures as `ssh-keygen -Y sign` makes them (PROTOCOL.sshsig of OpenSSH), taken apart for verify/.
//
// Strict: one armoured block and nothing beside it but white space at the end, version 1, no bytes left over anywhere.
// At most kLongestFile bytes. Decides nothing, throws nothing: bytes that are no such signature give nullopt.
#pragma once

#include <optional>

#include "plugin/signature.h"

namespace sluis::sshsig {

inline constexpr std::size_t kLongestFile = 32 << 10;

class SshsigParser final : public plugin::SignatureParser {
 public:
  std::optional<plugin::SignatureFacts> parse(std::span<const std::byte> signatureFile) noexcept override;
};

}  // namespace sluis::sshsig
