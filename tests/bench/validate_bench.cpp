// How fast a delivery is read (csv) and judged (validate), in one thread and without the worker: MB/s and ns a record.
//   tests/support/make_sample.py --records 2000000 --output /tmp/delivery.csv
//   SLUIS_DELIVERY=/tmp/delivery.csv build/release/bin/validate_bench
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>

#include "../support/cells.h"
#include "base/file.h"
#include "dataset/definition.h"
#include "plugin/loader.h"
#include "validate/validator.h"

namespace {

using namespace sluis;
namespace fs = std::filesystem;

// build/<preset>/bin/validate_bench: the plugins lie beside bin/, the configuration in the source tree.
const fs::path kSource = SLUIS_SOURCE_DIR;
const fs::path kBuild = fs::read_symlink("/proc/self/exe").parent_path().parent_path();

const std::string& delivery() {
  static const std::string text = [] {
    const char* path = std::getenv("SLUIS_DELIVERY");
    return path == nullptr ? std::string() : readFile(path, std::size_t{4} << 30);
  }();
  return text;
}

template <typename Take>
std::uint64_t readAll(Take take) {
  static const plugin::Loader loader(kBuild / "plugins", {"format"}, "csv");
  std::uint64_t records = 0;
  auto counting = [&](const plugin::CellBatch& batch) {
    records += batch.rows();
    take(batch);
  };
  support::TextSource source(delivery(), 256 << 10);
  support::BatchTaker sink(counting);
  loader.format("csv")->read(source, {}, sink);
  return records;
}

void report(benchmark::State& state, std::uint64_t records) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * delivery().size()));
  state.counters["time_a_record"] = benchmark::Counter(
      static_cast<double>(records), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void readCsv(benchmark::State& state) {
  std::uint64_t records = 0;
  for ([[maybe_unused]] auto turn : state) records = readAll([](const plugin::CellBatch&) {});
  report(state, records);
}
BENCHMARK(readCsv)->Unit(benchmark::kMillisecond);

void readAndValidate(benchmark::State& state) {
  const auto definitions = dataset::Definitions::load(kSource / "config/datasets", kSource / "config/codelists");
  const Period period = *Period::parse("2026H1");
  std::uint64_t records = 0;
  for ([[maybe_unused]] auto turn : state) {
    validate::Validator validator(*definitions.find("jeugdhulp", period), period, period.last() + std::chrono::days(10),
                                  validate::Coverage::noRegister());
    const std::string head = delivery().substr(0, delivery().find('\n'));
    std::vector<std::string> columns;
    for (std::size_t begin = 0; begin <= head.size();) {
      const std::size_t end = std::min(head.find(';', begin), head.size());
      columns.push_back(head.substr(begin, end - begin));
      begin = end + 1;
    }
    if (!validator.bind(columns)) return state.SkipWithError("the header does not fit; write it with make_sample.py");
    std::vector<Trajectory> good;
    readAll([&](const plugin::CellBatch& batch) { validator.check(batch, good); });
    const auto findings = validator.finish();
    if (!findings || findings->errors != 0) return state.SkipWithError("the delivery has errors");
    records = validator.records();
  }
  report(state, records);
}
BENCHMARK(readAndValidate)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (delivery().empty()) {
    std::fputs("name a delivery in SLUIS_DELIVERY (see tests/support/make_sample.py)\n", stderr);
    return 2;
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
