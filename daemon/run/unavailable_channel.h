// Stands in for a channel that cannot be opened: every message is put off with the reason, so that what goes into the
// providers' folders still goes, and `sluis status` says why mail waits.
#pragma once

#include <string>

#include "plugin/channel.h"

namespace sluis::run {

class UnavailableChannel final : public plugin::Channel {
 public:
  explicit UnavailableChannel(std::string reason) : reason_(std::move(reason)) {}

  void open(const plugin::ChannelSettings&) override {}
  plugin::DeliveryReport deliver(const plugin::Message&) override {
    plugin::DeliveryReport report{};
    report.outcome = plugin::Outcome::tryLater;
    report.reason = reason_;
    return report;
  }

 private:
  std::string reason_;
};

}  // namespace sluis::run
