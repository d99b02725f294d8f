#include "cli/sandbox_provider.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "audit/audit.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/process.h"
#include "cli/registration.h"
#include "cli/session.h"
#include "office/agreements.h"
#include "office/signers.h"
#include "registry/registry.h"

namespace sluis::cli {

namespace fs = std::filesystem;

void makeSshKey(const fs::path& file, const std::string& comment) {
  const fs::path publicFile = file.string() + ".pub";
  if (fs::exists(file) && fs::exists(publicFile)) return;
  fs::remove(file);
  fs::remove(publicFile);
  mustRun({.words = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file.string()}});
}

SandboxProvider::SandboxProvider(const fs::path& folder, int number)
    : code_(fmt::format("P{:04}", number)),
      user_(fmt::format("p{:04}", number)),
      mail_(fmt::format("{}@aanbieder.example", user_)),
      folder_(folder / user_) {}

namespace {

constexpr std::string_view kUploads = "P0001";

}  // namespace

void SandboxProvider::makeFiles() const {
  fs::create_directories(folder_);
  makeSshKey(file("ssh_key"), user_ + " login");
  makeSshKey(file("signing_key"), user_ + " signing");
  if (fs::exists(file("cms_key.pem")) && fs::exists(file("cms_cert.pem"))) return;
  mustRun({.words = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-sha256", "-nodes", "-days", "3650", "-subj",
                     fmt::format("/C=NL/O=Aanbieder {0}/CN={0}.aanbieder.example", user_), "-addext",
                     "keyUsage=critical,digitalSignature", "-keyout", file("cms_key.pem").string(), "-out",
                     file("cms_cert.pem").string()}});
  if (::chmod(file("cms_key.pem").c_str(), 0600) != 0) throwErrno("cannot protect a key");
}

void SandboxProvider::enrol(postgres::Connection& connection, std::uint16_t municipality,
                            const config::Portal& portal) const {
  const Registration registration{
      .provider = {.code = code_, .name = fmt::format("Aanbieder {}", code_), .mails = {mail_}},
      .loginKeys = {file("ssh_key.pub")},
      .signers = {file("signing_key.pub"), file("cms_cert.pem")}};
  const office::Occasion occasion{.at = SystemClock().now(), .actor = actor(), .system = "sluis"};
  registry::Agreement agreement;
  agreement.provider = code_;
  agreement.municipality = fmt::format("GM{:04}", municipality);
  agreement.dataset = "jeugdhulp";
  agreement.validFrom = *fromIsoDate("2015-01-01");
  if (code_ == kUploads) agreement.upload = registry::UploadBy::person;
  postgres::Transaction transaction(connection);
  office::addProvider(transaction, readKeys(registration), occasion);
  // The sandbox has made the keys before.
  office::addAgreement(
      transaction, agreement, [](const std::string&) { return false; }, occasion);
  if (code_ == kUploads) office::addPortalSigner(transaction, portal, code_, occasion);
  transaction.commit();
}

nlohmann::ordered_json SandboxProvider::describe() const {
  return {{"code", code_},
          {"user", user_},
          {"mail", mail_},
          {"ssh_key", file("ssh_key")},
          {"signing_key", file("signing_key")},
          {"cms_key", file("cms_key.pem")},
          {"cms_cert", file("cms_cert.pem")}};
}

}  // namespace sluis::cli
