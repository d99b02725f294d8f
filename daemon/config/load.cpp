#include <yaml-cpp/yaml.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "config/config.h"
#include "config/figures.h"
#include "config/layout.h"
#include "config/portal.h"
#include "config/section.h"
#include "model/mail_address.h"

namespace sluis::config {

namespace {

constexpr std::size_t kLargestFile = 1 << 20;

Database readDatabase(Section section) {
  Database database{.daemon = section.text("daemon", "dbname=sluis user=sluis_daemon"),
                    .admin = section.text("admin", "dbname=sluis user=sluis_admin"),
                    .owner = section.text("owner", "dbname=sluis"),
                    .figures = section.text("figures", "dbname=sluis user=sluis_figures"),
                    .portal = section.text("portal", "dbname=sluis user=sluis_portal"),
                    .passwordFile = section.optionalPath("password_file"),
                    .figuresPasswordFile = section.optionalPath("figures_password_file"),
                    .portalPasswordFile = section.optionalPath("portal_password_file")};
  // Anybody may read the configuration; a password in it is a mistake wherever it stands.
  for (const auto& [key, conninfo] :
       {std::pair("daemon", database.daemon), std::pair("admin", database.admin), std::pair("owner", database.owner),
        std::pair("figures", database.figures), std::pair("portal", database.portal)}) {
    const bool uri = conninfo.find("://") != std::string::npos;
    if (conninfo.find("password=") != std::string::npos)
      section.wrong(key,
                    "holds a password; put it in a file and name that in database.password_file (of sluis-figures: "
                    "figures_password_file, of sluis-portal: portal_password_file)");
    else if (uri)
      section.wrong(key, "must be keywords and values (dbname=sluis host=...), not a URI");
    else if (conninfo.find('=') == std::string::npos)
      section.wrong(key, "must be keywords and values (dbname=sluis host=...)");
  }
  return database;
}

Run readRun(Section section) {
  return {.at = section.timeOfDay("at", "02:00"), .timezone = section.timeZone("timezone", "Europe/Amsterdam")};
}

Intake readIntake(Section section) {
  return {.settle = section.duration("settle", "60s"),
          .signatureTimeout = section.duration("signature_timeout", "24h")};
}

Limits readLimits(Section section) {
  Limits limits{.fileBytes = section.size("file", "4GiB"),
                .quotaBytes = section.size("quota", "16GiB"),
                .readerMemoryBytes = section.size("reader_memory", "256MiB"),
                .readerTime = section.duration("reader_time", "15m")};
  if (limits.quotaBytes < limits.fileBytes) section.wrong("quota", "is smaller than limits.file");
  if (limits.readerMemoryBytes < (64ULL << 20)) section.wrong("reader_memory", "must be at least 64MiB");
  return limits;
}

Helpdesk readHelpdesk(Section section) {
  return {.name = section.text("name"), .mail = section.mailAddress("mail"), .phone = section.text("phone")};
}

void readSmtp(Section section, bool used, Mail& mail) {
  const std::string host = section.text("host", used ? std::nullopt : std::optional<std::string>(""));
  const auto port = section.number("port", 1, 65535, 587);
  const bool starttls = section.flag("starttls", true);
  const std::string user = section.text("user", "");
  const auto password = section.optionalPath("password_file");
  const auto authorities = section.optionalPath("ca_file");
  if (!user.empty() && !password) section.wrong("user", "needs mail.smtp.password_file");
  if (!user.empty() && !starttls) section.wrong("starttls", "must be true when there is a user: a password travels");
  if (!used) return;
  mail.settings = {{"host", host}, {"port", std::to_string(port)}, {"starttls", starttls ? "true" : "false"}};
  if (!user.empty()) mail.settings.emplace("user", user);
  if (authorities) mail.settings.emplace("ca_file", authorities->string());
  if (password) mail.secrets.emplace("password", *password);
}

void readOtherChannel(Section section, bool used, Mail& mail) {
  for (auto& [key, value] : section.everything()) {
    if (!used) continue;
    if (key == "password_file")
      mail.secrets.emplace("password", value);
    else
      mail.settings.emplace(key, value);
  }
}

Mail readMail(Section section, const Path& state) {
  Mail mail;
  mail.channel = section.text("channel", "maildir");
  const bool named = !mail.channel.empty() && mail.channel.size() <= 32 &&
                     mail.channel.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (!named) section.wrong("channel", "must be the name of a channel plugin: smtp, maildir, ...");
  mail.from = section.mailAddress("from");
  mail.operators = section.texts("operator");
  if (mail.operators.empty()) section.wrong("operator", "must name at least one address");
  for (const auto& address : mail.operators)
    if (!isMailAddress(address)) section.wrong("operator", "must hold mail addresses");
  mail.helpdesk = readHelpdesk(section.section("helpdesk"));
  readSmtp(section.section("smtp"), mail.channel == "smtp", mail);
  {
    Section maildir = section.section("maildir");
    const Path path = maildir.path("path", state / "mail");
    if (mail.channel == "maildir") mail.settings = {{"path", path.string()}};
  }
  readOtherChannel(section.section("settings"), mail.channel != "smtp" && mail.channel != "maildir", mail);
  return mail;
}

Gate readGate(Section section) {
  return {.listen = section.text("listen", "::"),
          .port = static_cast<std::uint16_t>(section.number("port", 1, 65535, 2222)),
          .hostKey = section.path("host_key", "/etc/sluis/ssh_host_ed25519_key"),
          .loginDeadline = section.duration("login_deadline", "30s"),
          .maxSessions = static_cast<int>(section.number("max_sessions", 1, 10000, 100))};
}

Config readAll(Mistakes& mistakes, const YAML::Node& root) {
  Config config;
  config.file = std::filesystem::absolute(mistakes.file()).lexically_normal();
  const Layout places = layout();
  Section top(mistakes, root, "", 1);
  config.state = top.path("state", "/var/lib/sluis");
  config.drop = top.path("drop", config.state / "drop");
  config.roster = top.path("roster", config.state / "roster");
  config.control = top.path("control", "/run/sluis/control");
  config.plugins = top.path("plugins", places.plugins);
  config.datasets = top.path("datasets", places.share / "datasets");
  config.codelists = top.path("codelists", places.share / "codelists");
  config.mailTexts = top.path("mail_texts", places.share / "mail");
  config.reader = top.path("reader", places.reader);
  config.snapshotProgram = top.path("snapshot_program", places.snapshot);
  {
    Section keys = top.section("keys");
    config.keys = keys.path("dir", "/etc/sluis/keys");
  }
  if (config.control.string().size() > kLongestSocketName)
    top.wrong("control", fmt::format("is longer than a socket's name may be ({})", kLongestSocketName));
  config.database = readDatabase(top.section("database"));
  config.run = readRun(top.section("run"));
  config.intake = readIntake(top.section("intake"));
  config.limits = readLimits(top.section("limits"));
  {
    Section retention = top.section("retention");
    config.retention = {.outbox = retention.duration("outbox", "90d"), .listing = retention.duration("listing", "7d")};
  }
  {
    Section rules = top.section("rules");
    config.rules = {.maxDeletedShare = rules.share("max_deleted_share", 0.20),
                    .openPeriods = static_cast<int>(rules.number("open_periods", 1, 100, 2))};
  }
  {
    Section reminders = top.section("reminders");
    const auto number = [&](const char* key, int fallback) {
      return static_cast<int>(reminders.number(key, 1, 365, fallback));
    };
    config.reminders = {.afterDays = number("after_days", 14),
                        .closesDays = number("closes_days", 14),
                        .expiresDays = number("expires_days", 30)};
  }
  config.mail = readMail(top.section("mail"), config.state);
  config.gate = readGate(top.section("gate"));
  config.figures = readFigures(top.section("figures"), config.state, places.share / "ptables/d5-v3-js2.txt");
  config.portal = readPortal(top.section("portal"), places.share / "portal");
  return config;
}

std::string joined(const std::vector<std::string>& messages) {
  std::string text;
  for (const auto& message : messages) text += (text.empty() ? "" : "\n") + message;
  return text;
}

}  // namespace

Invalid::Invalid(std::vector<std::string> messages)
    : Error(ErrorKind::config, joined(messages)), messages_(std::move(messages)) {}

Config load(const Path& file) {
  Mistakes mistakes(file);
  const std::string text = readFile(file, kLargestFile);
  YAML::Node root;
  try {
    root = YAML::Load(text);
  } catch (const YAML::Exception& exception) {
    throw Invalid({fmt::format("{}:{}: {}", file.string(), exception.mark.line + 1, exception.msg)});
  }
  Config config;
  try {
    config = readAll(mistakes, root);
  } catch (const YAML::Exception& exception) {
    mistakes.add(exception.mark.line + 1, exception.msg);
  }
  if (!mistakes.empty()) throw Invalid(mistakes.rendered());
  return config;
}

std::vector<std::string> knownKeys() {
  Mistakes mistakes("nothing.yaml");
  readAll(mistakes, YAML::Node(YAML::NodeType::Undefined));
  return mistakes.asked;
}

namespace {

std::string withPassword(const std::string& conninfo, const std::optional<Path>& file) {
  if (!file) return conninfo;
  std::string password = readFile(*file, 4096);
  while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) password.pop_back();
  std::string quoted;
  for (const char c : password) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format("{} password='{}'", conninfo, quoted);
}

}  // namespace

std::string Mail::domain() const {
  const std::size_t at = from.rfind('@');
  return at == std::string::npos ? "sluis.invalid" : from.substr(at + 1);
}

bool Portal::mustHaveSecondFactor(std::string_view role) const {
  return std::find(secondFactor.begin(), secondFactor.end(), role) != secondFactor.end();
}

std::string daemonConninfo(const Database& database) {
  return withPassword(database.daemon, database.passwordFile);
}

std::string figuresConninfo(const Database& database) {
  return withPassword(database.figures, database.figuresPasswordFile);
}

std::string portalConninfo(const Database& database) {
  return withPassword(database.portal, database.portalPasswordFile);
}

}  // namespace sluis::config
