// One answer of a mail server (RFC 5321 §4.2), taken from bytes as they come in.
//
// The bytes are a stranger's: bounded in length and number of lines, and made printable, before anything looks at them.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::channel_smtp {

/// The conversation cannot go on: the connection, the certificate, or an answer that is none. One line, printable.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Reply {
  int code = 0;
  std::vector<std::string> lines;  ///< without the code, printable ASCII

  bool isGood() const { return code >= 200 && code < 400; }
  bool isTransient() const { return code >= 400 && code < 500; }
  /// "550 5.1.1 unknown user", one line of at most 300.
  std::string text() const;
};

class ReplyReader {
 public:
  void feed(std::string_view bytes) { received_ += bytes; }
  /// The next whole answer; nullopt when more bytes are needed. Broken when it is no SMTP, or too long.
  std::optional<Reply> next();
  /// Bytes that belong to no answer taken so far.
  bool hasMore() const { return !received_.empty(); }

 private:
  std::string received_;
  Reply reply_;  // its lines so far
};

/// Everything but printable ASCII as '?'.
std::string printable(std::string_view text);

}  // namespace sluis::channel_smtp
