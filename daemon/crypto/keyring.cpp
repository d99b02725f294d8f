#include "crypto/keyring.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "crypto/random.h"

namespace sluis::crypto {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSuffix = ".key";
constexpr std::string_view kCredentialPrefix = "keys_";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kLongestName = 32;
constexpr std::uint16_t kLastVersion = 9999;

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

bool isKeyName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && isLetter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return isLetter(c) || isDigit(c) || c == '-'; });
}

struct Named {
  std::string name;
  std::uint16_t version;
};

// "<name>.<version>.key", the version without leading zeros.
std::optional<Named> parseFileName(std::string_view file) {
  if (!file.ends_with(kSuffix)) return std::nullopt;
  file.remove_suffix(kSuffix.size());
  const std::size_t dot = file.find('.');
  if (dot == std::string_view::npos || !isKeyName(file.substr(0, dot))) return std::nullopt;
  const std::string_view digits = file.substr(dot + 1);
  std::uint16_t version = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (problem != std::errc() || end != digits.data() + digits.size() || digits.front() == '0' || version > kLastVersion)
    return std::nullopt;
  return Named{std::string(file.substr(0, dot)), version};
}

Secret readKey(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) throwErrno(fmt::format("cannot look at the key {}", file.string()));
  if ((status.st_mode & (S_IRWXO | S_IWGRP)) != 0)
    throw Error(ErrorKind::config, fmt::format("the key {} can be read or changed by others", file.string()),
                fmt::format("chmod 0600 {}; if others may have read it, it is a breach to be reported", file.string()));
  std::string text = readFile(file, 4096);
  std::optional<Bytes> bytes =
      text.ends_with('\n') ? fromHex(std::string_view(text).substr(0, text.size() - 1)) : std::nullopt;
  wipe(std::as_writable_bytes(std::span(text)));
  if (!bytes || bytes->size() != kKeyBytes) {
    if (bytes) wipe(*bytes);
    throw Error(ErrorKind::config, fmt::format("{} is not a key", file.string()),
                "a key file is 64 hex digits and a newline; put back the copy you keep of it");
  }
  Secret secret{BytesView(*bytes)};
  wipe(*bytes);
  return secret;
}

}  // namespace

Keyring Keyring::load(const fs::path& folder, std::string_view prefix) {
  Keyring ring;
  ring.folder_ = folder;
  ring.prefix_ = prefix;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string file = at->path().filename().string();
    if (!file.starts_with(prefix)) continue;
    const std::string_view rest = std::string_view(file).substr(prefix.size());
    // Unfinished writes of create() begin with a dot; what does not end in .key was not meant as one.
    if (rest.starts_with('.') || !rest.ends_with(kSuffix)) continue;
    const std::optional<Named> named = parseFileName(rest);
    if (!named)
      throw Error(ErrorKind::config,
                  fmt::format("the key file {} is not named <name>.<version>.key", at->path().string()),
                  "rename it, for example pseudonym.1.key");
    ring.keys_[named->name].emplace(named->version, Key{named->name, named->version, readKey(at->path())});
  }
  if (failed)
    throw Error(ErrorKind::config, fmt::format("cannot read the key folder {}: {}", folder.string(), failed.message()));
  return ring;
}

Keyring Keyring::loadCredentialsOr(const fs::path& folder) {
  if (const char* credentials = std::getenv("CREDENTIALS_DIRECTORY"); credentials != nullptr && *credentials != '\0') {
    Keyring ring = load(credentials, kCredentialPrefix);
    if (!ring.keys_.empty()) return ring;
  }
  return load(folder);
}

const Key* Keyring::find(std::string_view name, std::uint16_t version) const {
  const auto versions = keys_.find(name);
  if (versions == keys_.end()) return nullptr;
  const auto key = versions->second.find(version);
  return key == versions->second.end() ? nullptr : &key->second;
}

const Key* Keyring::latest(std::string_view name) const {
  const auto versions = keys_.find(name);
  return versions == keys_.end() ? nullptr : &versions->second.rbegin()->second;
}

std::vector<const Key*> Keyring::list() const {
  std::vector<const Key*> all;
  for (const auto& [name, versions] : keys_)
    for (const auto& [version, key] : versions) all.push_back(&key);
  return all;
}

const Key& Keyring::create(std::string_view name) {
  if (!isKeyName(name))
    throw Error(ErrorKind::usage, "that is no name for a key", "letters, digits and '-', beginning with a letter");
  if (!prefix_.empty())
    throw Error(ErrorKind::usage, "these keys are credentials of a service and cannot be added to from inside it",
                "run sluis key new as the administrator, then restart the service");
  const Key* last = latest(name);
  if (last != nullptr && last->version >= kLastVersion) throw Error(ErrorKind::usage, "that key has too many versions");
  const auto version = static_cast<std::uint16_t>(last == nullptr ? 1 : last->version + 1);
  const std::string file = fmt::format("{}.{}{}", name, version, kSuffix);
  Secret secret = randomSecret(kKeyBytes);
  std::string text = toHex(secret.reveal());
  text += '\n';
  // In two steps because a key is never replaced, not even by another administrator at the same moment.
  const fs::path fresh = folder_ / fmt::format(".{}.{}.new", file, ::getpid());
  try {
    writeFileDurably(fresh, text, 0600);
    wipe(std::as_writable_bytes(std::span(text)));
    renameDurably(fresh, folder_ / file);
  } catch (...) {
    wipe(std::as_writable_bytes(std::span(text)));
    ::unlink(fresh.c_str());
    throw;
  }
  return keys_[std::string(name)].emplace(version, Key{std::string(name), version, std::move(secret)}).first->second;
}

fs::path Keyring::retire(std::string_view name, std::uint16_t version) {
  if (!prefix_.empty())
    throw Error(ErrorKind::usage, "these keys are credentials of a service and cannot be retired from inside it");
  const auto versions = keys_.find(name);
  if (versions == keys_.end() || versions->second.erase(version) == 0)
    throw Error(ErrorKind::usage, fmt::format("there is no version {} of the key {}", version, name), "sluis key list");
  const std::string stem = fmt::format("{}.{}", name, version);
  fs::path retired = folder_ / (stem + ".retired");
  renameDurably(folder_ / (stem + std::string(kSuffix)), retired);
  if (versions->second.empty()) keys_.erase(versions);
  return retired;
}

std::string Keyring::domainName(std::uint16_t municipality) {
  return fmt::format("domain-GM{:04}", municipality);
}

}  // namespace sluis::crypto
