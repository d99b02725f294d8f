#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include "config/config.h"

namespace sluis::config {

namespace {

std::string durationText(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  if (seconds % 86400 == 0) return fmt::format("{}d", seconds / 86400);
  if (seconds % 3600 == 0) return fmt::format("{}h", seconds / 3600);
  if (seconds % 60 == 0) return fmt::format("{}m", seconds / 60);
  return fmt::format("{}s", seconds);
}

std::string sizeText(std::uint64_t bytes) {
  if (bytes % (1ULL << 30) == 0) return fmt::format("{}GiB", bytes >> 30);
  if (bytes % (1ULL << 20) == 0) return fmt::format("{}MiB", bytes >> 20);
  if (bytes % (1ULL << 10) == 0) return fmt::format("{}KiB", bytes >> 10);
  return fmt::format("{}", bytes);
}

class Writer {
 public:
  Writer() { out_ << YAML::BeginMap; }
  Writer& value(const char* key, const std::string& text) {
    out_ << YAML::Key << key << YAML::Value << text;
    return *this;
  }
  Writer& value(const char* key, const Path& path) { return value(key, path.string()); }
  Writer& quoted(const char* key, const std::string& text) {
    out_ << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << text;
    return *this;
  }
  Writer& values(const char* key, const std::vector<std::string>& texts) {
    out_ << YAML::Key << key << YAML::Value << YAML::Flow << texts;
    return *this;
  }
  Writer& open(const char* key) {
    out_ << YAML::Key << key << YAML::Value << YAML::BeginMap;
    return *this;
  }
  Writer& close() {
    out_ << YAML::EndMap;
    return *this;
  }
  Writer& openList(const char* key) {
    out_ << YAML::Key << key << YAML::Value << YAML::BeginSeq;
    return *this;
  }
  Writer& openItem() {
    out_ << YAML::BeginMap;
    return *this;
  }
  Writer& closeList() {
    out_ << YAML::EndSeq;
    return *this;
  }
  std::string text() {
    out_ << YAML::EndMap;
    return std::string(out_.c_str()) + "\n";
  }

