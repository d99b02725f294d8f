// A mail as bytes: RFC 5322 and MIME, 7-bit clean, CRLF. The same mail gives the same bytes.
//
// No header can be injected: control characters in a header value are a std::logic_error (our texts and the register's
// checked values only), and everything outside printable ASCII is encoded (RFC 2047).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace sluis::mail {

struct Attachment {
  std::string fileName;     ///< ASCII, no path
  std::string contentType;  ///< "application/json"
  std::string bytes;
};

struct Mail {
  std::string messageId;  ///< without angle brackets
  std::string fromName;
  std::string from;
  std::vector<std::string> to;
  std::string subject;
  Instant date;
  std::vector<std::pair<std::string, std::string>> headers;  ///< more of them: {"X-Sluis-Kind", "ontvangst"}
  std::string text;                                          ///< UTF-8, LF
  std::string html;                                          ///< UTF-8, LF
  std::vector<Attachment> attachments;
};

std::string encodeMail(const Mail& mail);

}  // namespace sluis::mail
