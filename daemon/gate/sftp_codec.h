// SFTP version 3 on the wire (draft-ietf-secsh-filexfer-02): frames, fields and replies; no files, no channel.
//
// Reading never trusts a length: a field that does not fit its packet makes the packet malformed, a frame longer than
// kMaxFrame is never waited for. Writing appends to one buffer, so that replies leave together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"

namespace sluis::gate {

enum class Request : std::uint8_t {
  init = 1,
  open = 3,
  close = 4,
  read = 5,
  write = 6,
  lstat = 7,
  fstat = 8,
  setstat = 9,
  fsetstat = 10,
  opendir = 11,
  readdir = 12,
  remove = 13,
  mkdir = 14,
  rmdir = 15,
  realpath = 16,
  stat = 17,
  rename = 18,
  readlink = 19,
  symlink = 20,
  extended = 200,
};

enum class Status : std::uint32_t {
  ok = 0,
  eof = 1,
  noSuchFile = 2,
  permissionDenied = 3,
  failure = 4,
  badMessage = 5,
  opUnsupported = 8,
};

/// Flags of an open request.
inline constexpr std::uint32_t kOpenRead = 0x01;
inline constexpr std::uint32_t kOpenWrite = 0x02;
inline constexpr std::uint32_t kOpenAppend = 0x04;
inline constexpr std::uint32_t kOpenCreate = 0x08;
inline constexpr std::uint32_t kOpenTruncate = 0x10;
inline constexpr std::uint32_t kOpenExclusive = 0x20;

/// A frame is a length of four bytes and that many bytes after it. OpenSSH sends up to 256 KiB.
inline constexpr std::size_t kMaxFrame = (256 << 10) + 1024;
/// The data in one read or write; told to clients that ask (limits@openssh.com).
inline constexpr std::size_t kMaxData = (256 << 10) - 1024;

struct Attributes {
  std::optional<std::uint64_t> size;
  std::optional<std::uint32_t> permissions;  ///< with the file type, as st_mode
  std::optional<std::uint32_t> accessed;     ///< seconds since 1970; accessed and modified come together
  std::optional<std::uint32_t> modified;
};

struct NamedAttributes {
  std::string name;
  Attributes attributes;
};

struct Frame {
  enum class Kind {
    incomplete,  ///< wait for more
    broken,      ///< a length that cannot be: the stream is lost
    whole,
  };
  Kind kind = Kind::incomplete;
  BytesView body;          ///< without the length
  std::size_t length = 0;  ///< with the length
};

/// The first frame in `bytes`.
Frame nextFrame(BytesView bytes);

/// Takes a packet apart. After a field that is not there all() is false and every further field is empty.
class Fields {
 public:
  explicit Fields(BytesView body) : rest_(body) {}

  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  /// A string of the protocol; lives as long as the packet.
  std::string_view text();
  BytesView bytes();
  Attributes attributes();
  /// Whether every field asked for was there.
  bool all() const { return all_; }
  BytesView rest() const { return rest_; }

 private:
  BytesView take(std::size_t size);

  BytesView rest_;
  bool all_ = true;
};

/// Appends replies to a buffer that it owns.
class Replies {
 public:
  void version(std::uint32_t number, const std::vector<std::pair<std::string, std::string>>& extensions);
  void status(std::uint32_t id, Status status, std::string_view message);
  void handle(std::uint32_t id, std::string_view handle);
  void attributes(std::uint32_t id, const Attributes& attributes);
  /// Names with their `ls -l` lines.
  void names(std::uint32_t id, const std::vector<NamedAttributes>& names);
  /// A name without attributes: the answer to realpath.
  void path(std::uint32_t id, std::string_view path);
  void extended(std::uint32_t id, const std::vector<std::uint64_t>& numbers);
  /// Room for `most` bytes of data of a read; `fill` is given it and returns how many it has put there. When it returns
  /// nullopt nothing is appended.
  template <typename Fill>
  bool data(std::uint32_t id, std::size_t most, Fill&& fill) {
    const std::size_t start = beginData(id, most);
    const std::optional<std::size_t> filled =
        fill(std::as_writable_bytes(std::span(buffer_.data() + start + kDataHeader, most)));
    endData(start, filled);
    return filled.has_value();
  }

  BytesView pending() const { return asBytes(std::string_view(buffer_).substr(sent_)); }
  void sent(std::size_t size);

 private:
  static constexpr std::size_t kDataHeader = 13;

  std::size_t begin(std::uint8_t type);
  void end(std::size_t start);
  void put8(std::uint8_t value) { buffer_.push_back(static_cast<char>(value)); }
  void put32(std::uint32_t value);
  void put64(std::uint64_t value);
  void putText(std::string_view text);
  void putAttributes(const Attributes& attributes);
  std::size_t beginData(std::uint32_t id, std::size_t most);
  void endData(std::size_t start, std::optional<std::size_t> filled);

  std::string buffer_;
  std::size_t sent_ = 0;
};

/// "-rw-------   1 -        -            1234 Nov 22 01:02 name", as clients print and some parse.
std::string longName(const NamedAttributes& entry);

}  // namespace sluis::gate
