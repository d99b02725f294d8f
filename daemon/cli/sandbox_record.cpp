#include "cli/sandbox_record.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "cli/loopback.h"

namespace sluis::cli {

namespace {

constexpr std::size_t kLongestSocket = 100;  // sockaddr_un has 108; a sandbox may lie deep

std::filesystem::path fileOf(const std::filesystem::path& dir) {
  return dir / "sandbox.json";
}

}  // namespace

std::optional<SandboxRecord> SandboxRecord::read(const std::filesystem::path& dir) {
  const auto file = fileOf(dir);
  if (!std::filesystem::exists(file)) return std::nullopt;
  const auto json = nlohmann::json::parse(readFile(file), nullptr, false);
  if (!json.is_object())
    throw Error(ErrorKind::config, fmt::format("{} is not what `sluis sandbox up` wrote", file.string()));
  SandboxRecord record;
  record.cluster = {json.value("data", ""), json.value("sockets", ""), dir / "log/postgres.log"};
  record.control = json.value("control", "");
  record.figures = json.value("figures", "");
  record.gatePort = json.value("gate_port", std::uint16_t{0});
  record.portalPort = json.value("portal_port", std::uint16_t{0});
  record.providers = json.value("providers", 0);
  return record;
}

SandboxRecord SandboxRecord::start(const std::filesystem::path& dir) {
  SandboxRecord record;
  record.cluster = Cluster::choosePlaces(dir);
  record.control = dir / "control";
  if (record.control.string().size() > kLongestSocket) record.control = record.cluster.sockets / "control";
  record.figures = record.figuresSocket();
  record.gatePort = freePort();
  record.portalPort = freePort();
  record.write(dir);
  return record;
}

void SandboxRecord::write(const std::filesystem::path& dir) const {
  const nlohmann::ordered_json json = {
      {"data", cluster.data},  {"sockets", cluster.sockets}, {"control", control},    {"figures", figures},
      {"gate_port", gatePort}, {"portal_port", portalPort},  {"providers", providers}};
  writeFileDurably(fileOf(dir), json.dump(2) + "\n", 0644);
}

}  // namespace sluis::cli
