#include "mail/status_text.h"

#include <fmt/format.h>

#include "mail/crlf.h"
#include "mail/dutch.h"
#include "model/refusal.h"

namespace sluis::mail {

namespace {

std::string_view dutchState(std::string_view state) {
  if (state == "receiving") return "wordt nog ontvangen";
  if (state == "waiting") return "wacht";
  if (state == "queued") return "staat klaar voor de volgende verwerking";
  if (state == "held") return "wacht op bevestiging";
  return state;
}

std::string openPeriods(const ProviderStatus& status) {
  std::string text;
  for (const ProviderStatus::Open& open : status.open)
    text += fmt::format("  {}: {}\n", open.dataset, fmt::join(open.periods, ", "));
  return text.empty() ? "  geen; neem contact op met de helpdesk\n" : text;
}

std::string expected(const ProviderStatus& status) {
  std::string text;
  for (const ProviderStatus::Expected& one : status.expected)
    text += fmt::format("  {} {}, uiterlijk {}\n", one.dataset, one.period, dutchDay(one.lastDay));
  return text.empty() ? "  niets\n" : text;
}

std::string accepted(const ProviderStatus& status, const std::string& zone) {
  std::string text;
  for (const ProviderStatus::Accepted& one : status.accepted)
    text += fmt::format("  {} {}: {} ({}), {} records, {}\n", one.dataset, one.period, one.file, one.delivery,
                        dutchNumber(one.records), dutchTime(one.at, zone));
  return text.empty() ? "  nog niets\n" : text;
}

std::string waiting(const ProviderStatus& status) {
  std::string text;
  for (const ProviderStatus::Waiting& one : status.waiting)
    text += fmt::format("  {}: {}{}{}\n", one.file, dutchState(one.state), one.why.empty() ? "" : "; ", one.why);
  return text.empty() ? "  niets\n" : text;
}

std::string wrong(const ProviderStatus& status, const std::string& zone) {
  std::string text;
  for (const ProviderStatus::Wrong& one : status.wrong) {
    text += fmt::format("  {} ({}), {}: {}\n", one.file, one.delivery, dutchTime(one.at, zone), one.code);
    if (const RefusalKind* refusal = findRefusalKind(one.code))
      text += fmt::format("    {}\n    {}\n", refusal->dutch, refusal->dutchRemedy);
  }
  return text.empty() ? "  niets\n" : text;
}

}  // namespace

std::string renderStatus(const ProviderStatus& status, const Helpdesk& helpdesk, const std::string& timeZone) {
  std::string text = fmt::format("Stand van zaken voor {} ({})\nBijgewerkt op {}\n", status.providerName,
                                 status.provider, dutchTime(status.asOf, timeZone));
  if (status.suspended) text += "\nUw toegang is opgeschort. Neem contact op met de helpdesk.\n";
  text += fmt::format("\nVolgende verwerking\n  {}\n",
                      status.nextRun ? dutchTime(*status.nextRun, timeZone) : std::string("nog niet bekend"));
  text += "\nOpen verslagperioden\n" + openPeriods(status);
  text += "\nWordt nog verwacht\n" + expected(status);
  text += "\nLaatst geaccepteerd\n" + accepted(status, timeZone);
  text += "\nOnderweg\n" + waiting(status);
  text += "\nNiet in orde\n" + wrong(status, timeZone);
  text += fmt::format("\nHelpdesk\n  {}\n  {}\n  {}\n", helpdesk.name, helpdesk.mail, helpdesk.phone);
  return withCrlf(text);
}

}  // namespace sluis::mail
