#include <fcntl.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "report/lines.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/render.h"
#include "report/safe_text.h"
#include "report/summary.h"
#include "report/texts.h"

namespace sluis::report {

namespace {

class Workbook {
 public:
  explicit Workbook(const std::filesystem::path& file) : name_(file.string()) {
    // Its temporary files beside the workbook: the usual place may be small, or memory.
    folder_ = file.has_parent_path() ? file.parent_path().string() : ".";
    lxw_workbook_options options{};
    options.tmpdir = folder_.data();
    book_ = ::workbook_new_opt(name_.c_str(), &options);
    if (book_ == nullptr) throw Error(ErrorKind::system, "cannot begin the workbook " + name_);
    // The same outcome gives the same bytes.
    lxw_doc_properties properties{};
    properties.created = 946684800;  // 2000-01-01
    ::workbook_set_properties(book_, &properties);
    bold_ = ::workbook_add_format(book_);
    ::format_set_bold(bold_);
    wrap_ = ::workbook_add_format(book_);
    ::format_set_text_wrap(wrap_);
    ::format_set_align(wrap_, LXW_ALIGN_VERTICAL_TOP);
    head_ = ::workbook_add_format(book_);
    ::format_set_bold(head_);
    ::format_set_text_wrap(head_);
    ::format_set_align(head_, LXW_ALIGN_VERTICAL_TOP);
    ::format_set_bottom(head_, LXW_BORDER_THIN);
    count_ = ::workbook_add_format(book_);
    ::format_set_num_format(count_, "#,##0");
    mean_ = ::workbook_add_format(book_);
    ::format_set_num_format(mean_, "0.0");
    share_ = ::workbook_add_format(book_);
    ::format_set_num_format(share_, "0.0%");
  }
  ~Workbook() {
    if (book_ == nullptr) return;
    // There is no other way to give everything back; the unfinished file goes with it.
    ::workbook_close(book_);
    remove();
  }
  Workbook(const Workbook&) = delete;
  Workbook& operator=(const Workbook&) = delete;

  lxw_worksheet* addSheet(const char* name) {
    lxw_worksheet* sheet = ::workbook_add_worksheet(book_, name);
    if (sheet == nullptr) throw Error(ErrorKind::system, "cannot begin the workbook " + name_);
    ::worksheet_set_paper(sheet, 9);  // A4
    ::worksheet_set_landscape(sheet);
    ::worksheet_fit_to_pages(sheet, 1, 0);
    return sheet;
  }
  /// Always as text: a cell of text is never run, whatever it begins with.
  void text(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, std::string_view value, lxw_format* format) const {
    must(::worksheet_write_string(sheet, row, column, clean(value).c_str(), format));
  }
  void number(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, double value, lxw_format* format) const {
    must(::worksheet_write_number(sheet, row, column, value, format));
  }
  void finish() {
    lxw_workbook* book = book_;
    book_ = nullptr;
    const lxw_error error = ::workbook_close(book);
    if (error != LXW_NO_ERROR) remove();
    must(error);
  }

  lxw_format* bold() const { return bold_; }
  lxw_format* wrap() const { return wrap_; }
  lxw_format* head() const { return head_; }
  lxw_format* count() const { return count_; }
  lxw_format* mean() const { return mean_; }
  lxw_format* share() const { return share_; }

 private:
  void must(lxw_error error) const {
    if (error != LXW_NO_ERROR)
      throw Error(ErrorKind::disk, fmt::format("cannot write {}: {}", name_, ::lxw_strerror(error)),
                  "is the folder there, and is there room on the disk?");
  }
  void remove() const {
    std::error_code ignored;
    std::filesystem::remove(name_, ignored);
  }

