// SSH public keys as people hand them over: a line of a .pub or authorized_keys file.
//
// Never a private key. What is wrong with a line comes back as a Dutch sentence for who registers it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/result.h"

namespace sluis::crypto {

struct SshKeyLine {
  std::string type;         ///< "ssh-ed25519"; the same as inside the blob
  Bytes blob;               ///< RFC 4253 §6.6
  std::string comment;      ///< may be empty
  std::string fingerprint;  ///< as `ssh-keygen -l` shows it
  int bits = 0;
};

/// "ssh-ed25519 AAAA… [comment]". Options before the type, key types we do not take, and RSA below kLeastRsaBits are
/// refused.
Result<SshKeyLine, std::string> parseSshKeyLine(std::string_view line);

/// "SHA256:…", the base64 without padding, as `ssh-keygen -l` shows it.
std::string sshFingerprint(BytesView blob);

/// Walks the fields of RFC 4251 §5 with bounds; false or an empty view where the bytes end too early.
class SshFields {
 public:
  explicit SshFields(BytesView bytes) : rest_(bytes) {}
  bool number(std::uint32_t& value);
  bool string(BytesView& value);
  BytesView rest() const { return rest_; }

 private:
  BytesView rest_;
};

/// Appends one field of RFC 4251 §5: length, then the bytes.
void appendSshString(Bytes& out, BytesView value);
void appendSshNumber(Bytes& out, std::uint32_t value);

}  // namespace sluis::crypto
