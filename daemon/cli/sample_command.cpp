#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "dataset/definition.h"
#include "model/delivery_name.h"
#include "sample/sample.h"

namespace sluis::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kWorthWatching = 200'000;

struct Options {
  std::string dataset = "jeugdhulp";
  std::string period;
  std::int64_t records = 1000;
  std::string errors = "0";
  std::int64_t seed = 1;
  std::string format;
  std::string out = ".";
  std::string municipality = "GM0034";
  std::int64_t response = 55;
  std::string encoding = "utf-8";
  std::string separator = ";";
  bool psn = false;
  bool quoted = false;
  bool asNumbers = false;
  bool force = false;
};

[[noreturn]] void wrong(const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorKind::usage, what, hint);
}

Day today(const Session& session) {
  const std::time_t now = std::chrono::system_clock::to_time_t(session.now());
  std::tm local{};
  ::localtime_r(&now, &local);
  return std::chrono::year(local.tm_year + 1900) / (local.tm_mon + 1) / local.tm_mday;
}

Period periodOf(const Options& options, Day today) {
  if (options.period.empty()) return Period::containing(Period::Kind::month, today).previous();
  const auto period = Period::parse(options.period);
  if (!period) wrong(fmt::format("\"{}\" is no period", options.period), "write it as 2026H1, 2026Q3, 2026-10 or 2026");
  if (period->last() >= today)
    wrong(fmt::format("{} is not over: help that ends in it would end in the future", period->text()),
          "take a period that is");
  return *period;
}

double shareOf(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const double share = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || errno != 0 || !(share >= 0 && share <= 1))
    wrong(fmt::format("--errors {} is no share", text), "0.02 is two of a hundred records");
  return share;
}

char separatorOf(const std::string& text) {
  if (text == "tab" || text == "\t") return '\t';
  if (text != ";" && text != ",") wrong(fmt::format("\"{}\" is no separator of a CSV", text), "take ; or , or tab");
  return text.front();
}

/// A provider's inbox or test folder: what lies there is a delivery, and the findings beside it would be one too.
bool isDropFolder(const fs::path& folder) {
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(folder, ignored);
  return (real.filename() == "inbox" || real.filename() == "test") &&
         fs::is_directory(real.parent_path() / "outbox", ignored);
}

sample::Dress dressOf(const Options& options) {
  sample::Dress dress;
  std::string name = options.format;
  if (name.empty()) {
    // --out sample.xlsx says enough.
    std::string extension = fs::is_directory(options.out) ? "" : fs::path(options.out).extension().string();
    if (!extension.empty()) extension.erase(0, 1);
    dress.format = sample::formatOf(extension).value_or(sample::Format::csv);
  } else {
    const auto format = sample::findFormat(name);
    if (!format) wrong(fmt::format("there is no format \"{}\"", name), "take csv, ascii, xlsx or xls");
    dress.format = *format;
  }
  const auto encoding = sample::findEncoding(options.encoding);
  if (!encoding)
    wrong(fmt::format("there is no encoding \"{}\"", options.encoding),
          "take utf-8, utf-8-bom, utf-16le, utf-16be or windows-1252");
  dress.encoding = *encoding;
  dress.separator = separatorOf(options.separator);
  dress.quoted = options.quoted;
  dress.numbersAsNumbers = options.asNumbers;
  return dress;
}

fs::path fileOf(const Options& options, const sample::Order& order) {
  const bool folder = fs::is_directory(options.out) || options.out.ends_with('/');
  const fs::path file = folder ? fs::path(options.out) / sample::fileName(order) : fs::path(options.out);
  const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::is_directory(parent)) wrong(fmt::format("there is no folder {}", parent.string()), "make it first");
  if (isDropFolder(parent))
    wrong(fmt::format("{} is a provider's drop folder", parent.string()), "write it elsewhere, then send it signed");
  const std::string name = file.filename().string();
  if (safeFileName(name, "") != name)
    wrong("a sample's name has letters, digits, '.', '_' and '-' only, and no number that looks like a BSN");
  return file;
}

void warnOfName(const sample::Order& order) {
  const auto named = DeliveryName::parse(order.file.filename().string());
  const auto format = named ? sample::formatOf(named->extension) : std::nullopt;
  if (!named || named->dataset != order.setting.definition.dataset() || named->period != order.setting.period ||
      format != order.dress.format)
    fmt::print(stderr, "sluis: as a delivery it must be named {}\n", sample::fileName(order));
}

void show(const sample::Sample& made) {
  printLine(fmt::format("{}: {} records", made.file.string(), made.records));
  std::string counts;
  for (const auto& [rule, count] : made.counts) counts += fmt::format(" {} {}×", rule, count);
  printLine(fmt::format("{}: {}{}", made.expected.string(), made.accepted ? "accepted" : "rejected",
                        counts.empty() ? ", nothing to find" : "," + counts));
}

