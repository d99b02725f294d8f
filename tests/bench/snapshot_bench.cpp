// The pieces of tests/bench/snapshot.py: a database full of trajectories, a snapshot out of it, and opening one.
//
//   snapshot_bench cluster                     a throw-away database; prints its conninfo, goes when stdin ends
//   snapshot_bench fill CONNINFO ROWS REPEATS  that many current trajectories of GM0034, each delivered REPEATS times
//   snapshot_bench build CONNINFO FILE         a snapshot of them
//   snapshot_bench changes FILE CONNINFO       builds once more, and counts the children that changed
//   snapshot_bench open FILE                   opens it, then checks every column
//   snapshot_bench synthetic ROWS FILE         a snapshot of made-up trajectories, without a database
//
// Each prints one line of JSON: seconds, bytes.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <span>
#include <string>

#include <fmt/format.h>

#include "postgres/copy_writer.h"
#include "snapshot/build.h"
#include "snapshot/changes.h"
#include "support/database.h"
#include "support/synthetic_table.h"

namespace {

using namespace sluis;

class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> passed = now - since_;
    since_ = now;
    return passed.count();
  }

 private:
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

// The most memory this process has had, in bytes.
std::uint64_t mostMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  return 0;
}

constexpr std::int32_t kFirstYear = 2019;
constexpr std::uint32_t kQuarters = 31;

// A day of that quarter (from 1) as PostgreSQL counts them.
std::int32_t dayIn(std::uint32_t quarter, std::uint32_t any) {
  const auto months = static_cast<unsigned>((quarter - 1) % 4 * 3 + 1 + any % 3);
  const Day day = std::chrono::year(kFirstYear + static_cast<int>((quarter - 1) / 4)) / months / (1 + any / 3 % 28);
  return static_cast<std::int32_t>((day - Day(std::chrono::year(2000) / 1 / 1)).count());
}

void writeRow(postgres::CopyWriter& copy, const snapshot::Table& table, std::size_t i, std::int64_t delivery) {
  std::array<std::uint8_t, 35> codes{'V',
                                     'N',
                                     table.referrer[i],
                                     table.reason[i],
                                     table.perspective[i],
                                     table.productCategory[i],
                                     table.profile[i],
                                     table.severity[i],
                                     table.complexity[i]};
  for (const int shift : {0, 4}) {
    std::uint8_t* measured = codes.data() + (shift == 0 ? 9 : 13);
    measured[0] = table.satisfaction[i] >> shift & 15;
    measured[1] = table.goOn[i] >> shift & 15;
    measured[2] = table.goals[i] >> shift & 15;
    measured[3] = (measured[0] | measured[1] | measured[2]) == 0 ? 0 : shift == 0 ? 'J' : 'O';
  }
  std::size_t at = 23;
  for (const auto key : {table.key[i] | 1, table.keyYouth[i], table.keyParent[i]})
    for (const int shift : {24, 16, 8, 0}) codes[at++] = static_cast<std::uint8_t>(key >> shift);
  test::synthetic::Random child(table.child[i]);
  std::array<std::uint64_t, 2> pseudonym{child.next(), child.next()};

  postgres::CopyRow row(copy.room(256), 11);
  row.int64(delivery);
  row.bytes(std::as_bytes(std::span(pseudonym)));
  row.int32(static_cast<std::int32_t>(i & 0xfffffff));
  const auto start = dayIn(table.start[i], table.key[i] >> 8);
  row.int32(start);
  if (table.end[i] == 0) {
    row.null();
  } else {
    row.int32(std::max(start, dayIn(table.end[i], table.key[i] >> 4)));
  }
  row.int16(2012);
  row.int16(34);
  row.int16(1315);
  row.int16(1);
  row.int16(table.form[i]);
  row.bytes(std::as_bytes(std::span(codes)));
  copy.take(row);
}

