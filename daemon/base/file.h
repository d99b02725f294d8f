// Files that are whole or absent: durable writes, reads with a bound. Every failure is an Error naming the path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace sluis {

/// The whole file; Error when it is missing, unreadable or longer than `limit` bytes.
std::string readFile(const std::filesystem::path& path, std::size_t limit = 16 << 20);

/// Writes a temporary file beside `path`, fsyncs it, renames it over `path` and fsyncs the folder.
/// Readers see the old content or the new, never a part. `mode` as for open(2).
void writeFileDurably(const std::filesystem::path& path, std::string_view content, unsigned mode = 0640);

/// fsync of a folder, so that a rename or unlink in it survives a power cut.
void syncFolder(const std::filesystem::path& folder);

/// rename(2) within one file system, then fsync of both folders. Refuses to replace an existing target.
void renameDurably(const std::filesystem::path& from, const std::filesystem::path& to);

/// open(2) with O_CLOEXEC; Error naming the path.
Fd openFile(const std::filesystem::path& path, int flags, unsigned mode = 0640);

/// All of `bytes`, whatever the interruptions; `what` names the target in the Error.
void writeAll(int fd, std::span<const std::byte> bytes, std::string_view what);
void writeAll(int fd, std::string_view bytes, std::string_view what);

/// Up to buffer.size() bytes, 0 at the end; retries on EINTR.
std::size_t readSome(int fd, std::span<std::byte> buffer, std::string_view what);

/// The same from `offset` on; the descriptor's position does not matter and stays.
std::size_t readSomeAt(int fd, std::uint64_t offset, std::span<std::byte> buffer, std::string_view what);

}  // namespace sluis
