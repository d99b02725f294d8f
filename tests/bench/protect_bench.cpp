// Reports over a synthetic snapshot: how long until the protected outcome is there, for questions drawn at random over
// everything that can be asked. Prints one line of JSON: milliseconds, median and 95th percentile, and the slowest.
//
//   protect_bench ROWS [QUESTIONS [THREADS]]
//   protect_bench publish ROWS FOLDER      puts that snapshot where sluis-figures finds it, as <FOLDER>/GM0034/…
//   protect_bench ask FILE [THREADS]       on stdin lines as "uitval verwijzer hulpvorm=02"; for each its median of
//   nine
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <sstream>
#include <thread>

#include "protect/engine.h"
#include "protect/withheld.h"
#include "support/synthetic_table.h"
#include "support/temp_dir.h"

namespace {

using namespace sluis;
using report::Dimension;

std::vector<report::Value> valuesOf(Dimension dimension, const snapshot::Facts& facts) {
  std::vector<report::Value> values;
  const auto add = [&](std::string key) { values.push_back({key, key}); };
  const auto upTo = [&](int most, const char* format) {
    for (int i = 1; i <= most; ++i) add(fmt::format(fmt::runtime(format), i));
    add("onbekend");
  };
  switch (dimension) {
    case Dimension::form:
      for (const char* key : {"01", "02", "03", "04", "11", "12", "13", "14"}) add(key);
      break;
    case Dimension::referrer:
      upTo(8, "{:02}");
      break;
    case Dimension::reason:
      upTo(5, "{:02}");
      break;
    case Dimension::profile:
      upTo(11, "{}");
      break;
    case Dimension::perspective:
      upTo(4, "{:02}");
      break;
    case Dimension::severity:
      upTo(4, "{}");
      break;
    case Dimension::complexity:
      upTo(3, "{}");
      break;
    case Dimension::informant:
      add("J"), add("O");
      break;
    case Dimension::measure:
      add("tevredenheid"), add("zonder-hulp-verder"), add("doelrealisatie");
      break;
    case Dimension::productCategory:
      for (int i = 40; i <= 55; ++i) add(std::to_string(i));
      add("onbekend");
      break;
    case Dimension::provider:
      for (const auto& provider : facts.providers) add(provider.code);
      break;
    default:
      for (auto number = facts.firstQuarter; number <= facts.lastQuarter; ++number) add(report::toString({number}));
  }
  return values;
}

report::Query questionOf(test::synthetic::Random& random, const snapshot::Facts& facts) {
  report::Query query;
  query.indicator = report::kIndicators[random.below(6)];
  switch (random.below(3)) {
    case 0:
      query.viewer = {report::Role::municipality, facts.domain};
      break;
    case 1:
      query.viewer = {report::Role::provider,
                      facts.providers[random.below(static_cast<std::uint32_t>(facts.providers.size()))].code};
      break;
    default:
      break;
  }
  auto possible = report::possibleDimensions(query.indicator, query.viewer.role);
  std::erase(possible, Dimension::municipality);
  const auto any = [&] { return possible[random.below(static_cast<std::uint32_t>(possible.size()))]; };
  query.by = any();
  const std::uint32_t filters = random.below(3);
  while (query.dimensions() < 3 && query.filters.size() + query.start.isGiven() + query.end.isGiven() < filters) {
    const Dimension dimension = any();
    const auto values = valuesOf(dimension, facts);
    const std::string key = values[random.below(static_cast<std::uint32_t>(values.size()))].key;
    if (dimension == Dimension::start)
      query.start.from = report::quarterFrom(key);
    else if (dimension == Dimension::end)
      query.end.to = report::quarterFrom(key);
    else
      query.filters[dimension] = key;
  }
  return query;
}

std::string sentenceOf(const report::Query& query) {
  const auto words = report::wordsOf(query);
  std::string text = words.indicator + " as " + (words.viewer.empty() ? "ttp" : words.viewer) + " by " + words.by;
  for (const auto& [name, value] : words.filters) text += " " + name + "=" + value;
  return text;
}

/// For report.py: questions of its own about a snapshot that was made of a database.
int ask(const char* file, unsigned threads) {
  const protect::Published published{snapshot::Snapshot::open(file), ptable::PerturbationTable::make({}), {}};
  published.snapshot->verify();
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream stream(line);
    report::Words words;
    stream >> words.indicator >> words.by;
    for (std::string filter; stream >> filter;)
      words.filters.emplace_back(filter.substr(0, filter.find('=')), filter.substr(filter.find('=') + 1));
    const auto query = report::queryFrom(words);
    if (!query) return fmt::print(stderr, "{}\n", query.error().message), 2;
    const auto values = valuesOf(query->by, published.snapshot->facts());
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) {
      const auto before = std::chrono::steady_clock::now();
      protect::answer({published}, *query, values, threads);
      times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count());
    }
    std::sort(times.begin(), times.end());
    fmt::print("{:.3f}\n", times[times.size() / 2]);
  }
  return 0;
}

