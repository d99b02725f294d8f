#include "mail/texts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "mail/blocks.h"
#include "mail/kinds.h"

namespace sluis::mail {

namespace {

constexpr std::string_view kSubjectLabel = "Onderwerp: ";
constexpr std::string_view kSignature = "ondertekening";

constexpr std::array<std::string_view, 3> kHelpdeskFacts = {"helpdesk_naam", "helpdesk_mail", "helpdesk_telefoon"};
constexpr std::array<std::string_view, 31> kProviderFacts = {
    "aanlevering",   "aanbieder",  "aanbiedernaam", "bestand",   "dataset",      "periode",       "ontvangen",
    "verwerkt",      "code",       "reden",         "oplossing", "toelichting",  "records",       "geladen",
    "vervangen",     "verwijderd", "fouten",        "signalen",  "samenvatting", "controlegetal", "grootte",
    "ondertekenaar", "run",        "volgende_run",  "eerder",    "door",         "melding",       "verloopt",
    "weggelaten",    "adressen",   "moment"};
constexpr std::array<std::string_view, 11> kOperatorFacts = {"melding",   "advies",   "run",   "aanlevering",
                                                             "aanbieder", "bericht",  "soort", "ontvangers",
                                                             "reden",     "pogingen", "sinds"};
constexpr std::array<std::string_view, 12> kPersonFacts = {"naam",       "gebruiker",     "link",         "verloopt",
                                                           "aanmelding", "reden",         "portaal",      "moment",
                                                           "wachtwoord", "tweede_factor", "herstelcodes", "uitgezet"};

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool isKnown(Audience audience, std::string_view name) {
  if (contains(kHelpdeskFacts, name)) return true;
  if (audience == Audience::person) return contains(kPersonFacts, name);
  return audience == Audience::provider ? contains(kProviderFacts, name) : contains(kOperatorFacts, name);
}

// Every {{placeholder}} of a line, handed over in order with its place and mark ('?', '#' or 0); false when braces do
// not match.
template <typename Use>
bool forEachPlaceholder(std::string_view line, Use&& use) {
  std::size_t from = 0;
  while (true) {
    const std::size_t open = line.find("{{", from);
    if (open == std::string_view::npos) return line.find("}}", from) == std::string_view::npos;
    const std::size_t close = line.find("}}", open);
    if (close == std::string_view::npos) return false;
    std::string_view name = line.substr(open + 2, close - open - 2);
    char mark = 0;
    if (!name.empty() && (name.front() == '?' || name.front() == '#')) {
      mark = name.front();
      name.remove_prefix(1);
    }
    use(open, close + 2, name, mark);
    from = close + 2;
  }
}

// Facts are data: what could break a line or a header becomes a space. Lists alone have several lines.
std::string cleaned(std::string_view name, std::string_view value) {
  const bool severalLines = name == "samenvatting" || name == "adressen";
  std::string text(value);
  for (char& c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && !(c == '\n' && severalLines)) || c == 0x7f) c = ' ';
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::optional<std::string> fillLine(std::string_view line, const Values& values) {
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  std::string filled;
  std::size_t from = 0;
  bool dropped = false;
  forEachPlaceholder(line, [&](std::size_t open, std::size_t end, std::string_view name, char mark) {
    filled += line.substr(from, open - from);
    from = end;
    const auto found = values.find(name);
    const std::string value = found == values.end() ? std::string() : cleaned(name, found->second);
    if (value.empty() && mark != 0) dropped = true;
    if (mark == '#') return;
    for (const char c : value) {
      filled += c;
      if (c == '\n') filled.append(indent, ' ');
    }
  });
  if (dropped) return std::nullopt;
  filled += line.substr(from);
  return filled;
}

std::string readTemplate(const std::filesystem::path& folder, std::string_view name,
                         std::vector<std::string>& mistakes) {
  const std::filesystem::path path = folder / fmt::format("{}.txt", name);
  try {
    return readFile(path, 64 << 10);
  } catch (const Error& error) {
    mistakes.push_back(error.message());
    return {};
  }
}

void check(std::string_view file, std::string_view text, Audience audience, std::vector<std::string>& mistakes) {
  std::size_t number = 0;
  for (const std::string_view line : linesOf(text)) {
    ++number;
    const bool matched = forEachPlaceholder(line, [&](std::size_t, std::size_t, std::string_view name, char) {
      if (!isKnown(audience, name))
        mistakes.push_back(fmt::format("{}.txt:{}: there is no fact {{{{{}}}}}", file, number, name));
    });
    if (!matched) mistakes.push_back(fmt::format("{}.txt:{}: braces that do not match", file, number));
  }
}

}  // namespace

Texts Texts::load(const std::filesystem::path& root) {
  const std::filesystem::path folder = root / "nl";
  Texts texts;
  std::vector<std::string> mistakes;
  const std::string signature = readTemplate(folder, kSignature, mistakes);
  for (const Kind& kind : kinds()) {
    const std::size_t before = mistakes.size();
    const std::string text = readTemplate(folder, kind.name, mistakes);
    if (mistakes.size() > before) continue;
    const auto lines = linesOf(text);
    if (lines.size() < 3 || !lines[0].starts_with(kSubjectLabel) || !lines[1].empty()) {
      mistakes.push_back(fmt::format("{}.txt:1: begins with \"Onderwerp: …\" and an empty line", kind.name));
      continue;
    }
    check(kind.name, text, kind.audience, mistakes);
    const std::size_t body = text.find('\n') + 1;
    texts.templates_[std::string(kind.name)] = {std::string(lines[0].substr(kSubjectLabel.size())),
                                                text.substr(body) + "\n\n" + signature};
  }
  for (const std::string_view fact : kHelpdeskFacts)
    if (!signature.empty() && signature.find(fmt::format("{{{{{}}}}}", fact)) == std::string::npos)
      mistakes.push_back(fmt::format("{}.txt: does not name {{{{{}}}}}", kSignature, fact));
  std::size_t number = 0;
  for (const std::string_view line : linesOf(signature)) {
    ++number;
    forEachPlaceholder(line, [&](std::size_t, std::size_t, std::string_view name, char) {
      if (!contains(kHelpdeskFacts, name))
        mistakes.push_back(fmt::format("{}.txt:{}: only the helpdesk's facts can stand here", kSignature, number));
    });
  }
  if (!mistakes.empty())
    throw Error(ErrorKind::config, fmt::format("the mail texts in {}: {}", folder.string(), fmt::join(mistakes, "; ")),
                "compare with the texts that came with Sluis");
  return texts;
}

Wording Texts::fill(std::string_view kind, const Values& values) const {
  const auto found = templates_.find(kind);
  if (found == templates_.end()) throw std::logic_error("no mail text of this kind");
  Wording wording;
  wording.subject = fillLine(found->second.subject, values).value_or("");
  std::replace(wording.subject.begin(), wording.subject.end(), '\n', ' ');
  std::string body;
  for (const std::string_view line : linesOf(found->second.text))
    if (const auto filled = fillLine(line, values)) body.append(*filled).append("\n");
  wording.text = arranged(body);
  return wording;
}

}  // namespace sluis::mail
