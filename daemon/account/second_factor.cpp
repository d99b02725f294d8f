#include "account/second_factor.h"

#include <liboath/oath.h>

#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "account/columns.h"
#include "base/file.h"
#include "base/secret.h"
#include "crypto/mac.h"
#include "crypto/random.h"
#include "crypto/seal.h"

namespace sluis::account {

namespace {

constexpr std::size_t kSecret = 20;  // RFC 4226 §4 R6
constexpr unsigned kDigits = 6;
constexpr std::int64_t kStep = 30;
constexpr std::int64_t kSlack = 1;
constexpr int kCodes = 10;
constexpr std::size_t kCodeLetters = 10;
// 32 that are not taken for one another when they are read out or written down.
constexpr std::string_view kAlphabet = "abcdefghjkmnpqrstuvwxyz023456789";
static_assert(kAlphabet.size() == 32);

void startOath() {
  static const int code = ::oath_init();
  if (code != OATH_OK) throw Error(ErrorKind::crypto, fmt::format("liboath: {}", ::oath_strerror(code)));
}

std::string boundTo(std::int64_t account) {
  return fmt::format("sluis totp of account {}", account);
}
std::string boundToSession(std::int64_t session) {
  return fmt::format("sluis totp of session {}", session);
}

std::string toBase32(BytesView bytes) {
  char* text = nullptr;
  std::size_t length = 0;
  if (::oath_base32_encode(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &text, &length) != OATH_OK)
    throw Error(ErrorKind::crypto, "cannot write a secret in base32");
  std::string made(text, length);
  wipe(std::as_writable_bytes(std::span(text, length)));
  std::free(text);
  while (!made.empty() && made.back() == '=') made.pop_back();
  return made;
}

Secret fromBase32(std::string_view text) {
  char* bytes = nullptr;
  std::size_t length = 0;
  if (::oath_base32_decode(text.data(), text.size(), &bytes, &length) != OATH_OK) return {};
  Secret secret(std::string_view(bytes, length));
  wipe(std::as_writable_bytes(std::span(bytes, length)));
  std::free(bytes);
  return secret;
}

// People write codes with blanks and hyphens, and in capitals.
std::string plain(std::string_view code) {
  std::string out;
  for (const char c : code)
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if (c != ' ' && c != '-' && c != '\t')
      out += c;
  return out;
}

std::string percent(std::string_view text) {
  std::string out;
  for (const char c : text)
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
        c == '_' || c == '~' || c == '@')
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

std::string newRecoveryCode() {
  std::array<std::byte, kCodeLetters> random{};
  crypto::fillRandom(random);
  std::string code;
  for (std::size_t i = 0; i < kCodeLetters; ++i) {
    if (i == 4 || i == 8) code += '-';
    code += kAlphabet[std::to_integer<std::size_t>(random[i]) % kAlphabet.size()];
  }
  wipe(random);
  return code;
}

}  // namespace

struct SecondFactor::Parts {
  Secret key;

  // 50 random bits are too few for a plain digest once the database is stolen: keyed, like the secrets are sealed.
  std::array<std::byte, 32> recoveryHash(std::int64_t account, std::string_view code) const {
    std::array<std::byte, 32> hash{};
    crypto::Mac(key, "sluis recovery code 1")
        .compute(fmt::format("{}:{}", account, plain(code)), std::span<std::byte, 32>(hash));
    return hash;
  }
};

SecondFactor::SecondFactor(const std::filesystem::path& sealKey) : parts_(std::make_unique<Parts>()) {
  startOath();
  std::string text = readFile(sealKey, 4096);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  auto bytes = fromHex(text);
  wipe(std::as_writable_bytes(std::span(text)));
  if (!bytes || bytes->size() != 32)
    throw Error(ErrorKind::config, fmt::format("{} is no key: 64 hex digits on one line are", sealKey.string()),
                "make one: openssl rand -hex 32");
  parts_->key = Secret(BytesView(*bytes));
  wipe(*bytes);
}

SecondFactor::~SecondFactor() = default;

std::string SecondFactor::newSecret() const {
  return toBase32(crypto::randomSecret(kSecret).reveal());
}

std::string SecondFactor::address(std::string_view secret, std::string_view user, std::string_view issuer) {
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits={}&period={}", percent(issuer),
                     percent(user), secret, percent(issuer), kDigits, kStep);
}