int makeSample(Session& session, const Options& options) {
  const auto& share = session.layout().share;
  const auto definitions = session.configGiven
                               ? dataset::Definitions::load(session.config().datasets, session.config().codelists)
                               : dataset::Definitions::load(share / "datasets", share / "codelists");
  const Period period = periodOf(options, today(session));
  const dataset::Definition* definition = definitions.find(options.dataset, period);
  if (definition == nullptr)
    wrong(definitions.knows(options.dataset) ? fmt::format("{} has no version for {}", options.dataset, period.text())
                                             : fmt::format("there is no dataset \"{}\"", options.dataset));
  if (options.psn && definition->find(dataset::Field::psn) == nullptr)
    wrong(fmt::format("{} {} has no pre-pseudonyms", definition->dataset(), definition->version()));
  sample::Order order{.setting = {.definition = *definition,
                                  .period = period,
                                  .municipality = options.municipality,
                                  .seed = static_cast<std::uint64_t>(options.seed),
                                  .psn = options.psn,
                                  .response = static_cast<std::uint32_t>(options.response * 10)},
                      .records = static_cast<std::uint32_t>(options.records),
                      .errors = shareOf(options.errors),
                      .dress = dressOf(options),
                      .file = {},
                      .replace = options.force,
                      .progress = {}};
  order.file = fileOf(options, order);
  warnOfName(order);
  const bool watched = order.records >= kWorthWatching && ::isatty(STDERR_FILENO) != 0;
  if (watched)
    order.progress = [&order](std::uint64_t done) { fmt::print(stderr, "\r{} %", done * 100 / order.records); };
  const sample::Sample made = sample::writeSample(order);
  if (watched) fmt::print(stderr, "\r     \r");
  if (!session.json) {
    show(made);
    return kGood;
  }
  Json json = {{"file", made.file.string()},
               {"expected", made.expected.string()},
               {"dataset", definition->dataset()},
               {"version", definition->version()},
               {"period", period.text()},
               {"records", made.records},
               {"verdict", made.accepted ? "accepted" : "rejected"}};
  json["counts"] = Json::object();
  for (const auto& [rule, count] : made.counts) json["counts"][rule] = count;
  printJson(json);
  return kGood;
}

}  // namespace

void addSampleCommand(Command program, Session& session) {
  auto options = std::make_shared<Options>();
  Command command = program.command(session, "sample", "Write a synthetic delivery, and the findings to expect of it",
                                    "sluis sample --period 2026-10 --records 5000 --errors 0.02\n"
                                    "  sluis sample --format xlsx --out /tmp --seed 7\n"
                                    "  sluis sample --period 2017H2 --out jeugdhulp_2017H2.asc",
                                    [&session, options] { return makeSample(session, *options); });
  command.option("--dataset", options->dataset, "Which dataset", {.type = "NAME", .showDefault = true});
  command.option("--period", options->period, "2026H1, 2026Q3, 2026-10 or 2026, over by now; default: last month",
                 {.type = "PERIOD"});
  command.option("--records", options->records, "How many",
                 {.type = "N", .showDefault = true, .least = 0, .most = sample::kMostRecords});
  command.option("--errors", options->errors, "Share of the records that get one fault each, 0 to 1",
                 {.type = "SHARE", .showDefault = true});
  command.option("--seed", options->seed, "The same seed gives the same file", {.type = "N", .showDefault = true});
  command.option("--format", options->format, "csv, ascii, xlsx or xls; default: what --out ends in, or csv",
                 {.type = "FORMAT"});
  command.option("--out", options->out, "A folder (it gets a right name there), or a file",
                 {.type = "PATH", .showDefault = true});
  command.option("--municipality", options->municipality, "That commissioned the help",
                 {.type = "CODE", .showDefault = true});
  command.option("--response", options->response, "Per cent of the ended trajectories with a measurement",
                 {.type = "N", .showDefault = true, .least = 0, .most = 100});
  command.flag("--psn", options->psn, "Pre-pseudonyms instead of BSNs");
  command.option("--encoding", options->encoding, "csv, ascii: utf-8, utf-8-bom, utf-16le, utf-16be or windows-1252",
                 {.type = "NAME", .showDefault = true});
  command.option("--separator", options->separator, "csv: ; or , or tab", {.type = "CHAR", .showDefault = true});
  command.flag("--quoted", options->quoted, "csv: quotes around every cell");
  command.flag("--as-numbers", options->asNumbers, "xlsx, xls: BSNs and codes as numbers, as Excel likes to make them");
  command.flag("--force", options->force, "Replace files that are there");
}

}  // namespace sluis::cli
