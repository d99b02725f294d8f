// The file behind `sluis provider add --from FILE.yaml`: one provider, as an administrator writes it down.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace sluis::config {

struct RegistrationFile {
  std::string code;
  std::string name;
  std::vector<std::string> mails;
  std::vector<Path> sshKeys;  ///< absolute; in the file they count from its folder
  std::vector<Path> signers;
  std::optional<std::uint64_t> maxFileBytes;
  std::optional<std::uint64_t> quotaBytes;
  std::optional<int> openPeriods;
  std::optional<double> maxDeletedShare;
  std::optional<std::uint32_t> maxRejectedRecords;
};

/// Keys: code, name, mail, ssh_key, signer (each of the last three one value or a list), max_file, quota, open_periods,
/// max_deleted_share, max_rejected_records. Throws Invalid with every mistake.
RegistrationFile loadRegistration(const Path& file);

}  // namespace sluis::config