std::optional<std::int64_t> SecondFactor::stepOf(std::string_view secret, std::string_view code, Instant at) {
  startOath();
  const std::string given = plain(code);
  const Secret key = fromBase32(secret);
  if (given.size() != kDigits || key.empty()) return std::nullopt;
  const std::int64_t now = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count() / kStep;
  std::optional<std::int64_t> found;
  // All of them, whichever fits: the time tells nothing.
  for (std::int64_t step = now - kSlack; step <= now + kSlack; ++step) {
    std::array<char, kDigits + 1> right{};
    if (step < 0 ||
        ::oath_hotp_generate(key.revealText().data(), key.revealText().size(), static_cast<std::uint64_t>(step),
                             kDigits, false, OATH_HOTP_DYNAMIC_TRUNCATION, right.data()) != OATH_OK)
      continue;
    if (equalInConstantTime(asBytes(given), asBytes({right.data(), kDigits}))) found = step;
    wipe(std::as_writable_bytes(std::span(right)));
  }
  return found;
}

std::string SecondFactor::pendingSecret(postgres::Transaction& transaction, const Session& session) const {
  const auto row =
      transaction.exec("SELECT pending_sealed FROM portal.session WHERE id = $1 FOR UPDATE", session.id).first();
  if (!row) throw Error(ErrorKind::usage, "this session is over", "sign in again");
  if (const auto sealed = row->maybe<Bytes>("pending_sealed"))
    if (const auto opened = crypto::unseal(parts_->key, *sealed, boundToSession(session.id)))
      return std::string(opened->revealText());
  std::string secret = newSecret();
  transaction.exec("UPDATE portal.session SET pending_sealed = $2 WHERE id = $1", session.id,
                   crypto::seal(parts_->key, asBytes(secret), boundToSession(session.id)));
  return secret;
}

std::vector<std::string> SecondFactor::enrol(postgres::Transaction& transaction, std::int64_t account,
                                             std::string_view secret, std::int64_t step, Instant at) const {
  transaction.exec("UPDATE portal.account SET totp_sealed = $2, totp_step = $3 WHERE id = $1", account,
                   crypto::seal(parts_->key, asBytes(secret), boundTo(account)), step);
  transaction.exec("UPDATE portal.session SET pending_sealed = NULL WHERE account = $1", account);
  return newRecoveryCodes(transaction, account, at);
}

std::vector<std::string> SecondFactor::newRecoveryCodes(postgres::Transaction& transaction, std::int64_t account,
                                                        Instant) const {
  transaction.exec("DELETE FROM portal.recovery_code WHERE account = $1", account);
  std::vector<std::string> codes;
  while (codes.size() < kCodes) {
    codes.push_back(newRecoveryCode());
    transaction.exec("INSERT INTO portal.recovery_code (account, hash) VALUES ($1, $2)", account,
                     parts_->recoveryHash(account, codes.back()));
  }
  return codes;
}

bool SecondFactor::accept(postgres::Transaction& transaction, std::int64_t account, std::string_view code,
                          Instant at) const {
  // Locked: the same code in two requests at once is right in one of them.
  const auto row = transaction
                       .exec(
                           "SELECT totp_sealed, coalesce(totp_step, -1) AS totp_step FROM portal.account"
                           " WHERE id = $1 AND state = 'active' FOR UPDATE",
                           account)
                       .first();
  if (!row || row->isNull("totp_sealed")) return false;
  const auto secret = crypto::unseal(parts_->key, row->get<Bytes>("totp_sealed"), boundTo(account));
  if (!secret)
    throw Error(ErrorKind::crypto, fmt::format("the second factor of account {} does not open", account),
                "portal.seal_key is not the one it was made under; restore it, or reset the account");
  const auto step = stepOf(secret->revealText(), code, at);
  if (!step || *step <= row->integer("totp_step")) return false;
  transaction.exec("UPDATE portal.account SET totp_step = $2 WHERE id = $1", account, *step);
  return true;
}

bool SecondFactor::acceptRecovery(postgres::Transaction& transaction, std::int64_t account, std::string_view code,
                                  Instant) const {
  if (plain(code).size() != kCodeLetters) return false;
  return transaction
             .exec("DELETE FROM portal.recovery_code WHERE account = $1 AND hash = $2", account,
                   parts_->recoveryHash(account, code))
             .affected() > 0;
}

int SecondFactor::recoveryCodesLeft(postgres::Connection& connection, std::int64_t account) {
  return connection.exec("SELECT count(*) FROM portal.recovery_code WHERE account = $1", account)
      .only()
      .integer<int>(0);
}

Account SecondFactor::enrolled(postgres::Transaction& transaction, const NewAccount& account,
                               std::string_view passwordHash, std::string_view secret, Instant at) const {
  const Account added = add(transaction, account, at);
  transaction.exec("UPDATE portal.account SET password_hash = $2, state = 'active' WHERE id = $1", added.id,
                   passwordHash);
  if (!secret.empty())
    transaction.exec("UPDATE portal.account SET totp_sealed = $2 WHERE id = $1", added.id,
                     crypto::seal(parts_->key, asBytes(secret), boundTo(added.id)));
  return find(transaction.connection(), added.id).value();
}

}  // namespace sluis::account
