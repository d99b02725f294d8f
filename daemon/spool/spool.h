// The directories that are a delivery's state on disk, for the bytes that sluisd has taken over from a drop folder.
//
//   incoming/<id>/   taken from the drop folder, being copied and judged
//   queued/<id>/     judged good, waits for the run
//   ended/<id>/      at its end: to be destroyed
//
// A move between them is one rename; after a crash each delivery is found in exactly one place. Never opens a
// delivery's content except to copy and digest it. Failures are Errors; nothing here decides about a delivery.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/fd.h"
#include "base/time.h"
#include "crypto/digest.h"

namespace sluis::spool {

/// Where a taken delivery came from; kept as a small file beside the bytes.
struct Origin {
  std::string provider;          ///< code
  std::filesystem::path folder;  ///< the drop folder it lay in
  std::string dataFile;          ///< its name there; empty for a signature that came alone
  std::string signatureFile;     ///< its name there; empty when there is none
  Instant received;              ///< when it was taken over: the time of receipt
};

/// What the exact bytes received are.
struct Sealed {
  std::uint64_t size = 0;
  crypto::Digests digests;
};

class Spool {
 public:
  /// Makes the folders under `root` (0700) and locks it: a second process on the same spool gets an Error.
  explicit Spool(std::filesystem::path root);

  /// Names this spool among the daemons on one database: random, made once, kept in <root>/node.
  const std::string& node() const { return node_; }
  /// When this spool was first used: no run can have been missed before.
  Instant made() const;

  /// Moves the files out of the drop folder into incoming/<id>. The data file's rename decides: before it nothing has
  /// happened, after it recovery completes the move. false: its owner had taken it back, nothing was taken.
  bool take(const std::string& id, const Origin& origin);
  /// Completes a take() that a crash cut short; false when nothing had been taken (the folder is removed then).
  bool completeTake(const std::string& id);

  /// Copies the arrived bytes to a file that no uploading session can still hold open, fsyncs it and digests it.
  /// Can be repeated after a crash.
  Sealed seal(const std::string& id);

  /// incoming -> queued, durable. Does nothing when it is there already.
  void queue(const std::string& id);
  /// incoming or queued -> ended, then destroys the bytes. Does nothing when there is nothing left. Not durable: a
  /// power cut may undo it, and then who comes to the same end by the delivery's row calls it again. A thousand small
  /// deliveries would otherwise wait three thousand times for the disk.
  void end(const std::string& id);
  /// Destroys whatever a crash left in ended/.
  void sweep();

  std::vector<std::string> incoming() const;
  std::vector<std::string> queued() const;
  bool isQueued(const std::string& id) const;
  bool isIncoming(const std::string& id) const;

  Origin origin(const std::string& id) const;
  /// The sealed bytes, for reading.
  Fd openData(const std::string& id) const;
  std::filesystem::path dataPath(const std::string& id) const;
  /// The signature file's bytes (at most 64 KiB are read); empty when there is none.
  Bytes signature(const std::string& id) const;

  /// Bytes used by all that lies here.
  std::uint64_t used() const;

 private:
  std::filesystem::path find(const std::string& id) const;

  std::filesystem::path root_;
  Fd lock_;
  std::string node_;
};

/// Digest and size of a file that still lies in a drop folder, read in place. nullopt when it is not a plain file, or
/// it vanished or changed size while being read.
std::optional<Sealed> digestInPlace(const std::filesystem::path& file);
/// The first `limit` bytes of a file that still lies in a drop folder. Error when it is gone or no plain file.
Bytes readInPlace(const std::filesystem::path& file, std::size_t limit);

}  // namespace sluis::spool
