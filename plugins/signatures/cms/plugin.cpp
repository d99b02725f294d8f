#include <memory>

#include "plugin/plugin.h"

#include "cms/cms.h"

const sluis::plugin::Descriptor* sluis_plugin() {
  using sluis::plugin::SignatureParser;
  static constexpr sluis::plugin::Descriptor kDescriptor = {
      sluis::plugin::kPluginApi,
      "signature",
      "cms",
      SLUIS_VERSION,
      []() -> void* { return static_cast<SignatureParser*>(std::make_unique<sluis::cms::CmsParser>().release()); },
      [](void* instance) { std::unique_ptr<SignatureParser>(static_cast<SignatureParser*>(instance)).reset(); },
  };
  return &kDescriptor;
}
