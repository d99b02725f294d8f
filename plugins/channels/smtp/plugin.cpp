#include "plugin/plugin.h"

#include "smtp/smtp_channel.h"

namespace {

// The loader takes the instance as a Channel: the pointer must be one before it becomes void*.
void* create() {
  return static_cast<sluis::plugin::Channel*>(new sluis::channel_smtp::SmtpChannel);
}
void destroy(void* instance) {
  delete static_cast<sluis::plugin::Channel*>(instance);
}

constexpr sluis::plugin::Descriptor kDescriptor = {
    sluis::plugin::kPluginApi, "channel", "smtp", SLUIS_VERSION, create, destroy};

}  // namespace

const sluis::plugin::Descriptor* sluis_plugin() {
  return &kDescriptor;
}
