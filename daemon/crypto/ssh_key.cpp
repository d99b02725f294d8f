#include "crypto/ssh_key.h"

#include <algorithm>

#include "crypto/digest.h"
#include "crypto/public_key.h"

namespace sluis::crypto {

namespace {

constexpr std::size_t kLongestLine = 16 << 10;

std::string_view takeWord(std::string_view& text) {
  constexpr std::string_view kBlank = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kBlank));
  text.remove_prefix(word.size());
  return word;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

}  // namespace

bool SshFields::number(std::uint32_t& value) {
  if (rest_.size() < 4) return false;
  value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(rest_[i]);
  rest_ = rest_.subspan(4);
  return true;
}

bool SshFields::string(BytesView& value) {
  const BytesView before = rest_;
  std::uint32_t size = 0;
  if (!number(size) || size > rest_.size()) {
    rest_ = before;
    return false;
  }
  value = rest_.first(size);
  rest_ = rest_.subspan(size);
  return true;
}

void appendSshNumber(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(std::byte(value >> shift));
}

void appendSshString(Bytes& out, BytesView value) {
  appendSshNumber(out, static_cast<std::uint32_t>(value.size()));
  out.insert(out.end(), value.begin(), value.end());
}

std::string sshFingerprint(BytesView blob) {
  std::string text = toBase64(sha256(blob));
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}

Result<SshKeyLine, std::string> parseSshKeyLine(std::string_view line) {
  using namespace std::string_literals;
  if (line.size() > kLongestLine) return failure("De regel is te lang voor een publieke sleutel."s);
  if (line.find("PRIVATE KEY") != std::string_view::npos)
    return failure("Dit is een geheime sleutel. Geef het .pub-bestand, en vervang deze sleutel als hij gedeeld is."s);
  SshKeyLine key;
  std::string_view rest = trimmed(line);
  if (rest.find('\n') != std::string_view::npos) return failure("Geef precies een publieke sleutel, op een regel."s);
  key.type = takeWord(rest);
  const std::optional<Bytes> blob = fromBase64(takeWord(rest));
  key.comment = trimmed(rest);
  if (key.type.empty() || !blob || blob->empty())
    return failure("Dit is geen publieke SSH-sleutel; verwacht wordt: ssh-ed25519 AAAA… naam."s);
  BytesView inside;
  if (!SshFields(*blob).string(inside) || asText(inside) != key.type)
    return failure("De sleutelsoort voor aan de regel past niet bij de sleutel zelf."s);
  const Result<PublicKey, std::string> parsed = PublicKey::fromSshBlob(*blob);
  if (!parsed) return failure(parsed.error());
  if (parsed->isTooWeak())
    return failure("Deze RSA-sleutel is te kort; neem ssh-ed25519, of RSA vanaf " + std::to_string(kLeastRsaBits) +
                   " bits.");
  key.bits = parsed->bits();
  key.fingerprint = sshFingerprint(*blob);
  key.blob = *blob;
  return key;
}

}  // namespace sluis::crypto
