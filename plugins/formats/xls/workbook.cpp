#include "xls/workbook.h"

#include <unordered_map>

#include "xls/bytes.h"
#include "xlsx/date_format.h"

namespace sluis::xls {

namespace {

constexpr std::uint16_t kBiff5 = 0x0500;
constexpr std::uint16_t kBiff8 = 0x0600;

class Globals {
 public:
  explicit Globals(Records& records) : records_(records) {}

  Workbook read() {
    records_.seek(0);
    records_.next();
    if (records_.kind() != Kind::begin) refuse(kDamaged);
    const std::uint16_t version = u16(records_.data(), 0);
    if (version != kBiff5 && version != kBiff8) refuse(kDamaged);
    workbook_.version = version == kBiff8 ? Version::biff8 : Version::biff5;
    for (records_.next(); records_.kind() != Kind::eof; records_.next()) take(records_.data());
    for (const std::uint16_t format : cellFormats_) {
      const auto own = shows_.find(format);
      workbook_.dates.push_back(own == shows_.end() ? xlsx::isBuiltInDate(format) : own->second);
    }
    return std::move(workbook_);
  }

 private:
  void take(std::string_view data) {
    switch (records_.kind()) {
      case Kind::filePass:
        refuse("De werkmap is beveiligd met een wachtwoord; sla haar op zonder wachtwoord en lever haar opnieuw aan.");
      case Kind::codePage:
        workbook_.codePage = u16(data, 0);
        break;
      case Kind::dateMode:
        workbook_.system = u16(data, 0) == 1 ? xlsx::DateSystem::from1904 : xlsx::DateSystem::from1900;
        break;
      case Kind::sheet:
        if (workbook_.sheets.size() >= Workbook::kMostSheets)
          refuse("De werkmap heeft meer dan 1000 werkbladen; zet de gegevens in één werkblad.");
        workbook_.sheets.push_back(
            {.offset = u32(data, 0), .isWorksheet = u8(data, 5) == 0, .hidden = (u8(data, 4) & 3) != 0});
        break;
      case Kind::format:
        takeFormat(data);
        break;
      case Kind::cellFormat:
        if (cellFormats_.size() >= Workbook::kMostFormats) refuse(kDamaged);
        cellFormats_.push_back(u16(data, 2));
        break;
      case Kind::sharedStrings:
        workbook_.texts.load(records_);
        break;
      default:
        break;
    }
  }

  void takeFormat(std::string_view data) {
    const std::uint16_t number = u16(data, 0);
    std::string code;
    if (workbook_.version == Version::biff8) {
      const std::uint16_t length = u16(data, 2);
      Cursor(records_, 4).appendText(code, length);
    } else {
      // Its codes are ASCII: what else stands in it does not matter.
      code = part(data, 3, u8(data, 2));
    }
    shows_[number] = xlsx::showsDate(code);
  }

  Records& records_;
  Workbook workbook_;
  std::unordered_map<std::uint16_t, bool> shows_;
  std::vector<std::uint16_t> cellFormats_;
};

}  // namespace

Workbook readWorkbook(Records& records) {
  return Globals(records).read();
}

}  // namespace sluis::xls
