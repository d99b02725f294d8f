// How fast a delivery passes through the worker: from the start of the process to the last batch copied out.
// SLUIS_DELIVERY as for validate_bench; needs bin/sluis-reader and plugins/ of the same build.
#include <benchmark/benchmark.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "reader/memory_file.h"
#include "reader/worker.h"

namespace {

using namespace sluis;
namespace fs = std::filesystem;

const fs::path kBuild = fs::read_symlink("/proc/self/exe").parent_path().parent_path();

Fd delivery;

void throughTheWorker(benchmark::State& state) {
  const reader::Worker worker({.program = kBuild / "bin/sluis-reader", .pluginDirectory = kBuild / "plugins"});
  std::uint64_t records = 0;
  for ([[maybe_unused]] auto turn : state) {
    ::lseek(delivery.get(), 0, SEEK_SET);
    reader::FormatJob job = worker.startFormat("csv", {}, delivery);
    records = 0;
    auto batch = job.next();
    for (; batch && *batch; batch = job.next()) records += (*batch)->rows();
    if (!batch) return state.SkipWithError("the delivery cannot be read");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * ::lseek(delivery.get(), 0, SEEK_END));
  state.counters["time_a_record"] = benchmark::Counter(
      static_cast<double>(records), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(throughTheWorker)->Unit(benchmark::kMillisecond)->UseRealTime();

void startAndEnd(benchmark::State& state) {
  const reader::Worker worker({.program = kBuild / "bin/sluis-reader",
                               .pluginDirectory = kBuild / "plugins",
                               .startAhead = state.range(0) != 0});
  const Fd empty = reader::memoryFile(asBytes("a;b\n"));
  for ([[maybe_unused]] auto turn : state) {
    ::lseek(empty.get(), 0, SEEK_SET);
    reader::FormatJob job = worker.startFormat("csv", {}, empty);
    benchmark::DoNotOptimize(job.header());
  }
}
BENCHMARK(startAndEnd)->ArgName("ahead")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const char* path = std::getenv("SLUIS_DELIVERY");
  if (path == nullptr) {
    std::fputs("name a delivery in SLUIS_DELIVERY (see tests/support/make_sample.py)\n", stderr);
    return 2;
  }
  delivery = openFile(path, O_RDONLY);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
