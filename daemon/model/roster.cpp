#include "model/roster.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

namespace sluis {

namespace {

constexpr std::string_view kVersionLine = "sluis-roster 1";
constexpr std::size_t kMaxKeyLength = 16384;
constexpr std::size_t kMaxKeys = 64;

bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isProviderOf(std::string_view provider, std::string_view user) {
  return std::equal(provider.begin(), provider.end(), user.begin(), user.end(),
                    [](char a, char b) { return lower(a) == b; });
}

bool isBase64(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return isLower(lower(c)) || isDigit(c) || c == '+' || c == '/' || c == '=';
  });
}

// The gate's SSH library decides whether a key is usable; here only that it cannot be mistaken for something else.
bool isLoginKey(std::string_view key) {
  if (key.size() > kMaxKeyLength) return false;
  if (std::any_of(key.begin(), key.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return false;
  const auto space = key.find(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view type = key.substr(0, space);
  if (!type.starts_with("ssh-") && !type.starts_with("ecdsa-") && !type.starts_with("sk-")) return false;
  if (type.find_first_of("=,\"") != std::string_view::npos) return false;
  const std::string_view rest = key.substr(space + 1);
  return isBase64(rest.substr(0, rest.find(' ')));
}

std::optional<std::uint64_t> toNumber(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

/// Takes the file line by line, each of which must be "<key> <value>".
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> next() {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    ++number_;
    return line;
  }
  std::optional<std::string_view> value(std::string_view key) {
    const auto line = next();
    if (!line || !line->starts_with(key) || line->size() <= key.size() + 1 || (*line)[key.size()] != ' ')
      return std::nullopt;
    return line->substr(key.size() + 1);
  }
  bool atEnd() const { return rest_.empty(); }
  auto wrong(std::string_view what) const { return failure(fmt::format("line {}: {}", number_, what)); }

 private:
  std::string_view rest_;
  int number_ = 0;
};

}  // namespace

bool isRosterUser(std::string_view user) {
  return !user.empty() && user.size() <= 32 && isLower(user.front()) &&
         std::all_of(user.begin(), user.end(), [](char c) { return isLower(c) || isDigit(c) || c == '-' || c == '_'; });
}

std::string rosterFileName(std::string_view user) {
  return fmt::format("{}.roster", user);
}

std::string encodeRoster(const RosterEntry& entry) {
  std::string text =
      fmt::format("{}\nprovider {}\nuser {}\nsuspended {}\nmax-file-bytes {}\nquota-bytes {}\n", kVersionLine,
                  entry.provider, entry.user, entry.suspended ? "yes" : "no", entry.maxFileBytes, entry.quotaBytes);
  for (const std::string& key : entry.loginKeys) text += fmt::format("key {}\n", key);
  text += "end\n";
  const auto readBack = parseRoster(text);
  if (!readBack) throw std::logic_error(fmt::format("a roster entry that cannot be: {}", readBack.error()));
  if (*readBack != entry) throw std::logic_error("a roster entry that does not read back");
  return text;
}

Result<RosterEntry, std::string> parseRoster(std::string_view text) {
  Lines lines(text);
  RosterEntry entry;

  const auto version = lines.next();
  if (!version || *version != kVersionLine) return lines.wrong("not a roster of version 1");

  const auto provider = lines.value("provider");
  if (!provider) return lines.wrong("expected \"provider <code>\"");
  const auto user = lines.value("user");
  if (!user || !isRosterUser(*user)) return lines.wrong("expected \"user <login name>\"");
  if (!isProviderOf(*provider, *user)) return lines.wrong("the user is not the provider's code in lower case");
  entry.provider = *provider;
  entry.user = *user;

  const auto suspended = lines.value("suspended");
  if (!suspended || (*suspended != "yes" && *suspended != "no")) return lines.wrong("expected \"suspended yes|no\"");
  entry.suspended = *suspended == "yes";

  const auto maxFile = lines.value("max-file-bytes");
  const auto maxFileBytes = maxFile ? toNumber(*maxFile) : std::nullopt;
  if (!maxFileBytes) return lines.wrong("expected \"max-file-bytes <number>\"");
  entry.maxFileBytes = *maxFileBytes;
  const auto quota = lines.value("quota-bytes");
  const auto quotaBytes = quota ? toNumber(*quota) : std::nullopt;
  if (!quotaBytes) return lines.wrong("expected \"quota-bytes <number>\"");
  entry.quotaBytes = *quotaBytes;

  // "end" tells a whole file from one whose tail was lost: a missing key line would otherwise go unnoticed.
  for (;;) {
    const auto line = lines.next();
    if (!line) return lines.wrong("the file ends before \"end\"");
    if (*line == "end") break;
    if (!line->starts_with("key ") || !isLoginKey(line->substr(4))) return lines.wrong("expected \"key <public key>\"");
    if (entry.loginKeys.size() == kMaxKeys) return lines.wrong("too many keys");
    entry.loginKeys.emplace_back(line->substr(4));
  }
  if (!lines.atEnd()) return lines.wrong("something follows \"end\"");
  return entry;
}

}  // namespace sluis
