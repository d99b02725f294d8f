#include "xlsx/workbook.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "plugin/format.h"
#include "xlsx/xml.h"

namespace sluis::xlsx {

namespace {

constexpr std::size_t kMostRelationships = 10000;
constexpr std::size_t kLongestTarget = 260;

struct Relationship {
  std::string type;  // the last word of its address: "worksheet"
  std::string part;  // empty when it lies outside
};
using Relationships = std::map<std::string, Relationship>;

class RelatedParts final : public XmlContent {
 public:
  RelatedParts(std::string_view from, Relationships& found) : from_(from), found_(found) {}

  void start(int depth, const char* name, Attributes attributes) override {
    if (depth != 2 || std::strcmp(name, "Relationship") != 0) return;
    const char* id = attributeOf(attributes, "Id");
    const char* type = attributeOf(attributes, "Type");
    const char* target = attributeOf(attributes, "Target");
    const char* mode = attributeOf(attributes, "TargetMode");
    if (id == nullptr || type == nullptr || target == nullptr || std::strlen(id) > kLongestTarget) return;
    if (found_.size() >= kMostRelationships)
      throw plugin::Unreadable(
          "De werkmap verwijst naar te veel onderdelen; sla alleen de gegevens op in een nieuwe werkmap.");
    const char* word = std::strrchr(type, '/');
    const bool outside = mode != nullptr && std::strcmp(mode, "External") == 0;
    found_[id] = {.type = std::string(word == nullptr ? type : word + 1).substr(0, kLongestTarget),
                  .part = outside ? "" : resolve(from_, target)};
  }
  void end(int) override {}

 private:
  std::string_view from_;
  Relationships& found_;
};

// Of the part `from`; none when it has none.
Relationships relationshipsOf(Archive& archive, std::string_view from) {
  const auto slash = from.rfind('/');
  const std::size_t base = slash == from.npos ? 0 : slash + 1;
  const std::string name = std::string(from.substr(0, base)) + "_rels/" + std::string(from.substr(base)) + ".rels";
  Relationships found;
  if (!archive.has(name)) return found;
  RelatedParts related(from, found);
  walkXml(*archive.open(name), related);
  return found;
}

class SheetList final : public XmlContent {
 public:
  SheetList(const Relationships& related, Workbook& workbook) : related_(related), workbook_(workbook) {}

  void start(int depth, const char* name, Attributes attributes) override {
    if (depth == 1 && std::strcmp(name, "workbook") != 0)
      throw plugin::Unreadable("Het bestand bevat geen Excel-werkmap; exporteer het als Excel-werkmap (.xlsx).");
    if (depth == 2) inSheets_ = std::strcmp(name, "sheets") == 0;
    if (depth == 2 && std::strcmp(name, "workbookPr") == 0 && isTrue(attributeOf(attributes, "date1904")))
      workbook_.dates = DateSystem::from1904;
    if (depth == 3 && inSheets_ && std::strcmp(name, "sheet") == 0) sheet(attributes);
  }
  void end(int) override {}

 private:
  void sheet(Attributes attributes) {
    if (workbook_.sheets.size() >= Workbook::kMostSheets)
      throw plugin::Unreadable("De werkmap heeft meer dan 1000 werkbladen; zet de gegevens in één werkblad.");
    const char* id = prefixedAttributeOf(attributes, "id");
    const char* state = attributeOf(attributes, "state");
    const auto found = related_.find(id == nullptr ? "" : id);
    if (found == related_.end())
      throw plugin::Unreadable(
          "Een werkblad van de werkmap ontbreekt; open haar in Excel, sla haar opnieuw op en lever haar opnieuw aan.");
    if (found->second.type == "worksheet" && found->second.part.empty())
      throw plugin::Unreadable(
          "Een werkblad verwijst naar iets buiten de werkmap; zet de gegevens in de werkmap zelf.");
    workbook_.sheets.push_back({.part = found->second.type == "worksheet" ? found->second.part : "",
                                .hidden = state != nullptr && std::strcmp(state, "visible") != 0});
  }

  const Relationships& related_;
  Workbook& workbook_;
  bool inSheets_ = false;
};

std::string firstBytes(Archive& archive, std::string_view name) {
  std::string bytes(100, '\0');
  bytes.resize(archive.open(name)->read(bytes));
  return bytes;
}

// Other files that are a zip, by what they always hold.
[[noreturn]] void refuseOther(Archive& archive) {
  if (archive.has("mimetype") && firstBytes(archive, "mimetype").starts_with("application/vnd.oasis.opendocument"))
    throw plugin::Unreadable(
        "Het bestand is een OpenDocument-bestand (.ods) en geen Excel-werkmap; sla het op als Excel-werkmap (.xlsx).");
  if (archive.has("xl/workbook.bin"))
    throw plugin::Unreadable(
        "Het bestand is een binaire Excel-werkmap (.xlsb); sla het op als gewone Excel-werkmap (.xlsx).");
  if (archive.has("word/document.xml"))
    throw plugin::Unreadable("Het bestand is een Word-document; lever een Excel-werkmap (.xlsx) aan.");
  if (archive.has("ppt/presentation.xml"))
    throw plugin::Unreadable("Het bestand is een presentatie; lever een Excel-werkmap (.xlsx) aan.");
  if (archive.has("Index/Document.iwa"))
    throw plugin::Unreadable("Het bestand is van Apple Numbers; exporteer het als Excel-werkmap (.xlsx).");
  throw plugin::Unreadable(
      "Het bestand is een zip-bestand en geen Excel-werkmap; pak het uit en lever de werkmap zelf aan.");
}

}  // namespace

std::string resolve(std::string_view from, std::string_view target) {
  if (target.size() > kLongestTarget || target.find("://") != target.npos) return "";
  std::vector<std::string_view> steps;
  const auto walk = [&](std::string_view path) {
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find_first_of("/\\", begin), path.size());
      const std::string_view step = path.substr(begin, end - begin);
      begin = end + 1;
      if (step.empty() || step == ".") continue;
      if (step != "..") {
        steps.push_back(step);
        continue;
      }
      if (steps.empty()) return false;
      steps.pop_back();
    }
    return true;
  };
  const auto slash = from.rfind('/');
  const bool absolute = target.starts_with('/') || target.starts_with('\\');
  if (!absolute && slash != from.npos && !walk(from.substr(0, slash))) return "";
  if (!walk(target)) return "";
  std::string part;
  for (const std::string_view step : steps) part.append(part.empty() ? "" : "/").append(step);
  return part;
}

Workbook readWorkbook(Archive& archive) {
  std::string main = "xl/workbook.xml";
  for (const auto& [id, related] : relationshipsOf(archive, ""))
    if (related.type == "officeDocument" && archive.has(related.part)) main = related.part;
  if (!archive.has(main) || main == "word/document.xml" || main == "ppt/presentation.xml" || main.ends_with(".bin"))
    refuseOther(archive);

  Workbook workbook;
  const Relationships related = relationshipsOf(archive, main);
  for (const auto& [id, to] : related) {
    if (to.type == "sharedStrings") workbook.sharedStrings = to.part;
    if (to.type == "styles") workbook.styles = to.part;
  }
  SheetList sheets(related, workbook);
  walkXml(*archive.open(main), sheets);
  return workbook;
}

}  // namespace sluis::xlsx
