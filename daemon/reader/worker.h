// The parent's side of sluis-reader: starts the worker for one delivery or one signature, feeds it bytes and takes back
// batches of cells or signer facts.
//
// The worker is the only place where foreign bytes are parsed, and its word is not trusted: all that comes out of the
// shared memory is copied, then checked, then used. A worker that crashes, hangs, is stopped by its limits or sends
// nonsense costs this delivery (FMT01) and nothing else. Texts of a plugin are cut to 300 printable characters and runs
// of eight or more digits in them are masked. Error (plugin, system) only when the worker cannot be started at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/result.h"
#include "model/refusal.h"
#include "plugin/cell_batch.h"
#include "plugin/signature.h"

namespace sluis::reader {

struct Settings {
  std::filesystem::path program;             ///< sluis-reader
  std::filesystem::path pluginDirectory;     ///< where format-*.so and signature-*.so lie
  std::uint64_t memoryBytes = 512ULL << 20;  ///< address space of the worker
  unsigned cpuSeconds = 600;                 ///< of the worker
  unsigned wallSeconds = 900;                ///< how long the parent waits for the worker, all waits together
};

struct Header {
  std::vector<std::string> columns;  ///< as they stand in the file, not believed: validate/ judges them
  std::string detected;              ///< "UTF-8, scheidingsteken ;, CRLF", printable, at most 300 characters
};

/// One delivery being parsed. feed() and endOfInput() belong to one thread, header() and next() to another; stop() may
/// be called by either. The feeding thread must have ended before the job goes. The kernel kills the worker when the
/// thread that started it ends.
class FormatJob {
 public:
  FormatJob(FormatJob&&) noexcept;
  FormatJob& operator=(FormatJob&&) noexcept;
  /// Kills the worker if it still runs, reaps it and wipes the shared memory.
  ~FormatJob();

  /// Blocks until the worker took all of `bytes`. false: it takes no more (done, failed or stopped); then stop feeding,
  /// next() tells why.
  bool feed(BytesView bytes);
  /// The delivery ends here. Without it the worker waits for more.
  void endOfInput() noexcept;

  /// The column names; blocks until they are known. Before next().
  Result<Header, Refusal> header();
  /// The next batch, valid until the next call; nullopt at the end of a delivery that was read whole.
  Result<std::optional<plugin::CellBatch>, Refusal> next();
  /// Ends the worker: feed() returns false, next() an FMT01.
  void stop() noexcept;

 private:
  friend class Worker;
  class Impl;
  explicit FormatJob(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class Worker {
 public:
  explicit Worker(Settings settings) : settings_(std::move(settings)) {}

  /// Starts a worker with the format plugin `name` ("csv"); `layout` as in plugin::FormatReader::read.
  FormatJob startFormat(std::string_view name, std::string_view layout = {}) const;
  /// The facts in a signature file of at most 1 MiB, by the plugin `name` ("sshsig", "cms"); nullopt when it is none,
  /// or when the worker failed on it.
  std::optional<plugin::SignatureFacts> parseSignature(std::string_view name, BytesView bytes) const;
  /// Whether there is such a plugin ("format", "csv").
  bool has(std::string_view kind, std::string_view name) const;

 private:
  Settings settings_;
};

}  // namespace sluis::reader
