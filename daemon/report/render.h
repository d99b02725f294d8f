// An outcome in the forms people take it in: a terminal's table, a page, a chart, a spreadsheet. (JSON: json.h.)
//
// Sees published figures only, by type. Words are in the language of the query. Whatever a name holds, no form is led
// astray by it: markup is escaped, control characters are left out, and no cell is one that a spreadsheet would run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "report/outcome.h"

namespace sluis::report {

enum class Format { text, json, csv, xlsx, html, svg };
std::optional<Format> formatFrom(std::string_view word);
/// "text, json, csv, xlsx, html, svg".
std::string_view formatNames();

struct TextStyle {
  int width = 100;      ///< of the terminal, in columns; from 40
  bool colour = false;  ///< ANSI colours in the bars; nothing is said by colour alone
  bool unicode = true;  ///< bars of block characters; otherwise of ASCII
};
/// For standard output: its width, colour only on a terminal and without NO_COLOR, unicode by LC_ALL, LC_CTYPE, LANG.
TextStyle styleOfTerminal();

std::string renderText(const Outcome& outcome, const TextStyle& style);
/// One line a figure; semicolons, decimal commas, CRLF and a byte order mark: opens right in a Dutch Excel.
std::string renderCsv(const Outcome& outcome);
/// One page with everything in it: no script, nothing fetched. Prints well on A4.
std::string renderHtml(const Outcome& outcome);
/// What stands in that page's <main>, for a page that has figureStyles() in a stylesheet of its own: no <style>, no
/// style attribute, no script. `prefix` (letters) begins every id in it, so that several fit in one page.
std::string renderFragment(const Outcome& outcome, std::string_view prefix = "sluis");
/// The two halves of that fragment, for a page with something of its own between them: the heading (the page's <h1>),
/// and the rest.
std::string renderHeading(const Outcome& outcome);
std::string renderBody(const Outcome& outcome, std::string_view prefix = "sluis");
/// The stylesheet of all of them.
std::string_view figureStyles();
/// A chart to put into a document. The same text for the same outcome.
std::string renderSvg(const Outcome& outcome);
/// A workbook: the figures, and the card that explains them. Error (disk) when it cannot be written; the file is not
/// there then.
void writeXlsx(const Outcome& outcome, const std::filesystem::path& file);

}  // namespace sluis::report
