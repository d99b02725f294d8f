// One conversation with a mail server (RFC 5321), over a socket that becomes TLS by STARTTLS (RFC 3207).
//
// The server is not trusted with more than the mail: its answers are bounded in length and time, the certificate and
// the host name are always checked, and what it said before TLS is forgotten. A connection that breaks, a certificate
// that does not fit and an answer that is none are a Broken; what the server refuses is a Reply.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <Poco/Net/StreamSocket.h>

#include "smtp/reply.h"
#include "smtp/smtp_settings.h"

namespace sluis::channel_smtp {

class SmtpSession {
 public:
  /// Connects and takes the greeting. `settings` must outlive the session.
  explicit SmtpSession(const SmtpSettings& settings);

  /// EHLO, STARTTLS unless switched off, EHLO again, and AUTH when there is a user.
  void begin();

  /// One command, one reply. The command holds no CR or LF (Broken otherwise).
  Reply command(std::string_view line);
  /// After DATA was answered 354: the message, dot-stuffed, and the final dot.
  Reply data(std::string_view message);
  void quit() noexcept;

  /// The largest message the server says it takes; 0 = it does not say.
  std::uint64_t sizeLimit() const;
  bool offers(std::string_view extension) const;

 private:
  void connect();
  void hello();
  void startTls();
  void authenticate();
  Reply exchange(std::string_view line);
  Reply readReply();
  void send(std::string_view bytes);
  const std::string* capability(std::string_view extension) const;

  const SmtpSettings& settings_;
  std::chrono::steady_clock::time_point deadline_;
  Poco::Net::StreamSocket socket_;
  ReplyReader replies_;
  std::vector<std::string> capabilities_;
};

}  // namespace sluis::channel_smtp