// A provider delivers each quarter: what ended in it or still runs in the last, and the same row again in those before.
void fill(const std::string& conninfo, std::uint64_t rows, unsigned repeats) {
  const auto table = test::syntheticTable({.rows = rows});
  postgres::Connection connection(conninfo);
  const auto providers = static_cast<std::uint32_t>(table.facts.providers.size());
  std::vector<std::vector<std::uint32_t>> deliveries(providers * kQuarters);
  for (std::uint32_t i = 0; i < table.facts.rows; ++i) {
    const std::uint32_t last = table.end[i] == 0 ? kQuarters : table.end[i];
    for (std::uint32_t back = 0; back < std::min(repeats, last); ++back)
      deliveries[(last - 1 - back) * providers + table.provider[i]].push_back(i);
  }
  for (std::size_t number = 0; number < deliveries.size(); ++number) {
    const auto delivery = static_cast<std::int64_t>(number + 1);
    const auto quarter = number / providers;
    const auto first = fmt::format("{}-{:02}-01", kFirstYear + quarter / 4, quarter % 4 * 3 + 1);
    postgres::Transaction transaction(connection);
    transaction.exec(
        "INSERT INTO care.batch SELECT $1, $2, 'jeugdhulp', $3::text, $3::text::date, $3::text::date + interval '3 "
        "months - 1 day', "
        "now(),"
        " $4",
        delivery, table.facts.providers[number % providers].code, first, deliveries[number].size());
    postgres::CopyWriter copy(transaction,
                              fmt::format("care.trajectory_{:03} (delivery, pseudonym, row, start_date, end_date,"
                                          " birth_year, municipality, postcode4, domain_version, form, codes)",
                                          delivery % 128));
    for (const auto i : deliveries[number]) writeRow(copy, table, i, delivery);
    copy.finish();
    transaction.commit();
  }
  connection.exec("VACUUM (ANALYZE)");
}

snapshot::Table build(const std::string& conninfo) {
  postgres::Connection connection(conninfo);
  snapshot::Wanted wanted;
  wanted.id = "GM0034-000001";
  wanted.domain = "GM0034";
  wanted.today = std::chrono::year(2026) / 11 / 22;
  return snapshot::build(connection, wanted);
}

int run(std::span<char*> args) {
  const std::string command = args.size() > 1 ? args[1] : "";
  Stopwatch watch;
  if (command == "cluster" && args.size() == 2) {
    const test::Database database;
    fmt::print("{}\n", database.conninfo());
    std::fflush(stdout);
    while (std::getchar() != EOF) continue;
  } else if (command == "fill" && args.size() == 5) {
    fill(args[2], std::stoull(args[3]), static_cast<unsigned>(std::stoul(args[4])));
    fmt::print("{{\"filled\":{:.3f}}}\n", watch.lap());
  } else if (command == "build" && args.size() == 4) {
    const auto table = build(args[2]);
    const auto built = watch.lap();
    snapshot::write(args[3], table);
    const auto written = watch.lap();
    fmt::print("{{\"built\":{:.3f},\"written\":{:.3f},\"memory\":{},\"rows\":{},\"children\":{},\"bytes\":{}}}\n",
               built, written, mostMemory(), table.facts.rows, table.facts.children,
               std::filesystem::file_size(args[3]));
  } else if (command == "changes" && args.size() == 4) {
    const auto table = build(args[3]);
    watch.lap();
    const auto changed = snapshot::changedChildren(*snapshot::Snapshot::open(args[2]), table);
    fmt::print("{{\"compared\":{:.3f},\"changed\":{},\"memory\":{}}}\n", watch.lap(), changed, mostMemory());
  } else if (command == "open" && args.size() == 3) {
    const auto snapshot = snapshot::Snapshot::open(args[2]);
    const auto opened = watch.lap();
    snapshot->verify();
    fmt::print("{{\"opened\":{:.6f},\"verified\":{:.3f}}}\n", opened, watch.lap());
  } else if (command == "synthetic" && args.size() == 4) {
    const auto table = test::syntheticTable({.rows = std::stoull(args[2])});
    snapshot::write(args[3], table);
    fmt::print("{{\"made\":{:.3f},\"children\":{}}}\n", watch.lap(), table.facts.children);
  } else {
    fmt::print(stderr, "see the head of snapshot_bench.cpp\n");
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
