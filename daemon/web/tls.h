// The server's side of TLS: 1.2 and 1.3, forward secrecy and authenticated encryption only.
#pragma once

#include <filesystem>

#include <Poco/Net/Context.h>

namespace sluis::web {

/// Error (config) for a certificate or key that cannot be used, or that do not belong together.
Poco::Net::Context::Ptr serverContext(const std::filesystem::path& certificate, const std::filesystem::path& key);

}  // namespace sluis::web
