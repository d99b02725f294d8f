#include "xlsx/styles.h"

#include <cstring>
#include <string>
#include <unordered_map>

#include "plugin/format.h"
#include "xlsx/xml.h"

namespace sluis::xlsx {

namespace {

constexpr std::size_t kMostFormats = 1 << 16;  // Excel's own limit is 65,490
constexpr std::uint32_t kMostId = 0xFFFFFFFE;

// ECMA-376 part 1, 18.8.30, those of the East Asian languages included.
bool isBuiltInDate(std::uint32_t id) {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

}  // namespace

bool showsDate(std::string_view format) {
  for (std::size_t at = 0; at < format.size(); ++at) {
    switch (format[at]) {
      case ';':  // what follows is for negative numbers
        return false;
      case '"':
        at = format.find('"', at + 1);
        break;
      case '\\':
      case '_':
      case '*':
        ++at;
        break;
      case '[': {
        const std::size_t close = format.find(']', at);
        // [h] [mm] [s]: elapsed time; others are colours, conditions and languages.
        const std::string_view inside = format.substr(at + 1, close == format.npos ? close : close - at - 1);
        if (!inside.empty() && inside.find_first_not_of("hHmMsS") == inside.npos) return true;
        at = close;
        break;
      }
      case 'G':
      case 'g':  // "General" and its translations hold no code; none of those with a date begins so
      case 'S':
        if (format.substr(at + 1, 6) == "eneral") at += 6;
        if (format.substr(at + 1, 8) == "tandaard") at += 8;
        if (format[at] == 'S') return true;
        break;
      case 'y':
      case 'Y':
      case 'j':  // Dutch LibreOffice
      case 'J':
      case 'm':
      case 'M':
      case 'd':
      case 'D':
      case 'h':
      case 'H':
      case 's':
        return true;
      default:
        break;
    }
    if (at >= format.size()) return false;
  }
  return false;
}

class StylesHandler final : public XmlHandler {
 public:
  explicit StylesHandler(Styles& styles) : styles_(styles) {}

  void start(int depth, const char* name, Attributes attributes) override {
    if (depth == 2) group_ = name;
    if (depth != 3) return;
    const std::uint32_t id = numberOr(attributeOf(attributes, "numFmtId"), kMostId, 0);
    if (group_ == "numFmts" && std::strcmp(name, "numFmt") == 0) {
      if (ours_.size() >= kMostFormats) tooMany();
      const char* code = attributeOf(attributes, "formatCode");
      ours_[id] = code != nullptr && showsDate(code);
    } else if (group_ == "cellXfs" && std::strcmp(name, "xf") == 0) {
      if (used_.size() >= kMostFormats) tooMany();
      used_.push_back(id);
    }
  }
  void end(int depth) override {
    // Only now: nothing says that the formats are defined before they are used.
    if (depth != 1) return;
    for (const std::uint32_t id : used_) {
      const auto own = ours_.find(id);
      styles_.dates_.push_back(own == ours_.end() ? isBuiltInDate(id) : own->second);
    }
  }

 private:
  [[noreturn]] static void tooMany() {
    throw plugin::Unreadable(
        "De werkmap heeft meer celopmaken dan Excel toestaat; sla alleen de gegevens op in een nieuwe werkmap.");
  }

  Styles& styles_;
  std::string group_;
  std::unordered_map<std::uint32_t, bool> ours_;
  std::vector<std::uint32_t> used_;
};

void Styles::load(Part& part) {
  StylesHandler handler(*this);
  walkXml(part, handler);
}

}  // namespace sluis::xlsx
