#include "cli/sandbox_portal.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "account/password.h"
#include "account/second_factor.h"
#include "account/terms.h"
#include "audit/audit.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/loopback.h"
#include "cli/process.h"
#include "cli/sandbox_provider.h"
#include "cli/session.h"
#include "crypto/random.h"

namespace sluis::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kTerms =
    "Dit is een proefomgeving. Zet er geen echte gegevens in.\n\n"
    "This is a trial environment. Do not put real data into it.\n";

std::string randomHex(std::size_t bytes) {
  Bytes random(bytes);
  crypto::fillRandom(random);
  return toHex(random);
}

void writeOnce(const fs::path& file, const std::string& content) {
  if (!fs::exists(file)) writeFileDurably(file, content, 0600);
}

}  // namespace

const std::vector<SandboxPortal::Person>& SandboxPortal::people() {
  static const std::vector<Person> kPeople = {{account::Role::municipality, "gemeente@gm0034.example", "G. van Almere"},
                                              {account::Role::provider, "aanbieder@p0001.example", "A. de Aanbieder"},
                                              {account::Role::ttpOperator, "beheer@ttp.example", "B. Beheer"},
                                              {account::Role::auditor, "auditor@ttp.example", "C. Controle"}};
  return kPeople;
}

void SandboxPortal::makeFiles() const {
  fs::create_directories(folder_);
  writeOnce(file("seal_key"), randomHex(32) + "\n");
  writeOnce(file("terms.txt"), kTerms);
  makeSshKey(file("upload_key"), "sluis sandbox portal");
  if (!fs::exists(file("people.json"))) {
    nlohmann::json people = nlohmann::json::object();
    for (const Person& person : this->people())
      people[person.user] = {{"password", "sandbox-" + randomHex(8)},
                             {"totp_secret", account::SecondFactor(file("seal_key")).newSecret()}};
    writeFileDurably(file("people.json"), people.dump(2) + "\n", 0600);
  }
  if (fs::exists(file("portal.pem")) && fs::exists(file("portal.key"))) return;
  const auto openssl = [](std::vector<std::string> words) { mustRun({.words = std::move(words)}); };
  openssl({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-sha256", "-nodes",
           "-days", "3650", "-subj", "/CN=Sluis sandbox CA", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
           "-keyout", file("ca.key").string(), "-out", file("ca.pem").string()});
  openssl({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-sha256", "-nodes", "-subj",
           "/CN=localhost", "-keyout", file("portal.key").string(), "-out", file("portal.csr").string()});
  writeFileDurably(file("portal.ext"),
                   "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n"
                   "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
                   "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n");
  openssl({"openssl", "x509", "-req", "-in", file("portal.csr").string(), "-CA", file("ca.pem").string(), "-CAkey",
           file("ca.key").string(), "-set_serial", "0x" + randomHex(8), "-days", "825", "-sha256", "-extfile",
           file("portal.ext").string(), "-out", file("portal.pem").string()});
  if (::chmod(file("portal.key").c_str(), 0600) != 0) throwErrno("cannot protect a key");
}

void SandboxPortal::configure(config::Portal& portal, const config::Layout& layout) const {
  portal.name = "Sluis (proef)";
  portal.url = fmt::format("https://localhost:{}", port_);
  portal.listen = "127.0.0.1";
  portal.port = port_;
  portal.certificate = file("portal.pem");
  portal.key = file("portal.key");
  portal.mostConnections = 2000;
  portal.files = layout.share / "portal";
  portal.sealKey = file("seal_key");
  portal.uploadKey = file("upload_key");
  portal.terms = file("terms.txt");
  for (const Person& person : people()) portal.secondFactor.emplace_back(account::toString(person.role));
  portal.idle = std::chrono::minutes(30);
  portal.longest = std::chrono::hours(10);
  portal.account = "sluis-portal";
}

nlohmann::json SandboxPortal::secrets() const {
  return nlohmann::json::parse(readFile(file("people.json")));
}

void SandboxPortal::enrol(postgres::Connection& connection, const config::Portal& portal,
                          std::uint16_t municipality) const {
  const account::Passwords passwords(portal.files / "common-passwords.txt");
  const account::SecondFactor secondFactor(portal.sealKey);
  const nlohmann::json secrets = this->secrets();
  const Instant now = SystemClock().now();
  for (const Person& person : people()) {
    if (account::find(connection, person.user)) continue;
    account::NewAccount fresh{.user = person.user, .name = person.name, .role = person.role};
    if (person.role == account::Role::municipality) fresh.subject = fmt::format("GM{:04}", municipality);
    if (person.role == account::Role::provider) fresh.subject = "P0001";
    const nlohmann::json& secret = secrets.at(person.user);
    postgres::Transaction transaction(connection);
    const account::Account added =
        secondFactor.enrolled(transaction, fresh, passwords.hash(secret.at("password").get<std::string>()),
                              secret.at("totp_secret").get<std::string>(), now);
    account::acceptTerms(transaction, added.id, account::termsVersion(kTerms));
    audit::append(transaction,
                  {.what = "account.added",
                   .at = now,
                   .subject = person.user,
                   .system = "sluis",
                   .actor = actor(),
                   .responsible = "TTP",
                   .details = {{"role", std::string(account::toString(person.role))}, {"for", fresh.subject}}});
    transaction.commit();
  }
}

bool SandboxPortal::answers() const {
  return listens("127.0.0.1", port_);
}

nlohmann::ordered_json SandboxPortal::describe() const {
  const nlohmann::json secrets = this->secrets();
  nlohmann::ordered_json accounts = nlohmann::ordered_json::array();
  for (const Person& person : people())
    accounts.push_back({{"role", account::toString(person.role)},
                        {"user", person.user},
                        {"password", secrets.at(person.user).at("password")},
                        {"totp_secret", secrets.at(person.user).at("totp_secret")}});
  return {{"url", fmt::format("https://localhost:{}", port_)}, {"ca", file("ca.pem")}, {"accounts", accounts}};
}

}  // namespace sluis::cli
