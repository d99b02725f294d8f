// The configuration as typed values, read once at the edge: nobody else in the house sees YAML or looks for a setting.
//
// A Config that exists is complete and in range. Paths are absolute (relative ones in the file count from the file's
// own folder), times and sizes have units, the time zone exists. Whether a folder is there and may be written is the
// business of who uses it. Secrets are paths to files, never values; "${CREDENTIALS_DIRECTORY}" at the front of a path
// stands for the folder systemd hands to a unit, and stays as it is where there is none (the path then cannot be
// opened).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace sluis::config {

using Path = std::filesystem::path;

struct Database {
  std::string daemon;                       ///< libpq conninfo of role sluis_daemon, without a password
  std::string admin;                        ///< libpq conninfo of role sluis_admin, for `sluis`
  std::string owner;                        ///< libpq conninfo of who may become sluis_owner, for `sluis db`
  std::string figures;                      ///< libpq conninfo of role sluis_figures, without a password
  std::string portal;                       ///< libpq conninfo of role sluis_portal, without a password
  std::optional<Path> passwordFile;         ///< the daemon's password, one line
  std::optional<Path> figuresPasswordFile;  ///< that of sluis_figures
  std::optional<Path> portalPasswordFile;   ///< that of sluis_portal
};

struct Run {
  std::chrono::minutes at{};  ///< local time of day of the daily run
  std::string timezone;       ///< IANA name, known to this machine
};

struct Intake {
  std::chrono::seconds settle{};            ///< nothing written for so long: a wrong signature may be judged
  std::chrono::seconds signatureTimeout{};  ///< no signature within this time: SIG01
};

struct Limits {
  std::uint64_t fileBytes = 0;          ///< one delivery
  std::uint64_t quotaBytes = 0;         ///< what one provider may have lying in inbox/ and test/
  std::uint64_t readerMemoryBytes = 0;  ///< address space of one sluis-reader
  std::chrono::seconds readerTime{};    ///< wall time of one sluis-reader
};

struct Retention {
  std::chrono::seconds outbox{};   ///< receipts and findings in a provider's outbox/
  std::chrono::seconds listing{};  ///< a provider's own files, listed by name in inbox/
};

struct Rules {
  double maxDeletedShare = 0;  ///< of the earlier records; above it DEL01
  int openPeriods = 0;         ///< latest finished periods of each kind that may be delivered
};

/// Mails to a provider, in days.
struct Reminders {
  int afterDays = 0;    ///< after the end of a period that was not delivered
  int closesDays = 0;   ///< before an open period closes
  int expiresDays = 0;  ///< before a signing key or certificate expires
};

struct Helpdesk {
  std::string name;
  std::string mail;
  std::string phone;
};

struct Mail {
  std::string channel;  ///< name of a channel plugin: "maildir", "smtp", or a third party's
  /// What that plugin's section says, key by key as in the file: "host", "port", "starttls" ("true"/"false"), "user",
  /// "ca_file" for smtp; "path" for maildir; whatever mail.settings holds for another channel.
  std::map<std::string, std::string, std::less<>> settings;
  /// Secrets of that plugin by name ("password" from password_file) and the file each is in.
  std::map<std::string, Path, std::less<>> secrets;
  std::string from;
  std::vector<std::string> operators;
  Helpdesk helpdesk;

  /// The right side of Message-IDs: that of `from`.
  std::string domain() const;
};

struct Gate {
  std::string listen;  ///< address: "::" = every address, IPv4 too
  std::uint16_t port = 0;
  Path hostKey;  ///< OpenSSH private key
  std::chrono::seconds loginDeadline{};
  int maxSessions = 0;
};

/// What a figure is held against: a mean, or the share of one part. Words as on the command line (CONTRACT §5).
struct Norm {
  std::string indicator;  ///< "tevredenheid"
  std::string form;       ///< hulpvorm: "02"; empty = every one
  std::string part;       ///< the part whose share it is: "ge8"; empty = the mean
  double value = 0;       ///< a mean of 1 to 10, or a share of 0 to 1
  std::string from;       ///< first quarter it is in force: "2026Q1"; empty = always was
  std::string until;      ///< last quarter, inside; empty = still is
  std::string text;       ///< as it stands beside the figure
  std::string english{};  ///< the same; empty = the Dutch text
};

