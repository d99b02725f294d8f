#include <memory>

#include <openssl/crypto.h>

#include "plugin/plugin.h"

#include "cms/cms.h"

namespace {

// The worker is confined as soon as the parser exists: what OpenSSL wants to read, it reads now.
void* makeParser() {
  ::OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_ADD_ALL_DIGESTS |
                            OPENSSL_INIT_ADD_ALL_CIPHERS,
                        nullptr);
  return static_cast<sluis::plugin::SignatureParser*>(std::make_unique<sluis::cms::CmsParser>().release());
}

}  // namespace

const sluis::plugin::Descriptor* sluis_plugin() {
  using sluis::plugin::SignatureParser;
  static constexpr sluis::plugin::Descriptor kDescriptor = {
      sluis::plugin::kPluginApi,
      "signature",
      "cms",
      SLUIS_VERSION,
      &makeParser,
      [](void* instance) { std::unique_ptr<SignatureParser>(static_cast<SignatureParser*>(instance)).reset(); },
  };
  return &kDescriptor;
}
