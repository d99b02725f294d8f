#include "csv/csv_reader.h"

#include "csv/tokenizer.h"
#include "plugin/plugin.h"

namespace sluis::csv {

void CsvReader::read(plugin::ByteSource& source, std::string_view, plugin::BatchSink& sink) {
  Tokenizer(source).run(sink);
}

}  // namespace sluis::csv

const sluis::plugin::Descriptor* sluis_plugin() {
  using sluis::csv::CsvReader;
  using sluis::plugin::FormatReader;
  static const sluis::plugin::Descriptor descriptor = {
      sluis::plugin::kPluginApi,
      "format",
      "csv",
      SLUIS_VERSION,
      []() -> void* { return static_cast<FormatReader*>(new CsvReader); },
      [](void* instance) { delete static_cast<FormatReader*>(instance); },
  };
  return &descriptor;
}
