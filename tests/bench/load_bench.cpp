// The cost of loading: 2 million records by binary COPY against psql's \copy of the same records as CSV.
//
//   SLUIS_BENCH_DSN="host=... user=..." load_bench
//
// needs a real cluster (fsync = on, wal_level = replica) and a superuser; makes and drops the database
// sluis_load_bench. Prints wall times by turns, their medians and the ratio.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "load/load.h"
#include "postgres/migrate.h"

namespace {

using namespace sluis;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kRecords = 2'000'000;
constexpr std::size_t kBatch = 4096;

// A provider's half-year as it looks: two thirds ended, most of those measured.
std::vector<PseudonymousTrajectory> records(std::size_t count) {
  std::mt19937_64 random(1);
  const auto upTo = [&](unsigned most) { return static_cast<std::uint8_t>(random() % most); };
  std::vector<PseudonymousTrajectory> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto& record = all[i];
    for (auto& byte : record.pseudonym) byte = static_cast<std::byte>(random());
    record.stepOneVersion = record.domainVersion = 1;
    record.row = static_cast<std::uint32_t>(i + 1);
    record.birthYear = static_cast<std::int16_t>(2005 + upTo(18));
    record.birthMonth = static_cast<std::uint8_t>(1 + upTo(12));
    record.postcode4 = static_cast<std::int16_t>(1301 + upTo(60));
    record.sex = "MVO"[upTo(3)];
    record.crisis = "JN"[upTo(2)];
    record.municipality = 34;
    record.start = 20000 + upTo(250);
    record.referrer = static_cast<std::uint8_t>(1 + upTo(6));
    record.form = static_cast<std::uint8_t>(1 + upTo(4));
    record.productCategory = static_cast<std::uint8_t>(40 + upTo(16));
    if (i % 3 != 0) {
      record.end = record.start + 1 + upTo(200);
      record.reason = static_cast<std::uint8_t>(1 + upTo(5));
      record.measurements[0] = {static_cast<std::uint8_t>(1 + upTo(10)), static_cast<std::uint8_t>(1 + upTo(4)),
                                static_cast<std::uint8_t>(1 + upTo(4)), 'J'};
    }
  }
  return all;
}

std::string date(DayNumber day, const char* none = "") {
  if (day == kNoDay) return none;
  auto text = toIsoDate(Day(std::chrono::days(day)));
  std::erase(text, '-');
  return text;
}

// As a provider would deliver them: 24 columns, jeugdhulp 5.1.
void writeCsv(const std::filesystem::path& path, const std::vector<PseudonymousTrajectory>& all) {
  std::ofstream out(path);
  out << "bsn;geboortedatum;geslacht;postcode;gemeentecode;verwijzer;hulpvorm;gestart_met_crisis;datum_aanvang;"
         "datum_einde;reden_beeindiging;tevredenheid_1;tevredenheid_2;zonder_hulp_verder_1;zonder_hulp_verder_2;"
         "doelrealisatie_1;doelrealisatie_2;informant_1;informant_2;productcategorie;profiel;zorgvraagzwaarte;"
         "complexiteit\n";
  const auto code = [](unsigned value, const char* form) {
    return value == 0 ? "" : fmt::format(fmt::runtime(form), value);
  };
  for (const auto& r : all) {
    const auto& m = r.measurements[0];
    out << fmt::format("{:09};{:04}{:02}15;{};{:04}AB;GM{:04};{:02};{:02};{};{};{};{};{};;{};;{};;{};;{};;;\n",
                       100000000 + r.row, r.birthYear, r.birthMonth, r.sex, r.postcode4, r.municipality, r.referrer,
                       r.form, r.crisis, date(r.start), date(r.end), code(r.reason, "{:02}"),
                       code(m.satisfaction, "{}"), code(m.goOn, "{}"), code(m.goals, "{}"),
                       m.informant == 0 ? "" : std::string(1, m.informant), code(r.productCategory, "{:02}"));
  }
}

double cpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Took {
  double wall;
  double cpu;  // of this process
};

