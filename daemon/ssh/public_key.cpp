#include "ssh/public_key.h"

#include <libssh/libssh.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "ssh/algorithms.h"

namespace sluis::ssh {

namespace {

// libssh enforces its smallest RSA size on signatures only; a short key is better refused when it is read.
bool isLongEnough(std::string_view blob64) {
  const auto blob = fromBase64(blob64);
  if (!blob) return false;
  // string "ssh-rsa", mpint e, mpint n: n is what follows the second length-prefixed field.
  std::size_t at = 0;
  std::size_t length = 0;
  for (int field = 0; field < 3; ++field) {
    at += length;
    if (blob->size() - at < 4) return false;
    length = 0;
    for (int i = 0; i < 4; ++i) length = (length << 8) | std::to_integer<std::size_t>((*blob)[at + i]);
    at += 4;
    if (blob->size() - at < length) return false;
  }
  while (length > 0 && (*blob)[at] == std::byte{0}) ++at, --length;
  if (length == 0) return false;
  int topBits = 0;
  for (auto top = std::to_integer<unsigned>((*blob)[at]); top != 0; top >>= 1) ++topBits;
  return static_cast<int>(length - 1) * 8 + topBits >= kSmallestRsaKey;
}

bool isKindLetIn(std::string_view type) {
  constexpr std::array kKinds{std::string_view("ssh-ed25519"),
                              std::string_view("sk-ssh-ed25519@openssh.com"),
                              std::string_view("ecdsa-sha2-nistp256"),
                              std::string_view("ecdsa-sha2-nistp384"),
                              std::string_view("ecdsa-sha2-nistp521"),
                              std::string_view("sk-ecdsa-sha2-nistp256@openssh.com"),
                              std::string_view("ssh-rsa")};
  return std::find(kKinds.begin(), kKinds.end(), type) != kKinds.end();
}

}  // namespace

void PublicKey::Free::operator()(ssh_key_struct* key) const noexcept {
  ssh_key_free(key);
}

std::optional<PublicKey> PublicKey::fromAuthorizedLine(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string type(line.substr(0, space));
  const std::string_view rest = line.substr(space + 1);
  const std::string blob(rest.substr(0, rest.find(' ')));
  if (!isKindLetIn(type)) return std::nullopt;
  if (type == "ssh-rsa" && !isLongEnough(blob)) return std::nullopt;
  ssh_key key = nullptr;
  const auto kind = ssh_key_type_from_name(type.c_str());
  if (ssh_pki_import_pubkey_base64(blob.c_str(), kind, &key) != SSH_OK) return std::nullopt;
  PublicKey made(key);
  // The base64 carries its own type; a line that names another is not what was registered.
  if (ssh_key_type(key) != kind) return std::nullopt;
  return made;
}

std::optional<PublicKey> PublicKey::copyOf(ssh_key_struct* key) {
  ssh_key copy = ssh_key_dup(key);
  if (copy == nullptr) return std::nullopt;
  return PublicKey(copy);
}

bool PublicKey::sameAs(const PublicKey& other) const {
  return ssh_key_type(key_.get()) == ssh_key_type(other.key_.get()) &&
         ssh_key_cmp(key_.get(), other.key_.get(), SSH_KEY_CMP_PUBLIC) == 0;
}

std::string PublicKey::fingerprint() const {
  unsigned char* hash = nullptr;
  std::size_t length = 0;
  if (ssh_get_publickey_hash(key_.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != 0) return "(no fingerprint)";
  char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
  std::string result(text != nullptr ? text : "(no fingerprint)");
  ssh_string_free_char(text);
  ssh_clean_pubkey_hash(&hash);
  return result;
}

}  // namespace sluis::ssh
