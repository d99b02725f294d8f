#include "plugin/plugin.h"

#include "maildir/maildir_channel.h"

namespace {

// The loader takes the instance as a Channel: the pointer must be one before it becomes void*.
void* create() {
  return static_cast<sluis::plugin::Channel*>(new sluis::channel_maildir::MaildirChannel);
}
void destroy(void* instance) {
  delete static_cast<sluis::plugin::Channel*>(instance);
}

constexpr sluis::plugin::Descriptor kDescriptor = {
    sluis::plugin::kPluginApi, "channel", "maildir", SLUIS_VERSION, create, destroy};

}  // namespace

const sluis::plugin::Descriptor* sluis_plugin() {
  return &kDescriptor;
}
