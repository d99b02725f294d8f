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

}  // namespace

class CellFormats final : public XmlContent {
 public:
  explicit CellFormats(Styles& styles) : styles_(styles) {}

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
  CellFormats formats(*this);
  walkXml(part, formats);
}

}  // namespace sluis::xlsx
