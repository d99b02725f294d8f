// A channel plugin delivers one message, or says why not. It runs in sluisd, so it handles only what we made ourselves
// and the answers of a configured server.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace sluis::plugin {

/// A finished RFC 5322 message: complete header and body, CRLF line ends.
struct Message {
  std::string messageId;  ///< without angle brackets; the same for every try
  std::string from;       ///< envelope sender
  std::vector<std::string> recipients;
  std::string bytes;
};

enum class Outcome { delivered, tryLater, failed };

struct DeliveryReport {
  Outcome outcome;
  std::string reason;  ///< one line for the operator when not delivered; never message content
  /// Recipients that are refused for good although others got the message, or may get it later.
  std::vector<std::string> refused = {};
  /// With tryLater: the recipients to try again; empty = all that are not refused.
  std::vector<std::string> retry = {};
};

/// The channel's own section of the configuration, flat: "host" -> "mail.example.nl". Secrets come through `secret`.
struct ChannelSettings {
  std::map<std::string, std::string, std::less<>> values;
  std::function<Secret(std::string_view name)> secret;  ///< e.g. "password"; empty Secret when none is configured
};

class Channel {
 public:
  virtual ~Channel() = default;
  /// Once, before the first message. Throws sluis::Error (config) when a setting is missing or wrong.
  virtual void open(const ChannelSettings& settings) = 0;
  /// Tries once; never throws for what a server or disk does.
  virtual DeliveryReport deliver(const Message& message) = 0;
};

}  // namespace sluis::plugin
