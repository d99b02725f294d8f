// Workbooks as bytes, made by hand so that anything can be wrong with them.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <zip.h>

namespace sluis::test {

/// A zip of stored parts, each as given: names may repeat.
class StoredZip {
 public:
  StoredZip& add(std::string_view name, std::string_view content, std::uint16_t flags = 0, std::uint16_t method = 0) {
    std::string shared;  // what stands in both headers
    number(shared, flags, 2), number(shared, method, 2), number(shared, 0, 2), number(shared, 0x5821, 2);
    number(shared, crc(content), 4), number(shared, content.size(), 4), number(shared, content.size(), 4);
    number(shared, name.size(), 2), number(shared, 0, 2);
    directory_ += "PK\x01\x02";
    number(directory_, 20, 2), number(directory_, 20, 2);
    directory_ += shared;
    number(directory_, 0, 2), number(directory_, 0, 2), number(directory_, 0, 2), number(directory_, 0, 4);
    number(directory_, parts_.size(), 4);
    directory_ += name;
    parts_ += "PK\x03\x04";
    number(parts_, 20, 2);
    (parts_ += shared) += name;
    parts_ += content;
    ++count_;
    return *this;
  }
  std::string bytes() const {
    std::string end = "PK\x05\x06";
    number(end, 0, 4), number(end, count_, 2), number(end, count_, 2), number(end, directory_.size(), 4);
    number(end, parts_.size(), 4), number(end, 0, 2);
    return parts_ + directory_ + end;
  }

 private:
  static void number(std::string& out, std::uint64_t value, int size) {
    for (; size > 0; --size, value >>= 8) out += static_cast<char>(value & 0xFF);
  }
  static std::uint32_t crc(std::string_view content) {
    std::uint32_t sum = 0xFFFFFFFF;
    for (const char c : content) {
      sum ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (0xEDB88320 & (0 - (sum & 1)));
    }
    return ~sum;
  }

  std::string parts_, directory_;
  std::uint64_t count_ = 0;
};

/// Content of `repeats` times `piece`, which is packed well and never held whole.
struct Repeated {
  std::string piece;
  std::uint64_t repeats;
};

/// The same parts packed, with one of them ever so large.
inline std::string packedZip(const std::vector<std::pair<std::string, std::string>>& parts, const std::string& large,
                             Repeated content) {
  struct Feed {
    Repeated content;
    std::string head, tail;
    std::uint64_t at = 0;
  } feed{std::move(content), "", ""};
  const auto give = [](void* self, void* data, zip_uint64_t size, zip_source_cmd_t command) -> zip_int64_t {
    auto& from = *static_cast<Feed*>(self);
    const std::string& piece = from.content.piece;
    switch (command) {
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                              ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
      case ZIP_SOURCE_READ: {
        std::uint64_t done = 0;
        for (const std::uint64_t end = piece.size() * from.content.repeats; done < size && from.at < end;)
          static_cast<char*>(data)[done++] = piece[from.at++ % piece.size()];
        return static_cast<zip_int64_t>(done);
      }
      case ZIP_SOURCE_STAT:
        zip_stat_init(static_cast<zip_stat_t*>(data));
        return sizeof(zip_stat_t);
      default:
        return 0;
    }
  };
  zip_error_t error;
  zip_source_t* buffer = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(buffer);
  zip_t* zip = zip_open_from_source(buffer, ZIP_TRUNCATE, &error);
  if (zip == nullptr) throw std::runtime_error("libzip");
  for (const auto& [name, text] : parts)
    zip_file_add(zip, name.c_str(), zip_source_buffer(zip, text.data(), text.size(), 0), 0);
  zip_file_add(zip, large.c_str(), zip_source_function(zip, give, &feed), 0);
  if (zip_close(zip) != 0) throw std::runtime_error("libzip");
  zip_stat_t facts;
  zip_source_stat(buffer, &facts);
  std::string bytes(facts.size, '\0');
  zip_source_open(buffer);
  zip_source_read(buffer, bytes.data(), bytes.size());
  zip_source_close(buffer);
  zip_source_free(buffer);
  return bytes;
}

inline constexpr std::string_view kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
inline constexpr std::string_view kRelated = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

struct SheetXml {
  std::string xml;
  std::string state = "";  // hidden, veryHidden
};

struct WorkbookFile {
  std::vector<SheetXml> sheets;
  std::string strings = "";  // inside <sst>
  std::string styles = "";   // inside <styleSheet>
  std::string properties = "";

  std::vector<std::pair<std::string, std::string>> parts() const {
    const std::string main(kMain), related(kRelated);
    std::string list, targets;
    std::vector<std::pair<std::string, std::string>> all;
    for (std::size_t i = 1; i <= sheets.size(); ++i) {
      const std::string n = std::to_string(i);
      const std::string& state = sheets[i - 1].state;
      list += "<sheet name=\"geheim" + n + "\" sheetId=\"" + n + "\" r:id=\"r" + n + "\"" +
              (state.empty() ? "" : " state=\"" + state + "\"") + "/>";
      targets += "<Relationship Id=\"r" + n + "\" Type=\"" + related + "/worksheet\" Target=\"worksheets/sheet" + n +
                 ".xml\"/>";
      all.emplace_back("xl/worksheets/sheet" + n + ".xml", sheets[i - 1].xml);
    }
    targets += "<Relationship Id=\"s\" Type=\"" + related + "/sharedStrings\" Target=\"sharedStrings.xml\"/>";
    targets += "<Relationship Id=\"t\" Type=\"" + related + "/styles\" Target=\"/xl/styles.xml\"/>";
    all.emplace_back("_rels/.rels", "<Relationships><Relationship Id=\"r\" Type=\"" + related +
                                        "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    all.emplace_back("xl/workbook.xml", "<workbook xmlns=\"" + main + "\" xmlns:r=\"" + related + "\"><workbookPr " +
                                            properties + "/><sheets>" + list + "</sheets></workbook>");
    all.emplace_back("xl/_rels/workbook.xml.rels", "<Relationships>" + targets + "</Relationships>");
    all.emplace_back("xl/sharedStrings.xml", "<sst xmlns=\"" + main + "\">" + strings + "</sst>");
    all.emplace_back("xl/styles.xml", "<styleSheet xmlns=\"" + main + "\">" + styles + "</styleSheet>");
    return all;
  }
  std::string bytes() const {
    StoredZip zip;
    for (const auto& [name, content] : parts()) zip.add(name, content);
    return zip.bytes();
  }
};

/// A worksheet with this inside <sheetData>, and this before and behind it.
inline std::string sheetXml(std::string_view rows, std::string_view before = "", std::string_view behind = "") {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet xmlns=\"" + std::string(kMain) + "\">" +
         std::string(before) + "<sheetData>" + std::string(rows) + "</sheetData>" + std::string(behind) +
         "</worksheet>";
}

/// "<row>" of inline texts; an empty one is no cell at all.
inline std::string textRow(std::uint32_t row, const std::vector<std::string>& texts, std::string_view more = "") {
  std::string xml = "<row r=\"" + std::to_string(row) + "\" " + std::string(more) + ">";
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (!texts[i].empty())
      xml += "<c r=\"" + std::string(1, static_cast<char>('A' + i)) + std::to_string(row) +
             "\" t=\"inlineStr\"><is><t>" + texts[i] + "</t></is></c>";
  return xml + "</row>";
}

}  // namespace sluis::test
