// CSV and fixed width: text, line by line.
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"
#include "sample/writer.h"

namespace sluis::sample {

namespace {

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::size_t kRoomForALine = 64 << 10;

class TextWriter : public Writer {
 public:
  TextWriter(const std::filesystem::path& path, Encoding encoding)
      : name_(path.string()), encoding_(encoding), file_(openFile(path, O_WRONLY | O_CREAT | O_EXCL)) {
    text_.reserve(kBuffer + kRoomForALine);
    if (encoding == Encoding::utf8Bom) writeAll(file_.get(), "\xEF\xBB\xBF", name_);
    if (encoding == Encoding::utf16Le) writeAll(file_.get(), "\xFF\xFE", name_);
    if (encoding == Encoding::utf16Be) writeAll(file_.get(), "\xFE\xFF", name_);
  }

  void finish() override {
    flush();
    if (::fsync(file_.get()) != 0) throwErrno("cannot write " + name_);
    file_.reset();
  }

 protected:
  void endLine() {
    text_ += "\r\n";
    if (text_.size() >= kBuffer) flush();
  }
  std::string text_;

 private:
  // A sample is ASCII, which is the same in every encoding but those of two bytes.
  void flush() {
    if (encoding_ != Encoding::utf16Le && encoding_ != Encoding::utf16Be) {
      writeAll(file_.get(), text_, name_);
    } else {
      std::string wide(text_.size() * 2, '\0');
      const std::size_t low = encoding_ == Encoding::utf16Le ? 0 : 1;
      for (std::size_t i = 0; i < text_.size(); ++i) wide[i * 2 + low] = text_[i];
      writeAll(file_.get(), wide, name_);
    }
    text_.clear();
  }

  std::string name_;
  Encoding encoding_;
  Fd file_;
};

class CsvWriter final : public TextWriter {
 public:
  CsvWriter(const std::filesystem::path& path, const Dress& dress, Columns columns)
      : TextWriter(path, dress.encoding), columns_(std::move(columns)), dress_(dress) {
    for (const dataset::FieldDefinition* column : columns_) add(column->name, column == columns_.back());
  }

  void write(const Record& record) override {
    for (const dataset::FieldDefinition* column : columns_)
      add(record[column->field].text(), column == columns_.back());
  }

 private:
  void add(std::string_view cell, bool last) {
    if (dress_.quoted) text_ += '"';
    text_ += cell;
    if (dress_.quoted) text_ += '"';
    if (last)
      endLine();
    else
      text_ += dress_.separator;
  }

  Columns columns_;
  Dress dress_;
};

class AsciiWriter final : public TextWriter {
 public:
  AsciiWriter(const std::filesystem::path& path, const Dress& dress, const dataset::Definition& definition)
      : TextWriter(path, dress.encoding), definition_(definition) {
    for (const dataset::LayoutField& at : definition.ascii())
      width_ = std::max<std::size_t>(width_, at.offset + at.length);
  }

  void write(const Record& record) override {
    const std::size_t line = text_.size();
    text_.append(width_, ' ');
    for (const dataset::LayoutField& at : definition_.ascii()) {
      std::string_view cell = record[at.field].text();
      // A layout may have room for the four digits only.
      if (cell.size() > at.length && cell.starts_with("GM")) cell.remove_prefix(2);
      cell = cell.substr(0, at.length);
      text_.replace(line + at.offset, cell.size(), cell);
    }
    endLine();
  }

 private:
  const dataset::Definition& definition_;
  std::size_t width_ = 0;
};

}  // namespace

std::unique_ptr<Writer> makeTextWriter(const std::filesystem::path& path, const Dress& dress,
                                       const dataset::Definition& definition, Columns columns) {
  if (dress.format == Format::ascii) return std::make_unique<AsciiWriter>(path, dress, definition);
  return std::make_unique<CsvWriter>(path, dress, std::move(columns));
}

}  // namespace sluis::sample