struct Figures {
  Path socket;               ///< unix socket of sluis-figures
  Path snapshots;            ///< <domain>/<id>.snapshot and .withheld; written by sluis-snapshot
  Path table;                ///< the perturbation table
  int keep = 12;             ///< published snapshots of each domain
  int minimum = 10;          ///< children, and published count, that a row needs: never below 10
  int windowDays = 365;      ///< of "herhaald beroep"
  double confidence = 0.75;  ///< what an attack may be sure of; above it a cell is withheld
  int threads = 0;           ///< that answer one question; 0 = as many as the machine has cores
  std::vector<Norm> norms;
};

/// Sign-in by a broker (OpenID Connect), beside passwords.
struct Broker {
  std::string name;    ///< on the button: "eHerkenning"
  std::string issuer;  ///< "https://broker.example"
  std::string clientId;
  Path clientSecret;                ///< file, one line
  std::optional<Path> authorities;  ///< PEM; none = what the system trusts
  /// Role ("provider") and the values of `acr` that are strong enough for it; a role that is not here cannot use it.
  std::map<std::string, std::vector<std::string>, std::less<>> assurance;
};

struct Portal {
  std::string name;    ///< as people see it: "Sluis"
  std::string url;     ///< where browsers find it: "https://portal.ttp.example"; empty = there is no portal
  std::string listen;  ///< address
  std::uint16_t port = 0;
  std::optional<Path> certificate;  ///< PEM chain; none = plain HTTP, on loopback behind a reverse proxy only
  std::optional<Path> key;
  std::vector<std::string> trustedProxies;  ///< whose X-Forwarded-For is believed
  Path files;                               ///< folder of templates/, words/, static/, common-passwords.txt
  Path sealKey;                             ///< what second factors are sealed under: 64 hex digits
  Path uploadKey;             ///< OpenSSH private key (Ed25519) that signs what people upload; .pub beside it
  std::optional<Path> terms;  ///< terms of use, plain paragraphs; none = nothing to accept
  std::vector<std::string> secondFactor;  ///< roles that must have one
  std::chrono::seconds idle{};            ///< a session unused for so long ends
  std::chrono::seconds longest{};         ///< a session ends then in any case
  int mostConnections = 0;
  bool applications = true;  ///< whether providers can apply on a public page
  std::string account;       ///< the system account sluis-portal runs as: what it asks, it asks for somebody
  std::optional<Broker> broker;

  /// Whether people of that role ("provider") must have a second factor.
  bool mustHaveSecondFactor(std::string_view role) const;
};

struct Config {
  Path file;  ///< where this was read

  Path state;            ///< sluisd's own: spool/ and what else it keeps on disk
  Path drop;             ///< one folder a provider; on the file system of `state`
  Path roster;           ///< <user>.roster files, written by sluisd, read by the gate
  Path control;          ///< unix socket of sluisd
  Path plugins;          ///< folder of the plugins
  Path datasets;         ///< folder of dataset definitions
  Path codelists;        ///< folder of code lists
  Path mailTexts;        ///< folder of mail texts
  Path reader;           ///< the program sluis-reader
  Path snapshotProgram;  ///< the program sluis-snapshot
  Path keys;             ///< folder of the pseudonym and domain keys

  Database database;
  Run run;
  Intake intake;
  Limits limits;
  Retention retention;
  Rules rules;
  Reminders reminders;
  Mail mail;
  Gate gate;
  Figures figures;
  Portal portal;
};

/// What is wrong with a configuration, all of it: "file:line: message", in the order of the file.
class Invalid : public Error {
 public:
  explicit Invalid(std::vector<std::string> messages);
  const std::vector<std::string>& messages() const noexcept { return messages_; }

 private:
  std::vector<std::string> messages_;
};

/// The configuration in `file`. Throws Invalid with every mistake in it, Error (config) when it cannot be read at all.
Config load(const Path& file);

/// The effective configuration as YAML that load() reads back to the same values. Holds paths of secrets, no secret.
std::string show(const Config& config);

/// Every key there is, with its section: "gate.port". For the test that each is documented.
std::vector<std::string> knownKeys();

/// The conninfo for the daemon's role with the password filled in from its file. Never log it.
std::string daemonConninfo(const Database& database);
/// The same for the role of sluis-figures.
std::string figuresConninfo(const Database& database);
/// The same for the role of sluis-portal.
std::string portalConninfo(const Database& database);

/// Where the packaged configuration lies.
inline constexpr const char* kPackagedFile = "/etc/sluis/sluis.yaml";

}  // namespace sluis::config
