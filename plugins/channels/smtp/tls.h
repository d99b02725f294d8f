// TLS over a connected socket: version 1.2 or newer, certificate and host name always checked.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include "smtp/smtp_settings.h"

namespace sluis::channel_smtp {

/// The handshake done and the peer proven to be settings.host. Throws Poco::Exception otherwise.
Poco::Net::StreamSocket secured(Poco::Net::StreamSocket& plain, const SmtpSettings& settings);

}  // namespace sluis::channel_smtp