Took loadOnce(postgres::Connection& connection, const std::vector<PseudonymousTrajectory>& all) {
  connection.script("TRUNCATE care.trajectory; CHECKPOINT");
  const auto began = std::chrono::steady_clock::now();
  const double cpu = cpuSeconds();
  postgres::Transaction transaction(connection);
  load::Load load(transaction, 1);
  for (std::size_t at = 0; at < all.size(); at += kBatch) {
    load.write(std::span(all).subspan(at, std::min(kBatch, all.size() - at)));
  }
  load.finish();
  transaction.commit();
  return {Seconds(std::chrono::steady_clock::now() - began).count(), cpuSeconds() - cpu};
}

double psqlOnce(postgres::Connection& connection, const std::string& conninfo, const std::filesystem::path& csv) {
  connection.script("TRUNCATE public.bare; CHECKPOINT");
  const auto command =
      fmt::format("psql -X -q -d '{}' -c \"\\copy public.bare from '{}' (format csv, delimiter ';', header)\"",
                  conninfo, csv.string());
  const auto began = std::chrono::steady_clock::now();
  if (std::system(command.c_str()) != 0) throw Error(ErrorKind::database, "psql failed");
  return Seconds(std::chrono::steady_clock::now() - began).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void againstPsql(const std::string& server) {
  postgres::Connection admin(server);
  admin.exec("DROP DATABASE IF EXISTS sluis_load_bench");
  admin.exec("CREATE DATABASE sluis_load_bench");
  const auto conninfo = server + " dbname=sluis_load_bench";
  {
    const auto source = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    postgres::Connection connection(conninfo);
    connection.script(readFile(source / "sql/roles.sql"));
    postgres::migrate(connection, source / "sql/migrations");
    // Typed as somebody would who loads the file by hand.
    connection.script(
        "CREATE TABLE public.bare (bsn text, geboortedatum text, geslacht text, postcode text, gemeentecode text,"
        " verwijzer text, hulpvorm text, gestart_met_crisis text, datum_aanvang text, datum_einde text,"
        " reden_beeindiging text, tevredenheid_1 int, tevredenheid_2 int, zonder_hulp_verder_1 int,"
        " zonder_hulp_verder_2 int, doelrealisatie_1 int, doelrealisatie_2 int, informant_1 text, informant_2 text,"
        " productcategorie text, profiel int, zorgvraagzwaarte int, complexiteit int)");
    const auto csv = std::filesystem::temp_directory_path() / "sluis_load_bench.csv";
    const auto all = records(kRecords);
    writeCsv(csv, all);
    std::vector<double> ours;
    std::vector<double> cpu;
    std::vector<double> theirs;
    for (int turn = 0; turn < 5; ++turn) {
      theirs.push_back(psqlOnce(connection, conninfo, csv));
      const auto took = loadOnce(connection, all);
      ours.push_back(took.wall);
      cpu.push_back(took.cpu);
      fmt::print("turn {}: psql {:.2f} s, load {:.2f} s (cpu {:.2f} s)\n", turn, theirs.back(), took.wall, took.cpu);
    }
    fmt::print("records {}, csv {} MB, fsync {}, wal_level {}\n", kRecords, std::filesystem::file_size(csv) / 1'000'000,
               connection.exec("SHOW fsync").only().text(0), connection.exec("SHOW wal_level").only().text(0));
    fmt::print("psql \\copy {:.2f} s, load {:.2f} s, our cpu {:.2f} s, ratio {:.2f}\n", median(theirs), median(ours),
               median(cpu), median(ours) / median(theirs));
    std::filesystem::remove(csv);
  }
  admin.exec("DROP DATABASE sluis_load_bench");
}

}  // namespace

int main(int, char**) {
  const char* server = std::getenv("SLUIS_BENCH_DSN");
  if (server == nullptr) {
    fmt::print(stderr, "SLUIS_BENCH_DSN is not set: say which cluster, \"host=… user=…\"\n");
    return 2;
  }
  try {
    againstPsql(server);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 3;
  }
}
