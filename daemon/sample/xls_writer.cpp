// Excel 97 workbooks ([MS-XLS], BIFF8): one sheet, a table of shared strings, nothing else.
#include <bit>
#include <unordered_map>

#include "base/file.h"
#include "sample/compound_file.h"
#include "sample/writer.h"

namespace sluis::sample {

namespace {

enum RecordType : unsigned {
  kBof = 0x0809,
  kEof = 0x000A,
  kCodePage = 0x0042,
  kDateMode = 0x0022,
  kWindow1 = 0x003D,
  kFont = 0x0031,
  kXf = 0x00E0,
  kStyle = 0x0293,
  kBoundSheet = 0x0085,
  kStrings = 0x00FC,
  kContinue = 0x003C,
  kDimensions = 0x0200,
  kString = 0x00FD,
  kNumber = 0x0203,
  kWindow2 = 0x023E,
};
constexpr std::size_t kMostInARecord = 8224;
constexpr std::string_view kSheetName = "Trajecten";

// Cell formats: fifteen styles come first, as readers expect.
constexpr int kStyles = 15;
constexpr int kPlain = 15;
constexpr int kDay = 16;
constexpr int kBuiltInDay = 14;

class Body {
 public:
  Body& add(std::uint64_t value, int bytes) {
    appendNumber(text_, value, bytes);
    return *this;
  }
  Body& words(std::initializer_list<unsigned> values) {
    for (const unsigned value : values) add(value, 2);
    return *this;
  }
  /// With its length in `lengthBytes` bytes; ASCII, so one byte a character.
  Body& string(std::string_view text, int lengthBytes) {
    add(text.size(), lengthBytes).add(0, 1);
    text_ += text;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void append(std::string& stream, unsigned type, std::string_view body) {
  appendNumber(stream, type, 2);
  appendNumber(stream, body.size(), 2);
  stream += body;
}
void append(std::string& stream, unsigned type, const Body& body) {
  append(stream, type, body.text());
}

void appendBegin(std::string& stream, unsigned what) {
  append(stream, kBof, Body().words({0x0600, what, 0x0DBB, 0x07CC}).add(0x41, 4).add(0x06, 4));
}

void appendFormat(std::string& stream, int numberFormat, bool style) {
  // Font, format, and for a style "no parent"; the rest are defaults (bottom, no borders, no pattern).
  append(stream, kXf,
         Body()
             .words({0, static_cast<unsigned>(numberFormat), style ? 0xFFF5U : 0x0001U})
             .add(0x20, 1)
             .add(0, 1)
             .add(0, 1)
             .add(style ? 0xF4 : 0x04, 1)
             .add(0, 4)
             .add(0, 4)
             .words({0x20C0}));
}

class XlsWriter final : public Writer {
 public:
  XlsWriter(std::filesystem::path path, const Dress& dress, Columns columns)
      : path_(std::move(path)), columns_(std::move(columns)), dress_(dress) {
    for (std::size_t i = 0; i < columns_.size(); ++i) appendString(i, columns_[i]->name);
  }

  void write(const Record& record) override {
    ++row_;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string_view cell = record[columns_[i]->field].text();
      const SheetValue value = sheetValue(cell, *columns_[i], dress_.numbersAsNumbers);
      if (value.kind == SheetValue::Kind::text) appendString(i, cell);
      if (value.kind == SheetValue::Kind::number) appendValue(i, kPlain, value.number);
      if (value.kind == SheetValue::Kind::day) appendValue(i, kDay, value.number);
    }
  }

  void finish() override { writeFileDurably(path_, compoundFile("Workbook", workbook())); }

 private:
  void appendString(std::size_t column, std::string_view text) {
    ++uses_;
    const auto [at, isNew] = places_.try_emplace(std::string(text), static_cast<std::uint32_t>(strings_.size()));
    if (isNew) strings_.push_back(&at->first);
    append(cells_, kString, Body().add(row_, 2).add(column, 2).add(kPlain, 2).add(at->second, 4));
  }
  void appendValue(std::size_t column, int format, double value) {
    append(cells_, kNumber,
           Body()
               .add(row_, 2)
               .add(column, 2)
               .add(static_cast<unsigned>(format), 2)
               .add(std::bit_cast<std::uint64_t>(value), 8));
  }

  // A string is never split over two records: a new one is begun before it.
  std::string sharedStrings() const {
    std::string stream;
    Body body;
    body.add(uses_, 4).add(strings_.size(), 4);
    unsigned type = kStrings;
    for (const std::string* text : strings_) {
      if (body.text().size() + text->size() + 3 > kMostInARecord) {
        append(stream, type, body);
        type = kContinue;
        body = {};
      }
      body.string(*text, 2);
    }
    append(stream, type, body);
    return stream;
  }

  std::string workbook() const {
    std::string stream;
    appendBegin(stream, 0x0005);
    append(stream, kCodePage, Body().words({0x04B0}));
    append(stream, kWindow1, Body().words({0, 0, 0x4000, 0x2000, 0x38, 0, 0, 1, 0x0258}));
    append(stream, kDateMode, Body().words({0}));
    for (int i = 0; i < 4; ++i)
      append(stream, kFont, Body().words({200, 0, 0x7FFF, 400, 0}).add(0, 4).string("Arial", 1));
    for (int i = 0; i < kStyles; ++i) appendFormat(stream, 0, true);
    appendFormat(stream, 0, false);
    appendFormat(stream, kBuiltInDay, false);
    append(stream, kStyle, Body().words({0x8000}).add(0, 1).add(0xFF, 1));

    // The sheet's place counts the rest of this part: itself, the strings and the end.
    const std::string strings = sharedStrings();
    const std::size_t sheetRecord = 4 + 4 + 2 + 2 + kSheetName.size();
    const std::size_t sheet = stream.size() + sheetRecord + strings.size() + 4;
    append(stream, kBoundSheet, Body().add(sheet, 4).words({0}).string(kSheetName, 1));
    stream += strings;
    append(stream, kEof, "");

    appendBegin(stream, 0x0010);
    append(stream, kDimensions,
           Body().add(0, 4).add(row_ + 1, 4).words({0, static_cast<unsigned>(columns_.size()), 0}));
    stream += cells_;
    append(stream, kWindow2, Body().words({0x06B6, 0, 0, 0x40, 0, 0, 0, 0, 0}));
    append(stream, kEof, "");
    return stream;
  }

  std::filesystem::path path_;
  Columns columns_;
  Dress dress_;
  std::uint32_t row_ = 0;
  std::uint32_t uses_ = 0;
  std::string cells_;
  std::unordered_map<std::string, std::uint32_t> places_;
  std::vector<const std::string*> strings_;
};

}  // namespace

std::unique_ptr<Writer> makeXlsWriter(const std::filesystem::path& path, const Dress& dress, Columns columns) {
  return std::make_unique<XlsWriter>(path, dress, std::move(columns));
}

}  // namespace sluis::sample
