// Excel workbooks through libxlsxwriter, in its mode that keeps one row in memory.
#include <xlsxwriter.h>

#include <fmt/format.h>

#include "base/error.h"
#include "sample/writer.h"

namespace sluis::sample {

namespace {

class XlsxWriter final : public Writer {
 public:
  XlsxWriter(const std::filesystem::path& path, const Dress& dress, Columns columns)
      : name_(path.string()), columns_(std::move(columns)), dress_(dress) {
    // Its temporary file beside the workbook: the usual place may be small, or memory.
    folder_ = path.has_parent_path() ? path.parent_path().string() : ".";
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder_.data();
    book_ = ::workbook_new_opt(name_.c_str(), &options);
    if (book_ == nullptr) throw Error(ErrorKind::system, "cannot begin the workbook " + name_);
    // The same seed gives the same bytes.
    lxw_doc_properties properties{};
    properties.created = 946684800;  // 2000-01-01
    ::workbook_set_properties(book_, &properties);
    day_ = ::workbook_add_format(book_);
    ::format_set_num_format(day_, "dd-mm-yyyy");
    sheet_ = ::workbook_add_worksheet(book_, "Trajecten");
    if (sheet_ == nullptr) throw Error(ErrorKind::system, "cannot begin the workbook " + name_);
    for (std::size_t i = 0; i < columns_.size(); ++i)
      must(::worksheet_write_string(sheet_, 0, static_cast<lxw_col_t>(i), columns_[i]->name.c_str(), nullptr));
  }
  ~XlsxWriter() override {
    // There is no other way to give everything back; the unfinished file goes with it.
    if (book_ != nullptr) ::workbook_close(book_);
  }
  XlsxWriter(const XlsxWriter&) = delete;
  XlsxWriter& operator=(const XlsxWriter&) = delete;

  void write(const Record& record) override {
    ++row_;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string_view cell = record[columns_[i]->field].text();
      const SheetValue value = sheetValue(cell, *columns_[i], dress_.numbersAsNumbers);
      const auto column = static_cast<lxw_col_t>(i);
      switch (value.kind) {
        case SheetValue::Kind::empty:
          break;
        case SheetValue::Kind::text:
          must(::worksheet_write_string(sheet_, row_, column, std::string(cell).c_str(), nullptr));
          break;
        case SheetValue::Kind::number:
          must(::worksheet_write_number(sheet_, row_, column, value.number, nullptr));
          break;
        case SheetValue::Kind::day:
          must(::worksheet_write_number(sheet_, row_, column, value.number, day_));
          break;
      }
    }
  }

  void finish() override {
    lxw_workbook* book = book_;
    book_ = nullptr;
    must(::workbook_close(book));
  }

 private:
  void must(lxw_error error) const {
    if (error != LXW_NO_ERROR)
      throw Error(ErrorKind::disk, fmt::format("cannot write {}: {}", name_, ::lxw_strerror(error)),
                  "is there room on the disk?");
  }

  std::string name_;
  std::string folder_;
  Columns columns_;
  Dress dress_;
  lxw_workbook* book_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* day_ = nullptr;
  lxw_row_t row_ = 0;
};

}  // namespace

std::unique_ptr<Writer> makeXlsxWriter(const std::filesystem::path& path, const Dress& dress, Columns columns) {
  return std::make_unique<XlsxWriter>(path, dress, std::move(columns));
}

}  // namespace sluis::sample
