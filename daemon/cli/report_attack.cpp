#include "cli/report_attack.h"

#include <fmt/format.h>

namespace sluis::cli {

namespace {

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

/// Of all attacks the one that is surest; nullptr when nothing was found.
const Json* strongestOf(const Json& attacks, const char* when) {
  const Json* strongest = nullptr;
  double best = 0;
  for (const Json& attack : attacks) {
    const Json& finding = attack.at(when).at("strongest");
    if (finding.at("confidence").get<double>() <= best) continue;
    best = finding.at("confidence").get<double>();
    strongest = &finding;
  }
  return strongest;
}

std::string inWords(const Json* finding, const char* when) {
  if (finding == nullptr) return fmt::format("{}: nothing was found\n", when);
  std::string text = fmt::format("{}: {} sure that {}: {}\n", when, percent(finding->at("confidence").get<double>()),
                                 finding->at("cell").get<std::string>(), finding->at("claim").get<std::string>());
  for (const Json& witness : finding->at("witnesses")) text += fmt::format("    {}\n", witness.get<std::string>());
  return text;
}

}  // namespace

std::string attackText(const Json& attack) {
  const Json& attacks = attack.at("attacks");
  std::string text =
      fmt::format("Snapshot {}{}, limit {}\n\n", attack.at("snapshot").get<std::string>(),
                  attack.at("previous").is_null() ? std::string(" (there is none before it)")
                                                  : fmt::format(" after {}", attack.at("previous").get<std::string>()),
                  percent(attack.at("limit").get<double>()));
  Table table({"attack", "tried before", "surest before", "tried after", "surest after", "above the limit"});
  for (const Json& each : attacks) {
    const Json& before = each.at("before");
    const Json& after = each.at("after");
    table.add({each.at("attack").get<std::string>(), std::to_string(before.at("tried").get<std::uint64_t>()),
               percent(before.at("strongest").at("confidence").get<double>()),
               std::to_string(after.at("tried").get<std::uint64_t>()),
               percent(after.at("strongest").at("confidence").get<double>()),
               std::to_string(after.at("above").get<std::uint64_t>())});
  }
  text += table.text("nothing was tried") + "\n";
  text += inWords(strongestOf(attacks, "before"), "Without withholding");
  text += inWords(strongestOf(attacks, "after"), "As published") + "\n";
  Table shares({"dimensions", "rows that may be shown", "withheld", "share"});
  for (const Json& share : attack.at("shares")) {
    const auto shown = share.at("shown").get<std::uint64_t>();
    const auto withheld = share.at("withheld").get<std::uint64_t>();
    shares.add({std::to_string(share.at("dimensions").get<int>()), std::to_string(shown), std::to_string(withheld),
                percent(shown == 0 ? 0 : static_cast<double>(withheld) / static_cast<double>(shown))});
  }
  text += shares.text("no rows");
  text += fmt::format("\nAt most {} dimensions at once; {} cells withheld; rounds: {}; {:.0f} s.\n",
                      attack.at("most_dimensions").get<int>(), attack.at("withheld").get<std::uint64_t>(),
                      attack.at("rounds").get<int>(), attack.at("seconds").get<double>());
  if (const auto sampled = attack.value("sampled", ""); !sampled.empty()) text += fmt::format("Sampled: {}\n", sampled);
  return text;
}

}  // namespace sluis::cli
