// Puts each message into one Maildir (https://cr.yp.to/proto/maildir.html): the embedded default, for a local mailbox
// and for tests.
//
// A message appears in new/ whole or not at all, and survives a power cut once deliver() says delivered. All recipients
// share the one mailbox; the bytes are not changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "plugin/channel.h"

namespace sluis::channel_maildir {

class MaildirChannel final : public plugin::Channel {
 public:
  /// Setting `path`: absolute; the folders are made when missing. Error (config, disk) when it cannot be.
  void open(const plugin::ChannelSettings& settings) override;
  plugin::DeliveryReport deliver(const plugin::Message& message) override;

 private:
  std::string uniqueName();

  std::filesystem::path folder_;
  std::string host_;
  std::uint64_t count_ = 0;
};

}  // namespace sluis::channel_maildir
