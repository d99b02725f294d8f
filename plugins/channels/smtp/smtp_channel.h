// Hands messages to a mail server: STARTTLS, authentication, and an outcome for each recipient.
//
// 5xx for a message or a recipient is final; 4xx, and everything that is the connection's, the certificate's or the
// login's fault, is for later: a wrong setting delays mail, it loses none. One session a message: it is rare, and
// nothing is left half open between two.
#pragma once

#include <optional>

#include "plugin/channel.h"
#include "smtp/smtp_session.h"
#include "smtp/smtp_settings.h"

namespace sluis::channel_smtp {

class SmtpChannel final : public plugin::Channel {
 public:
  void open(const plugin::ChannelSettings& settings) override;
  plugin::DeliveryReport deliver(const plugin::Message& message) override;

 private:
  plugin::DeliveryReport converse(SmtpSession& session, const plugin::Message& message) const;

  std::optional<SmtpSettings> settings_;
};

}  // namespace sluis::channel_smtp
