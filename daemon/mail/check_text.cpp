#include "mail/check_text.h"

#include <fmt/format.h>

#include "mail/crlf.h"
#include "mail/dutch.h"
#include "model/refusal.h"

namespace sluis::mail {

namespace {

// How the line of the verdict begins, for who reads it again.
constexpr std::string_view kGood = "GOED: ";
constexpr std::string_view kBad = "NIET GOED (";

std::string verdictOf(const Receipt& receipt) {
  if (receipt.code.empty()) return fmt::format("{}als aanlevering zou dit bestand worden geaccepteerd.", kGood);
  return fmt::format("{}{}): als aanlevering zou dit bestand niet worden geaccepteerd.", kBad, receipt.code);
}

}  // namespace

std::string renderCheck(const DeliveryFacts& facts, const Helpdesk& helpdesk, const std::string& timeZone) {
  const Receipt& receipt = facts.receipt;
  std::string text = fmt::format("Proefcontrole {} van {}\n\n{}\n", receipt.delivery, receipt.file, verdictOf(receipt));
  if (const RefusalKind* refusal = findRefusalKind(receipt.code)) {
    text += fmt::format("\nWat is er mis?\n  {}\n", refusal->dutch);
    if (!facts.detail.empty()) text += fmt::format("  {}\n", facts.detail);
    text += fmt::format("\nWat kunt u doen?\n  {}\n", refusal->dutchRemedy);
  } else if (!facts.detail.empty()) {
    text += fmt::format("\n  {}\n", facts.detail);
  }
  if (const std::string summary = summarise(facts.findings, facts.ruleText); !summary.empty()) {
    text += "\nBevindingen (rij = nummer van het record; de regel met kolomnamen telt niet mee):\n";
    for (std::string_view rest = summary; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
      text += fmt::format("  {}\n", rest.substr(0, rest.find('\n')));
  }
  text += "\nGegevens:\n";
  const auto fact = [&](std::string_view label, std::string_view value) {
    if (!value.empty()) text += fmt::format("  {:<14}{}\n", label, value);
  };
  fact("Dataset", receipt.dataset);
  fact("Versie", receipt.datasetVersion);
  fact("Periode", receipt.period);
  fact("Gelezen als", receipt.detected);
  fact("Grootte", dutchSize(receipt.size));
  fact("SHA-256", receipt.sha256);
  fact("Handtekening", receipt.signer ? receipt.signer->label : std::string("geen, of niet herkend"));
  fact("Records", dutchNumber(receipt.counts.records));
  fact("Fouten", dutchNumber(receipt.counts.errors));
  fact("Signalen", dutchNumber(receipt.counts.warnings));
  fact("Ontvangen", dutchTime(receipt.received, timeZone));
  text +=
      "\nDit was een proef: er is niets geladen, er is geen mail gestuurd en de inhoud is bij ons vernietigd.\n"
      "Wilt u het bestand echt aanleveren via SFTP, zet het dan met zijn handtekening in inbox/.\n";
  text += fmt::format("\nVragen? {}, {}, {}.\n", helpdesk.name, helpdesk.mail, helpdesk.phone);
  return withCrlf(text);
}

std::optional<std::string> codeOfCheck(std::string_view text) {
  constexpr std::string_view kGap = "\r\n\r\n";
  const auto gap = text.find(kGap);  // the title stands above it
  if (gap == std::string_view::npos) return std::nullopt;
  text.remove_prefix(gap + kGap.size());
  if (text.starts_with(kGood)) return "";
  if (!text.starts_with(kBad)) return std::nullopt;
  text.remove_prefix(kBad.size());
  const auto code = text.substr(0, text.find(')'));
  if (findRefusalKind(code) == nullptr) return std::nullopt;
  return std::string(code);
}

}  // namespace sluis::mail
