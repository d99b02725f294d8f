// The parts of a workbook without the zip around them, whose checksums and packing keep a fuzzer out. The input is
// sheet, shared strings, styles, and then workbook and its relationships, with a byte 1 between them: no XML has it.
//
// Sheet, strings and styles: either Unreadable or batches that can be, the same in whatever pieces they are unpacked.
// With a workbook: the whole way, in a zip that is right.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "../support/cells.h"
#include "../unit/format_xlsx/workbook_file.h"
#include "xlsx/hidden_rows.h"
#include "xlsx/sheet.h"
#include "xlsx/xlsx_reader.h"

namespace {

using namespace sluis;
constexpr std::string_view kLayout = "bsn 9\ngeboortedatum 8\nhulpvorm 2";

class Pieces final : public xlsx::Part {
 public:
  Pieces(std::string_view text, std::size_t piece) : text_(text), piece_(piece) {}
  std::size_t read(std::span<char> buffer) override {
    const std::size_t got = std::min({buffer.size(), piece_, text_.size()});
    if (got > 0) std::memcpy(buffer.data(), text_.data(), got);
    text_.remove_prefix(got);
    return got;
  }

 private:
  std::string_view text_;
  std::size_t piece_;
};

template <typename Read>
std::string outcome(Read read) {
  std::string cells;
  auto take = [&](const plugin::CellBatch& batch) {
    for (std::uint32_t row = 0; row < batch.rows(); ++row)
      for (std::uint32_t column = 0; column < batch.columns(); ++column)
        cells.append(batch.cell(row, column)).push_back(column + 1 < batch.columns() ? '\x1f' : '\x1e');
  };
  support::BatchTaker sink(take, 64, 4096);
  try {
    read(sink);
  } catch (const plugin::Unreadable&) {
    return "unreadable";
  }
  return cells + sink.detected();
}

std::string readParts(const std::vector<std::string_view>& parts, std::size_t piece) {
  return outcome([&](plugin::BatchSink& sink) {
    xlsx::SharedStrings strings;
    Pieces stringsPart(parts[1], piece);
    if (!parts[1].empty()) strings.load(stringsPart);
    xlsx::Styles styles;
    Pieces stylesPart(parts[2], piece);
    if (!parts[2].empty()) styles.load(stylesPart);
    const xlsx::Layout layout(kLayout);
    const xlsx::Book book{strings, styles, xlsx::DateSystem::from1900, layout};
    Pieces names(parts[0], piece), look(parts[0], piece), sheet(parts[0], piece);
    xlsx::namesIn(names, book);
    xlsx::readSheet(sheet, book, std::to_string(xlsx::countHiddenRows(look)), sink);
  });
}

std::string readWhole(const std::vector<std::string_view>& parts) {
  const std::string bytes = test::StoredZip()
                                .add("xl/workbook.xml", parts[3])
                                .add("xl/_rels/workbook.xml.rels", parts[4])
                                .add("xl/worksheets/sheet1.xml", parts[0])
                                .add("xl/worksheets/sheet2.xml", parts[0])
                                .add("xl/sharedStrings.xml", parts[1])
                                .add("xl/styles.xml", parts[2])
                                .bytes();
  return outcome([&](plugin::BatchSink& sink) {
    support::TextSource source(bytes);
    xlsx::XlsxReader().read(source, kLayout, sink);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> parts(5);
  bool hasWorkbook = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t end = i + 1 == parts.size() ? rest.npos : rest.find('\1');
    parts[i] = rest.substr(0, end);
    hasWorkbook |= i >= 3 && !parts[i].empty();
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  if (hasWorkbook)
    readWhole(parts);
  else if (readParts(parts, size < 1000 ? 7 : 97) != readParts(parts, 64 << 10))
    std::abort();
  return 0;
}
