#include "xlsx/sheet_choice.h"

#include <algorithm>

#include <fmt/format.h>

#include "plugin/format.h"

namespace sluis::xlsx {

SheetChoice::SheetChoice(std::vector<Sheet> sheets, const Layout& layout, const NamesIn& namesIn)
    : sheets_(std::move(sheets)) {
  Positions visible;
  for (std::size_t i = 0; i < sheets_.size(); ++i)
    if (sheets_[i].hasCells && !sheets_[i].hidden) visible.push_back(i);
  if (visible.empty())
    throw plugin::Unreadable("De werkmap heeft geen zichtbaar werkblad met cellen; maak het werkblad zichtbaar.");
  if (visible.size() == 1) {
    chosen_ = visible.front();  // whether it is empty shows when it is read
    return;
  }
  for (const std::size_t sheet : visible) {
    const auto names = namesIn(sheet);
    if (names.empty()) continue;
    filled_.push_back(sheet);
    known_.push_back(std::count_if(names.begin(), names.end(), [&](const auto& name) { return layout.names(name); }));
  }
  choose();
}

void SheetChoice::choose() {
  if (filled_.empty())
    throw plugin::Unreadable("De zichtbare werkbladen zijn leeg; verborgen werkbladen worden niet gelezen.");
  // A sheet of explanations may happen to begin with one of the names.
  for (const std::ptrdiff_t least : {2, 1}) {
    Positions fitting;
    for (std::size_t i = 0; i < filled_.size(); ++i)
      if (known_[i] >= least || filled_.size() == 1) fitting.push_back(filled_[i]);
    if (fitting.size() > 1)
      throw plugin::Unreadable(
          fmt::format("De werkmap heeft meer dan één werkblad met kolomnamen van een aanlevering (werkblad {}); zet de "
                      "gegevens in één werkblad.",
                      listed(fitting)));
    if (fitting.empty()) continue;
    chosen_ = fitting.front();
    return;
  }
  throw plugin::Unreadable(
      fmt::format("De werkmap heeft meer dan één gevuld werkblad (werkblad {}) en geen daarvan begint met de "
                  "kolomnamen; laat alleen het werkblad met de gegevens staan.",
                  listed(filled_)));
}

// "1, 3 en 4": sheets are told by their place, for their names are delivered.
std::string SheetChoice::listed(const Positions& sheets) {
  constexpr std::size_t kMost = 6;
  std::string text;
  const std::size_t shown = std::min(sheets.size(), kMost);
  for (std::size_t i = 0; i < shown; ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == sheets.size() ? " en " : ", ", sheets[i] + 1);
  return sheets.size() > kMost ? text + " en verder" : text;
}

std::string SheetChoice::told() const {
  std::string text = fmt::format("werkblad {} van {}", chosen_ + 1, sheets_.size());
  const auto hidden = std::count_if(sheets_.begin(), sheets_.end(), [](const Sheet& sheet) { return sheet.hidden; });
  if (hidden > 0) text += fmt::format(", {} verborgen werkblad{} niet gelezen", hidden, hidden == 1 ? "" : "en");
  Positions others = filled_;
  std::erase(others, chosen_);
  if (!others.empty()) text += fmt::format(", ook gevuld en niet gelezen: werkblad {}", listed(others));
  return text;
}

}  // namespace sluis::xlsx
