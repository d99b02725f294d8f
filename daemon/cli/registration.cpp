#include "cli/registration.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "config/registration_file.h"
#include "crypto/certificate.h"
#include "crypto/ssh_key.h"

namespace sluis::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLargestKeyFile = 64 << 10;

std::string readKeyFile(const fs::path& file) {
  std::string text = readFile(file, kLargestKeyFile);
  if (text.find("PRIVATE KEY") != std::string::npos)
    throw Error(ErrorKind::usage, fmt::format("{} is a private key", file.string()),
                "it must never leave its owner; ask for the .pub file or the certificate");
  return text;
}

std::string_view firstLine(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string canonicalCode(const std::string& text) {
  return office::canonicalCode(text);
}

registry::LoginKey readLoginKey(const std::string& provider, const fs::path& file) {
  const std::string text = readKeyFile(file);
  const auto key = crypto::parseSshKeyLine(firstLine(text));
  if (!key) throw Error(ErrorKind::usage, fmt::format("{}: {}", file.string(), key.error()));
  registry::LoginKey login;
  login.provider = provider;
  login.publicKey = fmt::format("{} {}", key->type, toBase64(key->blob));
  login.fingerprint = key->fingerprint;
  login.comment = key->comment;
  return login;
}

registry::Signer readSigner(const std::string& provider, const fs::path& file) {
  const std::string text = readKeyFile(file);
  registry::Signer signer;
  signer.provider = provider;
  if (const auto key = crypto::parseSshKeyLine(firstLine(text))) {
    signer.kind = registry::SignerKind::ssh;
    signer.publicKey = key->blob;
    signer.fingerprint = key->fingerprint;
    signer.label = key->comment;
    return signer;
  }
  const auto certificate = crypto::Certificate::parse(asBytes(text));
  if (!certificate)
    throw Error(ErrorKind::usage, fmt::format("{} is neither an OpenSSH public key nor a certificate: {}",
                                              file.string(), certificate.error()));
  if (certificate->key.isTooWeak())
    throw Error(ErrorKind::usage,
                fmt::format("{}: an RSA key of {} bits is too weak", file.string(), certificate->key.bits()),
                fmt::format("at least {}", crypto::kLeastRsaBits));
  signer.kind = registry::SignerKind::cms;
  signer.publicKey = certificate->der;
  signer.fingerprint = certificate->fingerprintText();
  signer.label = certificate->subject;
  signer.validFrom = certificate->notBefore;
  signer.validUntil = certificate->notAfter;
  return signer;
}

Registration readRegistration(const fs::path& yaml, const registry::Provider& defaults) {
  const config::RegistrationFile file = config::loadRegistration(yaml);
  Registration registration{.provider = defaults, .loginKeys = file.sshKeys, .signers = file.signers};
  registration.provider.code = canonicalCode(file.code);
  registration.provider.name = file.name;
  registration.provider.mails = file.mails;
  if (file.maxFileBytes) registration.provider.maxFileBytes = *file.maxFileBytes;
  if (file.quotaBytes) registration.provider.quotaBytes = *file.quotaBytes;
  if (file.openPeriods) registration.provider.openPeriods = *file.openPeriods;
  if (file.maxDeletedShare) registration.provider.maxDeletedShare = *file.maxDeletedShare;
  if (file.maxRejectedRecords) registration.provider.maxRejectedRecords = *file.maxRejectedRecords;
  return registration;
}

office::NewProvider readKeys(const Registration& registration) {
  office::NewProvider wanted;
  wanted.provider = registration.provider;
  const std::string& code = registration.provider.code;
  for (const auto& file : registration.loginKeys) wanted.loginKeys.push_back(readLoginKey(code, file));
  for (const auto& file : registration.signers) wanted.signers.push_back(readSigner(code, file));
  return wanted;
}

}  // namespace sluis::cli
