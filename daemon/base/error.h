// What the machine can do to us: disk, database, mail server, configuration.
//
// Thrown at the edge where a foreign call failed, caught in two places only: the delivery boundary in run/ and main.
// What a *sender* can cause is never an Error but a value (see result.h). Nothing that came from a delivery may be put
// in an Error's text, except a file name made safe, line numbers, field names and codes.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace sluis {

/// What kind of thing failed; decides whether waiting helps (isTransient) and how operators see it.
enum class ErrorKind { config, usage, system, disk, database, network, crypto, plugin, protocol };

std::string_view toString(ErrorKind kind);

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::string hint = {})
      : kind_(kind), message_(std::move(message)), hint_(std::move(hint)), what_(render()) {}

  /// "<message> (<hint>)", one line, for a log or a terminal.
  const char* what() const noexcept override { return what_.c_str(); }
  ErrorKind kind() const noexcept { return kind_; }
  const std::string& message() const noexcept { return message_; }
  /// What the reader can do about it; may be empty.
  const std::string& hint() const noexcept { return hint_; }

 private:
  std::string render() const;

  ErrorKind kind_;
  std::string message_;
  std::string hint_;
  std::string what_;
};

/// Error for a failed system call: "<doing>: <strerror(errno)>". Full disks and quotas get a hint that says so.
[[noreturn]] void throwErrno(std::string_view doing, int errnum);
/// The same with the current errno.
[[noreturn]] void throwErrno(std::string_view doing);

}  // namespace sluis
