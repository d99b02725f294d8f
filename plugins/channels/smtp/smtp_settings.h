// What the channel smtp can be told, checked once.
#pragma once

#include <cstdint>
#include <string>

#include <Poco/Timespan.h>

#include "base/secret.h"
#include "plugin/channel.h"

namespace sluis::channel_smtp {

struct SmtpSettings {
  std::string host;
  std::uint16_t port = 587;
  bool startTls = true;           ///< off only towards this machine itself
  std::string user;               ///< empty = no authentication
  Secret password;                ///< the secret "password"
  std::string caFile;             ///< PEM; empty = the system's store
  std::string hello;              ///< the name we give ourselves in EHLO; default: this machine's
  Poco::Timespan timeout{30, 0};  ///< for connecting and for each answer

  /// Settings host, port, starttls (required|off, or true|false), user, ca_file, hello, timeout (seconds). Error
  /// (config) that names every mistake.
  static SmtpSettings from(const plugin::ChannelSettings& settings);
};

}  // namespace sluis::channel_smtp