 private:
  YAML::Emitter out_;
};

void showFigures(Writer& out, const Figures& figures) {
  out.open("figures").value("socket", figures.socket).value("snapshots", figures.snapshots);
  out.value("table", figures.table).value("keep", std::to_string(figures.keep));
  out.value("minimum", std::to_string(figures.minimum)).value("window_days", std::to_string(figures.windowDays));
  out.value("confidence", fmt::format("{}", figures.confidence)).value("threads", std::to_string(figures.threads));
  out.openList("norms");
  for (const Norm& norm : figures.norms) {
    out.openItem().value("indicator", norm.indicator);
    if (!norm.form.empty()) out.quoted("hulpvorm", norm.form);
    if (!norm.part.empty()) out.quoted("part", norm.part);
    out.value("value", fmt::format("{}", norm.value));
    if (!norm.from.empty()) out.value("from", norm.from);
    if (!norm.until.empty()) out.value("until", norm.until);
    out.quoted("text", norm.text);
    if (!norm.english.empty()) out.quoted("text_en", norm.english);
    out.close();
  }
  out.closeList().close();
}

void showPortal(Writer& out, const Portal& portal) {
  out.open("portal").quoted("name", portal.name);
  if (!portal.url.empty()) out.value("url", portal.url);
  out.quoted("listen", portal.listen).value("port", std::to_string(portal.port));
  if (portal.certificate) out.value("certificate", *portal.certificate).value("key", *portal.key);
  if (!portal.trustedProxies.empty()) out.values("trusted_proxies", portal.trustedProxies);
  out.value("max_connections", std::to_string(portal.mostConnections)).value("files", portal.files);
  out.value("seal_key", portal.sealKey).value("upload_key", portal.uploadKey);
  if (portal.terms) out.value("terms", *portal.terms);
  out.values("second_factor", portal.secondFactor);
  out.value("idle", durationText(portal.idle)).value("longest", durationText(portal.longest));
  out.value("applications", std::string(portal.applications ? "true" : "false")).value("account", portal.account);
  if (portal.broker) {
    const Broker& broker = *portal.broker;
    out.open("broker").quoted("name", broker.name).value("issuer", broker.issuer).value("client_id", broker.clientId);
    out.value("client_secret_file", broker.clientSecret);
    if (broker.authorities) out.value("ca_file", *broker.authorities);
    out.open("assurance");
    for (const auto& [role, values] : broker.assurance) out.values(role.c_str(), values);
    out.close().close();
  }
  out.close();
}

}  // namespace

std::string show(const Config& config) {
  Writer out;
  out.value("state", config.state).value("drop", config.drop).value("roster", config.roster);
  out.value("control", config.control).value("plugins", config.plugins).value("datasets", config.datasets);
  out.value("codelists", config.codelists).value("mail_texts", config.mailTexts).value("reader", config.reader);
  out.value("snapshot_program", config.snapshotProgram);
  out.open("keys").value("dir", config.keys).close();
  out.open("database").value("daemon", config.database.daemon).value("admin", config.database.admin);
  out.value("owner", config.database.owner).value("figures", config.database.figures);
  out.value("portal", config.database.portal);
  if (config.database.passwordFile) out.value("password_file", *config.database.passwordFile);
  if (config.database.figuresPasswordFile) out.value("figures_password_file", *config.database.figuresPasswordFile);
  if (config.database.portalPasswordFile) out.value("portal_password_file", *config.database.portalPasswordFile);
  out.close();
  const auto at = config.run.at.count();
  out.open("run")
      .quoted("at", fmt::format("{:02}:{:02}", at / 60, at % 60))
      .value("timezone", config.run.timezone)
      .close();
  out.open("intake").value("settle", durationText(config.intake.settle));
  out.value("signature_timeout", durationText(config.intake.signatureTimeout)).close();
  out.open("limits")
      .value("file", sizeText(config.limits.fileBytes))
      .value("quota", sizeText(config.limits.quotaBytes));
  out.value("reader_memory", sizeText(config.limits.readerMemoryBytes));
  out.value("reader_time", durationText(config.limits.readerTime)).close();
  out.open("retention").value("outbox", durationText(config.retention.outbox));
  out.value("listing", durationText(config.retention.listing)).close();
  out.open("rules").value("max_deleted_share", fmt::format("{}", config.rules.maxDeletedShare));
  out.value("open_periods", std::to_string(config.rules.openPeriods)).close();
  out.open("reminders").value("after_days", std::to_string(config.reminders.afterDays));
  out.value("closes_days", std::to_string(config.reminders.closesDays));
  out.value("expires_days", std::to_string(config.reminders.expiresDays)).close();
  out.open("mail").value("channel", config.mail.channel).value("from", config.mail.from);
  out.values("operator", config.mail.operators);
  out.open("helpdesk").value("name", config.mail.helpdesk.name).value("mail", config.mail.helpdesk.mail);
  out.quoted("phone", config.mail.helpdesk.phone).close();
  const bool own = config.mail.channel == "smtp" || config.mail.channel == "maildir";
  out.open(own ? config.mail.channel.c_str() : "settings");
  for (const auto& [key, value] : config.mail.settings) out.value(key.c_str(), value);
  for (const auto& [name, path] : config.mail.secrets) out.value((name + "_file").c_str(), path);
  out.close().close();
  out.open("gate").quoted("listen", config.gate.listen).value("port", std::to_string(config.gate.port));
  out.value("host_key", config.gate.hostKey).value("login_deadline", durationText(config.gate.loginDeadline));
  out.value("max_sessions", std::to_string(config.gate.maxSessions)).close();
  showFigures(out, config.figures);
  showPortal(out, config.portal);
  return out.text();
}

}  // namespace sluis::config
