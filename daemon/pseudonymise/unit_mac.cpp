#include "pseudonymise/unit_mac.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace sluis::pseudonymise {

namespace {

using crypto::Key;
using crypto::Keyring;

// Part of what a key is, as is the order of the message's bytes: changing either draws all noise anew. Label and
// message together fit one block of SHA-256.
constexpr std::string_view kLabel = "sluis/unit-keys:";
constexpr std::size_t kDomain = 0;
constexpr std::size_t kIdentity = 2;
constexpr std::size_t kStart = 18;
constexpr std::size_t kForm = 22;
constexpr std::size_t kMessage = 23;

const Key& cellKey(const Keyring& keys) {
  const Key* key = keys.find(Keyring::kCell, 1);
  if (key == nullptr)
    throw Error(ErrorKind::config, "there is no key \"cell\", by which the noise of the figures is drawn",
                "put back the copy you keep of cell.1.key; only where there never was one: sluis key new cell");
  return *key;
}

template <typename T>
void putBigEndian(unsigned char* out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out[i] = static_cast<unsigned char>(value >> (8 * (sizeof(T) - 1 - i)));
}

// Never 0, which stands for "no such unit".
std::uint32_t word(const std::array<std::byte, 32>& mac, std::size_t which) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(mac[which * 4 + i]);
  return std::max<std::uint32_t>(value, 1);
}

}  // namespace

UnitMac::UnitMac(const Keyring& keys) : mac_(cellKey(keys).secret, kLabel) {}

UnitKeys UnitMac::keysOf(const PseudonymousTrajectory& record) const {
  std::array<unsigned char, kMessage> message;
  putBigEndian(message.data() + kDomain, record.municipality);
  std::memcpy(message.data() + kIdentity, record.pseudonym.data(), record.pseudonym.size());
  putBigEndian(message.data() + kStart, static_cast<std::uint32_t>(record.start));
  message[kForm] = record.form;
  std::array<std::byte, 32> mac;
  mac_.compute({reinterpret_cast<const char*>(message.data()), message.size()}, mac);
  UnitKeys keys{.trajectory = word(mac, 0)};
  for (const Measurement& measurement : record.measurements) {
    if (measurement.informant == 'J') keys.youth = word(mac, 1);
    if (measurement.informant == 'O') keys.parent = word(mac, 2);
  }
  wipe(std::as_writable_bytes(std::span(message)));
  wipe(mac);
  return keys;
}

}  // namespace sluis::pseudonymise
