// The parent's side of sluis-reader: starts the worker for one delivery or one signature, hands it the file to read and
// takes back batches of cells or signer facts.
//
// The worker gets the file itself, open for reading only, and nothing else: formats such as xlsx are read from their
// end, and no byte has to be copied twice (docs/decisions/0008-the-worker-gets-the-file.md).
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
#include "base/fd.h"
#include "base/guarded.h"
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
  bool startAhead = false;                   ///< keep a worker started for the next job: for programs that have many
};

struct Header {
  std::vector<std::string> columns;  ///< as they stand in the file, not believed: validate/ judges them
  std::string detected;              ///< "UTF-8, scheidingsteken ;, CRLF", printable, at most 300 characters
};

/// One delivery being parsed. header() and next() belong to one thread; stop() may be called by any. The worker dies
/// with this process, whatever it ends by.
class FormatJob {
 public:
  FormatJob(FormatJob&&) noexcept;
  FormatJob& operator=(FormatJob&&) noexcept;
  /// Kills the worker if it still runs, reaps it and wipes the shared memory: at once, or soon where one is started
  /// ahead.
  ~FormatJob();

  /// The column names; blocks until they are known. Before next().
  Result<Header, Refusal> header();
  /// The next batch, valid until the next call; nullopt at the end of a delivery that was read whole.
  Result<std::optional<plugin::CellBatch>, Refusal> next();
  /// Ends the worker; header() and next() return an FMT01.
  void stop() noexcept;

 private:
  friend class Worker;
  class Impl;
  explicit FormatJob(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

enum class JobKind : std::uint32_t;
class Line;
class Standby;

/// Safe to use from any thread.
class Worker {
 public:
  explicit Worker(Settings settings);

  /// For a program that has one file to read and something else to do first: starts a worker now, which loads the
  /// format plugin `name` meanwhile; the next startFormat() takes it. Error (system).
  void expectFormat(std::string_view name);
  /// Starts a worker with the format plugin `name` ("csv") on `input`, a file whose beginning is its position and that
  /// nobody can write to through this descriptor; the position is the worker's from now on (pread(2) does not mind).
  /// `layout` as in plugin::FormatReader::read.
  FormatJob startFormat(std::string_view name, std::string_view layout, const Fd& input) const;
  /// The facts in a signature file of at most 1 MiB, by the plugin `name` ("sshsig", "cms"); nullopt when it is none,
  /// or when the worker failed on it.
  std::optional<plugin::SignatureFacts> parseSignature(std::string_view name, BytesView bytes) const;
  /// Whether there is such a plugin ("format", "csv").
  bool has(std::string_view kind, std::string_view name) const;

 private:
  std::unique_ptr<Line> start(JobKind kind, std::string_view name, std::string_view layout, const Fd& input) const;

  Settings settings_;
  std::shared_ptr<Standby> standby_;  // none when nothing is started ahead
  std::shared_ptr<Guarded<std::unique_ptr<Line>>> expected_;
};

}  // namespace sluis::reader
