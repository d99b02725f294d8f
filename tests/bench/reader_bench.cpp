// How fast a delivery passes through the worker: from the first byte fed to the last batch copied out, process start
// included. SLUIS_DELIVERY as for validate_bench; needs bin/sluis-reader and plugins/ of the same build.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "reader/worker.h"

namespace {

using namespace sluis;
namespace fs = std::filesystem;

const fs::path kBuild = fs::read_symlink("/proc/self/exe").parent_path().parent_path();

std::string delivery;

void throughTheWorker(benchmark::State& state) {
  const reader::Worker worker({.program = kBuild / "bin/sluis-reader", .pluginDirectory = kBuild / "plugins"});
  std::uint64_t records = 0;
  for ([[maybe_unused]] auto turn : state) {
    reader::FormatJob job = worker.startFormat("csv");
    std::thread feeder([&job] {
      BytesView left = asBytes(delivery);
      while (!left.empty() && job.feed(left.first(std::min<std::size_t>(left.size(), 256 << 10))))
        left = left.subspan(std::min<std::size_t>(left.size(), 256 << 10));
      job.endOfInput();
    });
    records = 0;
    auto batch = job.next();
    for (; batch && *batch; batch = job.next()) records += (*batch)->rows();
    feeder.join();
    if (!batch) return state.SkipWithError("the delivery cannot be read");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * delivery.size()));
  state.counters["time_a_record"] = benchmark::Counter(
      static_cast<double>(records), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(throughTheWorker)->Unit(benchmark::kMillisecond)->UseRealTime();

void startAndEnd(benchmark::State& state) {
  const reader::Worker worker({.program = kBuild / "bin/sluis-reader", .pluginDirectory = kBuild / "plugins"});
  for ([[maybe_unused]] auto turn : state) {
    reader::FormatJob job = worker.startFormat("csv");
    job.endOfInput();
    benchmark::DoNotOptimize(job.header());
  }
}
BENCHMARK(startAndEnd)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const char* path = std::getenv("SLUIS_DELIVERY");
  if (path == nullptr) {
    std::fputs("name a delivery in SLUIS_DELIVERY (see tests/support/make_sample.py)\n", stderr);
    return 2;
  }
  delivery = readFile(path, std::size_t{4} << 30);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
