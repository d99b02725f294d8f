#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "dataset/definition.h"
#include "model/delivery_name.h"
#include "model/refusal.h"
#include "run/content.h"
#include "run/installation.h"
#include "validate/rules.h"

namespace sluis::cli {

namespace {

constexpr std::size_t kFindingsShown = 50;

struct Options {
  std::string file;
  std::string dataset;
  std::string period;
};

/// What to hold the file against, from its name unless told otherwise.
struct Target {
  std::string name;
  bool nameIsGood = false;
  std::string dataset;
  Period period;
  std::string extension;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

Target targetOf(const Options& options) {
  const std::filesystem::path path(options.file);
  const std::string file = path.filename().string();
  const auto named = DeliveryName::parse(file);
  auto period = named ? std::optional(named->period) : std::nullopt;
  if (!options.period.empty()) {
    period = Period::parse(options.period);
    if (!period)
      throw Error(ErrorKind::usage, fmt::format("\"{}\" is no period", options.period),
                  "write it as 2026H1, 2026Q3, 2026-10 or 2026");
  }
  if (!period)
    throw Error(ErrorKind::usage, "the file's name does not say which period it is for",
                "name it <dataset>_<period>.csv, such as jeugdhulp_2026-10.csv, or give --period");
  const std::string extension = named ? named->extension : lower(path.extension().string());
  const std::string dataset = !options.dataset.empty() ? lower(options.dataset) : named ? named->dataset : "jeugdhulp";
  return {.name = file,
          .nameIsGood = named.has_value(),
          .dataset = dataset,
          .period = *period,
          .extension = extension.starts_with('.') ? extension.substr(1) : extension};
}

Day today(const Session& session) {
  const std::time_t now = std::chrono::system_clock::to_time_t(session.now());
  std::tm local{};
  ::localtime_r(&now, &local);
  return std::chrono::year(local.tm_year + 1900) / (local.tm_mon + 1) / local.tm_mday;
}

reader::Settings readerSettings(Session& session) {
  reader::Settings settings;
  settings.program = session.layout().reader;
  settings.pluginDirectory = session.layout().plugins;
  if (session.configGiven) {
    settings.program = session.config().reader;
    settings.pluginDirectory = session.config().plugins;
  }
  return settings;
}

// A format that a delivery may have but nobody here reads is FMT01, as in the run; anything else is a slip of the hand.
std::string formatPlugin(const reader::Worker& worker, const Target& target) {
  const std::string format = run::formatOf(target.extension);
  const bool isOfDeliveries = DeliveryName::parse("x_2026." + target.extension).has_value();
  if (!isOfDeliveries && !worker.has("format", format))
    throw Error(ErrorKind::plugin, fmt::format("files ending in .{} cannot be read here", target.extension),
                "there is no plugin for them");
  return format;
}

// The worker reads the file itself, and some formats from its end: a pipe will not do.
Fd openPlainFile(const std::string& path) {
  Fd fd = openFile(path, O_RDONLY | O_NONBLOCK);  // a FIFO without a writer does not hold us up
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throwErrno(fmt::format("cannot look at {}", path));
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorKind::usage, fmt::format("{} is no plain file", path),
                "write what comes through a pipe to a file first");
  return fd;
}

void showText(const Target& target, const dataset::Definition& definition, const run::ContentVerdict& verdict) {
  printLine(fmt::format("{}: {} {}, {}, {} records", target.name, definition.dataset(), definition.version(),
                        target.period.text(), verdict.records));
  if (!verdict.detected.empty()) printLine(fmt::format("gelezen als: {}", verdict.detected));
  if (verdict.refusal && verdict.refusal->code != RefusalCode::VAL01) printLine(verdict.refusal->detail);
  std::size_t shown = 0;
  for (const auto& finding : verdict.findings.kept) {
    if (++shown > kFindingsShown) break;
    const auto* rule = validate::findRule(finding.rule);
    const std::string where = finding.row == 0 ? "hele bestand" : fmt::format("record {:>6}", finding.row);
    printLine(fmt::format("  {:<13}  {:<22} {} {:<8} {}", where, finding.field, finding.rule,
                          toString(finding.severity), rule != nullptr ? rule->dutch : ""));
  }
  if (shown > kFindingsShown)
    printLine(fmt::format("  … nog {} bevindingen (alle met --json)", verdict.findings.kept.size() - kFindingsShown));
  if (!verdict.findings.counts.empty()) {
    std::string line = "per regel:";
    for (const auto& [rule, count] : verdict.findings.counts) line += fmt::format(" {} {}×", rule, count);
    printLine(line);
  }
  if (verdict.refusal) {
    const auto& kind = kindOf(verdict.refusal->code);
    printLine(fmt::format("AFGEKEURD ({}): {} {}", kind.text, kind.dutch, kind.dutchRemedy));
  } else {
    printLine("GOED: dit bestand zou worden geaccepteerd");
  }
  if (!verdict.refusal && verdict.records == 0)
    printLine("Let op: een aanlevering zonder records wordt vastgehouden (DEL01) totdat u haar bevestigt");
  if (!target.nameIsGood) printLine("Let op: met deze bestandsnaam wordt de aanlevering geweigerd (NAM)");
}

Json toJson(const Target& target, const dataset::Definition& definition, const run::ContentVerdict& verdict) {
  const bool unread = verdict.refusal && verdict.refusal->code != RefusalCode::VAL01;
  Json json = {{"file", target.name},
               {"dataset", definition.dataset()},
               {"version", definition.version()},
               {"period", target.period.text()},
               {"records", unread ? 0 : verdict.records},
               {"verdict", verdict.refusal ? "rejected" : "accepted"},
               {"code", verdict.refusal ? Json(kindOf(verdict.refusal->code).text) : Json(nullptr)},
               {"detail", verdict.refusal ? Json(verdict.refusal->detail) : Json(nullptr)},
               {"detected", verdict.detected.empty() ? Json(nullptr) : Json(verdict.detected)}};
  json["counts"] = Json::object();
  json["findings"] = Json::array();
  if (unread) return json;
  for (const auto& [rule, count] : verdict.findings.counts) json["counts"][rule] = count;
  for (const auto& finding : verdict.findings.kept)
    json["findings"].push_back({{"row", finding.row},
                                {"field", finding.field.empty() ? Json(nullptr) : Json(finding.field)},
                                {"rule", finding.rule},
                                {"severity", toString(finding.severity)}});
  return json;
}

int validateFile(Session& session, const Options& options) {
  const Target target = targetOf(options);
  reader::Worker worker(readerSettings(session));
  // The worker starts while the definitions are read.
  if (const std::string format = run::formatOf(target.extension); worker.has("format", format))
    worker.expectFormat(format);
  const auto& share = session.layout().share;
  const auto definitions = session.configGiven
                               ? dataset::Definitions::load(session.config().datasets, session.config().codelists)
                               : dataset::Definitions::load(share / "datasets", share / "codelists");
  const auto* definition = definitions.find(target.dataset, target.period);
  if (definition == nullptr)
    throw Error(ErrorKind::usage,
                definitions.knows(target.dataset)
                    ? fmt::format("{} has no version for {}", target.dataset, target.period.text())
                    : fmt::format("there is no dataset \"{}\"", target.dataset),
                "type: sluis rules");
  Fd data = openPlainFile(options.file);
  const run::ContentQuestion question{.worker = worker,
                                      .definition = *definition,
                                      .format = formatPlugin(worker, target),
                                      .period = target.period,
                                      .received = today(session),
                                      .coverage = validate::Coverage::noRegister(),
                                      .expected = {},
                                      .wrongRecordsAllowed = 0};
  const auto verdict = run::examine(question, std::move(data));
  if (session.json)
    printJson(toJson(target, *definition, verdict));
  else
    showText(target, *definition, verdict);
  return verdict.refusal ? kNegative : kGood;
}

}  // namespace

void addValidateCommand(Command program, Session& session) {
  auto options = std::make_shared<Options>();
  Command command = program.command(session, "validate", "Check a delivery before sending it; needs no instance",
                                    "sluis validate jeugdhulp_2026-10.csv",
                                    [&session, options] { return validateFile(session, *options); });
  command.option("file", options->file, "The data file", {.type = "FILE", .required = true});
  command.option("--dataset", options->dataset, "When the name does not say it", {.type = "NAME"});
  command.option("--period", options->period, "When the name does not say it: 2026H1, 2026Q3, 2026-10, 2026",
                 {.type = "PERIOD"});
}

}  // namespace sluis::cli
