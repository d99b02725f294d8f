#include <fmt/format.h>

#include "report/lines.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/render.h"
#include "report/safe_text.h"
#include "report/texts.h"

namespace sluis::report {

namespace {

std::string cell(std::string_view value) {
  const std::string text = cellText(value);
  if (text.find_first_of(";\"") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string joined(const std::vector<Value>& values) {
  std::string text;
  for (const Value& value : values) text += (text.empty() ? "" : ", ") + value.label;
  return text;
}

std::string joined(const std::vector<Norm>& norms) {
  std::string text;
  for (const Norm& norm : norms) text += (text.empty() ? "" : ", ") + norm.text;
  return text;
}

}  // namespace

std::string renderCsv(const Outcome& outcome) {
  const Phrases& say = phrases(outcome.query.language);
  const std::vector<Value> parts = partsIn(outcome);
  const std::string start = fmt::format("{};{};{};{};{}", cell(outcome.title), cell(outcome.viewerName),
                                        cell(joined(outcome.filters)), cell(outcome.snapshot), cell(outcome.byLabel));
  std::string csv = fmt::format("\xEF\xBB\xBF{}", say.csvHead);
  for (const Value& part : parts) csv += ";" + cell(fmt::format(fmt::runtime(say.csvCountOf), part.label));
  for (const Value& part : parts) csv += ";" + cell("% " + part.label);
  csv += ";norm\r\n";
  if (!outcome.available) return csv + fmt::format("{};;;;{};;;\r\n", start, cell(outcome.notice));
  for (const Row& row : outcome.rows)
    for (const Line& line : linesOf(row, outcome.query.language)) {
      const Figure& figure = *line.figure;
      csv += fmt::format("{};{};{};{};{}", start, cell(row.value.key), cell(row.value.label), cell(line.who),
                         figure.shown ? say.yes : say.notShown);
      csv += figure.shown
                 ? fmt::format(";{};{}", figure.count, line.mean() ? decimal(*line.mean(), 1, Language::dutch) : "")
                 : ";;";
      for (std::size_t i = 0; i < parts.size(); ++i)
        csv += figure.shown && i < figure.parts.size() ? fmt::format(";{}", figure.parts[i].count) : ";";
      for (std::size_t i = 0; i < parts.size(); ++i)
        csv += figure.shown && i < figure.parts.size() ? ";" + decimal(100 * figure.parts[i].share, 1, Language::dutch)
                                                       : ";";
      csv += ";" + cell(joined(row.norms)) + "\r\n";
    }
  return csv;
}

}  // namespace sluis::report