  std::string name_;
  std::string folder_;
  lxw_workbook* book_ = nullptr;
  lxw_format* bold_ = nullptr;
  lxw_format* wrap_ = nullptr;
  lxw_format* head_ = nullptr;
  lxw_format* count_ = nullptr;
  lxw_format* mean_ = nullptr;
  lxw_format* share_ = nullptr;
};

constexpr lxw_col_t kFirstPart = 6;  // after code, name, who, shown, count, mean

void writeHeads(const Workbook& book, lxw_worksheet* sheet, lxw_row_t row, const Outcome& outcome,
                const std::vector<Value>& parts) {
  const Phrases& say = phrases(outcome.query.language);
  const std::vector<std::string_view> heads = {say.code,  outcome.byLabel,   say.who,
                                               say.shown, say.shortMeasured, say.mean};
  lxw_col_t column = 0;
  for (const std::string_view head : heads) book.text(sheet, row, column++, head, book.head());
  for (const Value& part : parts)
    book.text(sheet, row, column++, fmt::format(fmt::runtime(say.countOf), part.label), book.head());
  for (const Value& part : parts)
    book.text(sheet, row, column++, fmt::format(fmt::runtime(say.shareOf), part.label), book.head());
  book.text(sheet, row, column, say.norm, book.head());
  ::worksheet_set_column(sheet, 0, 0, 10, nullptr);
  ::worksheet_set_column(sheet, 1, 1, 45, nullptr);
  ::worksheet_set_column(sheet, 2, 2, 26, nullptr);
  ::worksheet_set_column(sheet, 3, column, 14, nullptr);
}

void writeLine(const Workbook& book, lxw_worksheet* sheet, lxw_row_t row, const Line& line, std::size_t parts,
               const Phrases& say) {
  const Figure& figure = *line.figure;
  book.text(sheet, row, 0, line.row->value.key, nullptr);
  book.text(sheet, row, 1, line.row->value.label, nullptr);
  book.text(sheet, row, 2, line.who, nullptr);
  book.text(sheet, row, 3, figure.shown ? say.yes : say.notShown, nullptr);
  if (!figure.shown) return;
  book.number(sheet, row, 4, static_cast<double>(figure.count), book.count());
  if (const auto mean = line.mean()) book.number(sheet, row, 5, *mean, book.mean());
  for (std::size_t i = 0; i < std::min(parts, figure.parts.size()); ++i) {
    const auto column = static_cast<lxw_col_t>(kFirstPart + i);
    book.number(sheet, row, column, static_cast<double>(figure.parts[i].count), book.count());
    book.number(sheet, row, static_cast<lxw_col_t>(column + parts), figure.parts[i].share, book.share());
  }
  std::string norms;
  for (const Norm& norm : line.row->norms) norms += (norms.empty() ? "" : ", ") + norm.text;
  if (!norms.empty()) book.text(sheet, row, static_cast<lxw_col_t>(kFirstPart + 2 * parts), norms, nullptr);
}

void writeFigures(Workbook& book, const Outcome& outcome) {
  const Language language = outcome.query.language;
  const Phrases& say = phrases(language);
  lxw_worksheet* sheet = book.addSheet(say.figuresSheet.data());
  lxw_row_t row = 0;
  book.text(sheet, row++, 0, outcome.title, book.bold());
  book.text(sheet, row++, 0, outcome.viewerName, nullptr);
  for (const Value& filter : outcome.filters) book.text(sheet, row++, 0, filter.label, nullptr);
  book.text(sheet, row++, 0,
            fmt::format(fmt::runtime(say.madeOf), dayText(outcome.why.snapshotMade, language), outcome.snapshot),
            nullptr);
  if (!outcome.notice.empty()) book.text(sheet, row++, 0, outcome.notice, nullptr);
  if (!outcome.available) return;
  const std::vector<Value> parts = partsIn(outcome);
  const lxw_row_t heads = ++row;
  writeHeads(book, sheet, heads, outcome, parts);
  for (const Row& each : outcome.rows)
    for (const Line& line : linesOf(each, language)) writeLine(book, sheet, ++row, line, parts.size(), say);
  ::worksheet_freeze_panes(sheet, heads + 1, 2);
  ::worksheet_repeat_rows(sheet, heads, heads);
  if (row > heads) ::worksheet_autofilter(sheet, heads, 0, row, static_cast<lxw_col_t>(kFirstPart + 2 * parts.size()));
}

void writeCard(Workbook& book, const Outcome& outcome) {
  const Phrases& say = phrases(outcome.query.language);
  lxw_worksheet* sheet = book.addSheet(say.cardSheet.data());
  ::worksheet_set_column(sheet, 0, 0, 22, nullptr);
  ::worksheet_set_column(sheet, 1, 1, 110, nullptr);
  lxw_row_t row = 0;
  const auto add = [&](std::string_view name, const std::string& text) {
    if (text.empty()) return;
    book.text(sheet, row, 0, name, book.head());
    book.text(sheet, row++, 1, text, book.wrap());
  };
  const Why& why = outcome.why;
  for (const std::string& sentence : summaryOf(outcome)) add(say.inBrief, sentence);
  for (const Break& mark : outcome.breaks) add(say.beware, fmt::format("{}: {}", mark.quarter, mark.text));
  add(say.shortWhat, why.definition);
  add(say.shortMeasured, why.base);
  add(say.shortExcluded, why.exclusions);
  for (const std::string& filter : why.filters) add(say.filter, filter);
  add(say.asOf, dayText(why.snapshotMade, outcome.query.language));
  add(say.snapshot, outcome.snapshot);
  add(say.rules, why.ruleSet);
  add(say.shortNoise, why.noise);
  add(say.shortThreshold, why.threshold);
}

}  // namespace

void writeXlsx(const Outcome& outcome, const std::filesystem::path& file) {
  // libxlsxwriter finds out at the end only, and says so on standard error.
  openFile(file, O_WRONLY | O_CREAT | O_TRUNC);
  Workbook book(file);
  writeFigures(book, outcome);
  writeCard(book, outcome);
  book.finish();
}

}  // namespace sluis::report
