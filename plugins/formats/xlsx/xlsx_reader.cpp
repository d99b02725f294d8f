#include "xlsx/xlsx_reader.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "plugin/plugin.h"
#include "xlsx/archive.h"
#include "xlsx/hidden_rows.h"
#include "xlsx/sheet.h"
#include "xlsx/sniff.h"
#include "xlsx/workbook.h"

namespace sluis::xlsx {

namespace {

using Positions = std::vector<std::size_t>;

// "1, 3 en 4": sheets are told by their place, for their names are delivered.
std::string listed(const Positions& sheets) {
  constexpr std::size_t kMost = 6;
  std::string text;
  const std::size_t shown = std::min(sheets.size(), kMost);
  for (std::size_t i = 0; i < shown; ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == sheets.size() ? " en " : ", ", sheets[i] + 1);
  return sheets.size() > kMost ? text + " en verder" : text;
}

class Choice {
 public:
  Choice(Archive& archive, const Workbook& workbook, const Book& book) : workbook_(workbook) {
    for (std::size_t i = 0; i < workbook.sheets.size(); ++i)
      if (!workbook.sheets[i].part.empty() && !workbook.sheets[i].hidden) visible_.push_back(i);
    if (visible_.empty())
      throw plugin::Unreadable("De werkmap heeft geen zichtbaar werkblad met cellen; maak het werkblad zichtbaar.");
    if (visible_.size() == 1) {
      chosen_ = visible_.front();  // whether it is empty shows when it is read
      return;
    }
    for (const std::size_t sheet : visible_) {
      const auto names = namesIn(*archive.open(workbook.sheets[sheet].part), book);
      if (names.empty()) continue;
      filled_.push_back(sheet);
      known_.push_back(std::count_if(names.begin(), names.end(), [&](const auto& n) { return book.layout.names(n); }));
    }
    choose();
  }

  std::size_t chosen() const { return chosen_; }

  std::string told() const {
    std::string text = fmt::format("xlsx, werkblad {} van {}", chosen_ + 1, workbook_.sheets.size());
    const auto hidden = std::count_if(workbook_.sheets.begin(), workbook_.sheets.end(),
                                      [](const SheetEntry& sheet) { return sheet.hidden; });
    if (hidden > 0) text += fmt::format(", {} verborgen werkblad{} niet gelezen", hidden, hidden == 1 ? "" : "en");
    Positions others = filled_;
    std::erase(others, chosen_);
    if (!others.empty()) text += fmt::format(", ook gevuld en niet gelezen: werkblad {}", listed(others));
    return text;
  }

 private:
  void choose() {
    if (filled_.empty())
      throw plugin::Unreadable("De zichtbare werkbladen zijn leeg; verborgen werkbladen worden niet gelezen.");
    // A sheet of explanations may happen to begin with one of the names.
    for (const std::ptrdiff_t least : {2, 1}) {
      Positions fitting;
      for (std::size_t i = 0; i < filled_.size(); ++i)
        if (known_[i] >= least || filled_.size() == 1) fitting.push_back(filled_[i]);
      if (fitting.size() > 1)
        throw plugin::Unreadable(
            fmt::format("De werkmap heeft meer dan één werkblad met kolomnamen van een aanlevering (werkblad {}); zet "
                        "de gegevens in één werkblad.",
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

  const Workbook& workbook_;
  Positions visible_;
  Positions filled_;                   // of the visible ones, when there are several
  std::vector<std::ptrdiff_t> known_;  // of each of these: how many of its names the dataset has
  std::size_t chosen_ = 0;
};

}  // namespace

// libzip asks for local time, for which the C library would read the time zone's file: the worker may open none. This
// zone needs none; it must be set before the worker is confined.
XlsxReader::XlsxReader() {
  ::setenv("TZ", ":", 1);
  ::tzset();
}

void XlsxReader::read(plugin::ByteSource& source, std::string_view layout, plugin::BatchSink& sink) {
  refuseOtherThanZip(source);
  Archive archive(source);
  const Workbook workbook = readWorkbook(archive);
  SharedStrings strings;
  if (!workbook.sharedStrings.empty()) strings.load(*archive.open(workbook.sharedStrings));
  Styles styles;
  if (!workbook.styles.empty()) styles.load(*archive.open(workbook.styles));
  const Layout names(layout);
  const Book book{strings, styles, workbook.dates, names};

  const Choice choice(archive, workbook, book);
  const std::string& part = workbook.sheets[choice.chosen()].part;
  std::string detected = choice.told();
  if (const auto hidden = countHiddenRows(*archive.open(part)); hidden > 0)
    detected += fmt::format(", {} verborgen rij{} meegelezen", hidden, hidden == 1 ? "" : "en");
  if (workbook.dates == DateSystem::from1904) detected += ", datums geteld vanaf 1904";
  readSheet(*archive.open(part), book, std::move(detected), sink);
}

}  // namespace sluis::xlsx

const sluis::plugin::Descriptor* sluis_plugin() {
  using sluis::plugin::FormatReader;
  using sluis::xlsx::XlsxReader;
  static const sluis::plugin::Descriptor descriptor = {
      sluis::plugin::kPluginApi,
      "format",
      "xlsx",
      SLUIS_VERSION,
      []() -> void* { return static_cast<FormatReader*>(new XlsxReader); },
      [](void* instance) { delete static_cast<FormatReader*>(instance); },
  };
  return &descriptor;
}