int publish(std::uint64_t rows, const std::filesystem::path& folder) {
  auto table = test::syntheticTable({.rows = rows});
  table.facts.table = ptable::PerturbationTable::make({}).text();
  const auto place = folder / table.facts.domain;
  std::filesystem::create_directories(place);
  const auto digest = snapshot::write(place / "bench.building", table);
  protect::writeWithheld(place / (table.facts.id + ".withheld"), {}, digest);
  std::filesystem::rename(place / "bench.building", place / (table.facts.id + ".snapshot"));
  fmt::print(R"({{"id":"{}","children":{}}})"
             "\n",
             table.facts.id, table.facts.children);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  if (count > 2 && std::string_view(arguments[1]) == "ask")
    return ask(arguments[2], count > 3 ? static_cast<unsigned>(std::atoi(arguments[3])) : cores);
  if (count == 4 && std::string_view(arguments[1]) == "publish")
    return publish(std::strtoull(arguments[2], nullptr, 10), arguments[3]);
  const std::uint64_t rows = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1000000;
  const int questions = count > 2 ? std::atoi(arguments[2]) : 300;
  const unsigned threads = count > 3 ? static_cast<unsigned>(std::atoi(arguments[3])) : cores;

  const test::TempDir dir;
  protect::Published published{nullptr, ptable::PerturbationTable::make({}), {}};
  {
    auto table = test::syntheticTable({.rows = rows});
    table.facts.table = published.table.text();
    snapshot::write(dir / "bench.snapshot", table);
  }
  published.snapshot = snapshot::Snapshot::open(dir / "bench.snapshot");
  published.snapshot->verify();
  const auto& facts = published.snapshot->facts();

  test::synthetic::Random random(7);
  std::vector<std::pair<double, std::string>> times;
  std::vector<double> cpu;  // of all threads together: what it costs where others keep the processors busy
  for (int i = 0; i < questions; ++i) {
    const auto query = questionOf(random, facts);
    const auto values = valuesOf(query.by, facts);
    const std::clock_t begun = std::clock();
    const auto before = std::chrono::steady_clock::now();
    const auto outcome = protect::answer({published}, query, values, threads);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - before;
    cpu.push_back(1e3 * static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
    if (!outcome.available) return 1;
    times.emplace_back(took.count(), sentenceOf(query));
  }
  std::sort(times.begin(), times.end());
  std::sort(cpu.begin(), cpu.end());
  const auto place = [&](double share) {
    return std::min(times.size() - 1, static_cast<std::size_t>(share * static_cast<double>(times.size())));
  };
  fmt::print(R"({{"rows":{},"threads":{},"questions":{},"median_ms":{:.2f},"p95_ms":{:.2f},"max_ms":{:.2f},)",
             facts.rows, threads, questions, times[place(0.5)].first, times[place(0.95)].first, times.back().first);
  fmt::print(R"("median_cpu_ms":{:.2f},"p95_cpu_ms":{:.2f},"slowest":"{}"}})"
             "\n",
             cpu[place(0.5)], cpu[place(0.95)], times.back().second);
  if (std::getenv("SLUIS_BENCH_ALL") != nullptr)
    for (const auto& [took, words] : times) fmt::print("{:8.2f} {}\n", took, words);
}
