// A drop folder seen as a set of deliveries: data files paired with their signatures, uploads in progress left out.
//
// Looks at names, sizes and times only; never opens a file, follows a link or moves anything. What is no plain file
// (a link, a pipe, a folder, as an SFTP server other than ours may let in) does not exist here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace sluis::intake {

struct DroppedFile {
  std::string name;
  std::uint64_t size = 0;
  Instant written;  ///< last modification, which its owner may set to anything
  Instant changed;  ///< last change of any kind, by this machine's clock: what settling counts from
  std::uint64_t inode = 0;
};

/// One delivery as far as it has come: at least one of its parts is there.
struct Dropped {
  std::string dataFile;  ///< name of the data file, whether it is there yet or not
  std::optional<DroppedFile> data;
  std::optional<DroppedFile> sshSignature;
  std::optional<DroppedFile> cmsSignature;

  /// The signature that counts: SSH before CMS when both came.
  const DroppedFile* signature() const;
  /// When any of its files last changed.
  Instant lastChanged() const;
  /// Changes whenever a part comes, goes or is written to: for remembering that this very state has been judged.
  std::string fingerprint() const;
};

/// What lies in the folder now, in order of data file name. A folder that is missing is empty. A signature goes with
/// the data file that it names, letter for letter or, when just one is alike, but for upper and lower case. Data files
/// that differ in case only are deliveries of their own.
std::vector<Dropped> look(const std::filesystem::path& folder);

/// True when no process of ours holds the file open for writing (the gate locks what it writes).
bool isClosed(const std::filesystem::path& file);

}  // namespace sluis::intake
