#include "account/password.h"

#include <argon2.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include <fmt/format.h>

#include "account/columns.h"
#include "base/file.h"
#include "base/guarded.h"
#include "crypto/random.h"

namespace sluis::account {

namespace {

constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kKibibytes = 19456;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSalt = 16;
constexpr std::size_t kHash = 32;
constexpr std::size_t kFewest = 12;
constexpr std::size_t kMostBytes = 256;
// So much must be left of a password when the account's own names are taken out.
constexpr std::size_t kLeftBesideNames = 8;

std::string lower(std::string_view text) {
  return normalUser(text);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view withoutTail(std::string_view text) {
  while (!text.empty() && !isLetter(text.back())) text.remove_suffix(1);
  return text;
}

// "abcabcabcabc" -> "abc"; the whole when nothing repeats. The last time may be cut short.
std::string_view repeatedPart(std::string_view text) {
  for (std::size_t length = 1; length <= text.size() / 2; ++length)
    if (text.substr(length) == text.substr(0, text.size() - length)) return text.substr(0, length);
  return text;
}

// Each character follows the one before, in the alphabet, in the digits or on the keyboard, up or down.
bool isRun(std::string_view text) {
  constexpr std::array<std::string_view, 5> kRows = {"012345678901234567890", "abcdefghijklmnopqrstuvwxyz",
                                                     "qwertyuiopasdfghjklzxcvbnm", "1234567890-=", "azertyuiop"};
  for (const std::string_view row : kRows) {
    const std::string back(row.rbegin(), row.rend());
    if (row.find(text) != std::string_view::npos || back.find(text) != std::string::npos) return true;
  }
  return false;
}

std::vector<std::string> namesOf(const Account& account) {
  std::vector<std::string> names;
  std::string word;
  const auto take = [&] {
    if (characters(word) >= 3) names.push_back(word);
    word.clear();
  };
  const std::string all = lower(fmt::format("{} {} {}", account.user, account.name, account.subject));
  for (const char c : all)
    if (isLetter(c) || (c >= '0' && c <= '9'))
      word += c;
    else
      take();
  take();
  std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return names;
}

struct Slots {
  int free = 0;
};

}  // namespace

struct Passwords::Parts {
  std::unordered_set<std::string> common;
  Guarded<Slots> slots;
  std::string decoy;

  bool isCommon(std::string_view password) const {
    const std::string text = lower(password);
    const auto has = [&](std::string_view word) { return common.count(std::string(word)) != 0; };
    const std::string_view once = repeatedPart(text);
    const std::string_view word = withoutTail(text);
    return has(text) || has(word) || has(repeatedPart(word)) || has(once) || once.size() <= 4 || isRun(text) ||
           (word.size() >= 4 && isRun(word));
  }

  // Runs `work` while one of the places is taken: each hash takes 19 MiB.
  template <typename Work>
  auto inTurn(Work&& work) {
    struct Turn {
      explicit Turn(Guarded<Slots>& given) : slots(given) {
        slots.when([](const Slots& each) { return each.free > 0; }, [](Slots& each) { --each.free; });
      }
      ~Turn() {
        slots.with([](Slots& each) { ++each.free; });
      }
      Turn(const Turn&) = delete;
      Turn& operator=(const Turn&) = delete;
      Guarded<Slots>& slots;
    };
    const Turn turn(slots);
    return work();
  }
};

Passwords::Passwords(const std::filesystem::path& common, int atOnce) : parts_(std::make_unique<Parts>()) {
  const std::string list = readFile(common);
  std::size_t from = 0;
  while (from < list.size()) {
    const std::size_t end = std::min(list.find('\n', from), list.size());
    const std::string word = lower(std::string_view(list).substr(from, end - from));
    if (!word.empty() && word.front() != '#') parts_->common.insert(word);
    from = end + 1;
  }
  if (parts_->common.empty())
    throw Error(ErrorKind::config, fmt::format("{} holds no password", common.string()),
                "take the list that came with Sluis");
  parts_->slots.with([&](Slots& slots) { slots.free = std::max(atOnce, 1); });
  parts_->decoy = hash(toBase64(crypto::randomSecret(32).reveal()));
}

Passwords::~Passwords() = default;

std::optional<std::string> Passwords::refusal(std::string_view password, const Account& account) const {
  if (characters(password) < kFewest) return "password.too-short";
  if (password.size() > kMostBytes) return "password.too-long";
  if (parts_->isCommon(password)) return "password.common";
  std::string rest = lower(password);
  for (const std::string& name : namesOf(account))
    for (auto at = rest.find(name); at != std::string::npos; at = rest.find(name, at)) rest.erase(at, name.size());
  const bool hadNames = rest.size() < password.size();
  const bool littleLeft = hadNames && characters(rest) < kLeftBesideNames;
  wipe(std::as_writable_bytes(std::span(rest)));
  if (littleLeft) return "password.own-name";
  return std::nullopt;
}

std::string Passwords::hash(std::string_view password) const {
  std::array<std::byte, kSalt> salt{};
  crypto::fillRandom(salt);
  std::string encoded(argon2_encodedlen(kPasses, kKibibytes, kLanes, kSalt, kHash, Argon2_id), '\0');
  const int code = parts_->inTurn([&] {
    return argon2id_hash_encoded(kPasses, kKibibytes, kLanes, password.data(), password.size(), salt.data(),
                                 salt.size(), kHash, encoded.data(), encoded.size());
  });
  if (code != ARGON2_OK)
    throw Error(ErrorKind::system, fmt::format("cannot hash a password: {}", argon2_error_message(code)));
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool Passwords::fits(std::string_view password, const std::optional<std::string>& hash) const {
  // Nobody has a longer one; the work is done all the same.
  const bool tooLong = password.size() > kMostBytes;
  const std::string& against = hash ? *hash : parts_->decoy;
  const int code = parts_->inTurn(
      [&] { return argon2id_verify(against.c_str(), password.data(), std::min(password.size(), kMostBytes)); });
  if (code == ARGON2_MEMORY_ALLOCATION_ERROR)
    throw Error(ErrorKind::system, "there is no memory to check a password in");
  return code == ARGON2_OK && hash.has_value() && !tooLong;
}

void setPassword(postgres::Transaction& transaction, std::int64_t account, std::string_view hash, Instant) {
  const auto changed = transaction.exec(
      "UPDATE portal.account SET password_hash = $2, state = 'active' WHERE id = $1 AND state <> 'disabled'", account,
      hash);
  if (changed.affected() == 0) throw Error(ErrorKind::usage, "this account cannot be used now", "ask the helpdesk");
}

std::optional<std::string> passwordHashOf(postgres::Connection& connection, std::string_view user) {
  if (!canBeUser(normalUser(user))) return std::nullopt;
  const auto row =
      connection
          .exec("SELECT password_hash FROM portal.account WHERE \"user\" = $1 AND state = 'active'", normalUser(user))
          .first();
  return row ? row->maybe<std::string>("password_hash") : std::nullopt;
}

}  // namespace sluis::account
