#include "config/portal.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluis::config {

namespace {

constexpr std::array<const char*, 4> kRoles = {"municipality", "provider", "operator", "auditor"};

bool isRole(const std::string& word) {
  return std::find(kRoles.begin(), kRoles.end(), word) != kRoles.end();
}

// A scheme and a host, perhaps a port: cookies, links in mails and the broker's way back are made of it.
bool isSite(const std::string& url) {
  const std::string_view rest = std::string_view(url).substr(std::min<std::size_t>(url.size(), 8));
  return url.starts_with("https://") && !rest.empty() && rest.find_first_of("/?#@ \"'<>") == std::string_view::npos;
}

bool isLoopback(const std::string& address) {
  return address == "127.0.0.1" || address == "::1" || address == "localhost";
}

Broker readBroker(Section section) {
  Broker broker;
  broker.name = section.text("name", "eHerkenning");
  broker.issuer = section.text("issuer");
  if (!broker.issuer.starts_with("https://") && !broker.issuer.empty())
    section.wrong("issuer", "must begin with https://");
  broker.clientId = section.text("client_id");
  broker.clientSecret = section.path("client_secret_file");
  broker.authorities = section.optionalPath("ca_file");
  Section assurance = section.section("assurance");
  for (const char* role : kRoles)
    if (assurance.has(role)) broker.assurance[role] = assurance.texts(role);
  if (broker.assurance.empty())
    section.wrong("assurance", "must name at least one role and the values of acr that are strong enough for it");
  return broker;
}

void readTransport(Section& section, Portal& portal) {
  portal.listen = section.text("listen", "127.0.0.1");
  portal.port = static_cast<std::uint16_t>(section.number("port", 1, 65535, 8443));
  portal.certificate = section.optionalPath("certificate");
  portal.key = section.optionalPath("key");
  if (portal.certificate.has_value() != portal.key.has_value())
    section.wrong(portal.key ? "key" : "certificate", "needs the other: portal.certificate and portal.key go together");
  // Without TLS of its own, passwords would cross the network in the clear.
  if (!portal.certificate && !isLoopback(portal.listen))
    section.wrong("listen", "must be a loopback address unless there is a certificate");
  portal.trustedProxies = section.texts("trusted_proxies");
  portal.mostConnections = static_cast<int>(section.number("max_connections", 10, 100000, 2000));
}

}  // namespace

Portal readPortal(Section section, const Path& files) {
  Portal portal;
  portal.name = section.text("name", "Sluis");
  portal.url = section.text("url", "");
  if (!portal.url.empty() && !isSite(portal.url))
    section.wrong("url", "must be https:// and a host, without a path: https://portal.ttp.example");
  readTransport(section, portal);
  portal.files = section.path("files", files);
  portal.sealKey = section.path("seal_key", "/etc/sluis/portal_seal_key");
  portal.uploadKey = section.path("upload_key", "/etc/sluis/portal_upload_key");
  portal.terms = section.optionalPath("terms");
  portal.secondFactor = section.has("second_factor") ? section.texts("second_factor")
                                                     : std::vector<std::string>(kRoles.begin(), kRoles.end());
  for (const auto& role : portal.secondFactor)
    if (!isRole(role)) section.wrong("second_factor", fmt::format("must hold roles: {}", fmt::join(kRoles, ", ")));
  portal.idle = section.duration("idle", "30m");
  portal.longest = section.duration("longest", "10h");
  if (portal.longest < portal.idle) section.wrong("longest", "is shorter than portal.idle");
  portal.applications = section.flag("applications", true);
  portal.account = section.text("account", "sluis-portal");
  if (section.has("broker")) portal.broker = readBroker(section.section("broker"));
  return portal;
}

}  // namespace sluis::config
