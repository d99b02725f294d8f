#include "config/registration_file.h"

#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include "base/file.h"
#include "config/section.h"

namespace sluis::config {

namespace {

std::vector<std::string> needed(Section& section, std::string_view key) {
  auto values = section.texts(key);
  if (values.empty()) section.wrong(key, "is required");
  return values;
}

std::vector<Path> paths(Section& section, std::string_view key, const Path& folder) {
  std::vector<Path> found;
  for (const auto& value : needed(section, key)) found.push_back((folder / value).lexically_normal());
  return found;
}

}  // namespace

RegistrationFile loadRegistration(const Path& file) {
  Mistakes mistakes(file);
  RegistrationFile found;
  try {
    const Path folder = std::filesystem::absolute(file).parent_path();
    Section top(mistakes, YAML::Load(readFile(file, 1 << 20)), "", 1);
    found.code = top.text("code");
    found.name = top.text("name");
    found.mails = needed(top, "mail");
    found.sshKeys = paths(top, "ssh_key", folder);
    found.signers = paths(top, "signer", folder);
    const auto ifGiven = [&](std::string_view key, auto read) {
      return top.has(key) ? std::optional(read()) : (top.skip(key), std::nullopt);
    };
    found.maxFileBytes = ifGiven("max_file", [&] { return top.size("max_file", ""); });
    found.quotaBytes = ifGiven("quota", [&] { return top.size("quota", ""); });
    found.openPeriods =
        ifGiven("open_periods", [&] { return static_cast<int>(top.number("open_periods", 1, 100, {})); });
    found.maxDeletedShare = ifGiven("max_deleted_share", [&] { return top.share("max_deleted_share", 0); });
    found.maxRejectedRecords = ifGiven("max_rejected_records", [&] {
      return static_cast<std::uint32_t>(top.number("max_rejected_records", 0, 1'000'000, {}));
    });
  } catch (const YAML::Exception& exception) {
    mistakes.add(exception.mark.line + 1, exception.msg);
  }
  if (!mistakes.empty()) throw Invalid(mistakes.rendered());
  return found;
}

}  // namespace sluis::config
