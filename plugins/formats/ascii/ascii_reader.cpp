#include "ascii/ascii_reader.h"

#include "ascii/layout.h"
#include "ascii/lines.h"
#include "plugin/plugin.h"

namespace sluis::ascii {

void AsciiReader::read(plugin::ByteSource& source, std::string_view layout, plugin::BatchSink& sink) {
  const Layout fields = parseLayout(layout);
  Lines(source, fields).run(sink);
}

}  // namespace sluis::ascii

const sluis::plugin::Descriptor* sluis_plugin() {
  using sluis::ascii::AsciiReader;
  using sluis::plugin::FormatReader;
  static const sluis::plugin::Descriptor descriptor = {
      sluis::plugin::kPluginApi,
      "format",
      "ascii",
      SLUIS_VERSION,
      []() -> void* { return static_cast<FormatReader*>(new AsciiReader); },
      [](void* instance) { delete static_cast<FormatReader*>(instance); },
  };
  return &descriptor;
}
