// What pseudonymising costs a record, all in, by what identifies the child and over how many municipalities.
#include "pseudonymise/pseudonymiser.h"

#include <benchmark/benchmark.h>

#include <filesystem>

#include "support/temp_dir.h"

namespace {

using namespace sluis;

constexpr std::size_t kRecords = 8192;

std::vector<Trajectory> records(Identity identity, std::uint16_t municipalities) {
  std::vector<Trajectory> out(kRecords);
  for (std::size_t i = 0; i < out.size(); ++i) {
    Trajectory& record = out[i];
    record.row = static_cast<std::uint32_t>(i + 1);
    record.identity = identity;
    record.bsn = static_cast<std::uint32_t>(100000000 + i * 7919);
    record.sex = 'M';
    record.birth = 20100317;
    record.postcode = {'1', '3', '1', '5', 'A', 'B'};
    record.municipality = static_cast<std::uint16_t>(34 + i % municipalities);
    record.start = 20500;
    record.form = 2;
    record.measurements = {Measurement{8, 2, 3, 'J'}, Measurement{6, 3, 1, 'O'}};
  }
  return out;
}

void perRecord(benchmark::State& state) {
  const sluis::test::TempDir folder;
  crypto::Keyring keys = crypto::Keyring::load(folder.path());
  keys.create(crypto::Keyring::kPseudonym);
  keys.create(crypto::Keyring::kCell);
  const auto municipalities = static_cast<std::uint16_t>(state.range(1));
  for (std::uint16_t i = 0; i < municipalities; ++i)
    keys.create(crypto::Keyring::domainName(static_cast<std::uint16_t>(34 + i)));
  pseudonymise::Pseudonymiser pseudonymiser(keys);
  const std::vector<Trajectory> in = records(static_cast<Identity>(state.range(0)), municipalities);
  std::vector<PseudonymousTrajectory> out;
  for (auto _ : state) pseudonymiser.apply(in, out);
  state.counters["time_per_record"] = benchmark::Counter(
      static_cast<double>(kRecords), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(perRecord)
    ->ArgNames({"identity", "municipalities"})
    ->Args({static_cast<int>(Identity::bsn), 1})
    ->Args({static_cast<int>(Identity::bsn), 40})
    ->Args({static_cast<int>(Identity::psn), 1})
    ->Args({static_cast<int>(Identity::unknown), 1});

}  // namespace

BENCHMARK_MAIN();
