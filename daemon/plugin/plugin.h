// What every plugin is: one shared object with one entry point. Small and versioned; see docs/plugins.md.
//
// Plugins come from one root-owned directory named in the configuration, are loaded once and never unloaded. A plugin
// sees bytes and records, never the database, keys or the configuration of others. Interfaces of the kinds: format.h,
// signature.h, channel.h.
#pragma once

#include <cstdint>

namespace sluis::plugin {

/// Raised when any interface in this room changes; a plugin built for another number is refused by the loader.
inline constexpr std::uint32_t kPluginApi = 1;

struct Descriptor {
  std::uint32_t api;    ///< kPluginApi of the headers it was built with
  const char* kind;     ///< "format", "signature" or "channel"
  const char* name;     ///< "csv"; unique within the kind, [a-z0-9-]{1,32}
  const char* version;  ///< of the plugin, for logs and receipts
  void* (*create)();    ///< a new FormatReader, SignatureParser or Channel (never null)
  void (*destroy)(void* instance);
};

}  // namespace sluis::plugin

/// The entry point; returns a descriptor that lives as long as the program.
extern "C" __attribute__((visibility("default"))) const sluis::plugin::Descriptor* sluis_plugin();
