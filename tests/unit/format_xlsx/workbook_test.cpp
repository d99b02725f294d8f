// Which sheet is the delivery, and files that are no workbook or one made to do harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"
#include "workbook_file.h"
#include "xlsx/shared_strings.h"
#include "xlsx/workbook.h"

namespace sluis::xlsx {
namespace {

using namespace sluis::test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kLayout = "bsn 9\nhulpvorm 2\nverwijzer 2";

std::string named(const std::vector<std::string>& names, const std::string& value) {
  return sheetXml(textRow(1, names) + textRow(2, std::vector<std::string>(names.size(), value)));
}
const std::string kEmpty = sheetXml("<row r=\"1\"><c r=\"A1\" s=\"1\"/></row>");
const std::string kData = named({"BSN ", "hulpvorm", "datum"}, "1");
const std::string kText = named({"bsn", "uitleg"}, "2");
const std::string kOther = named({"x", "y"}, "3");

std::string file(const std::vector<SheetXml>& sheets) {
  return WorkbookFile{.sheets = sheets}.bytes();
}
std::string told(const std::vector<SheetXml>& sheets, std::string_view layout = kLayout) {
  return parse(file(sheets), layout).detected;
}

TEST(XlsxWorkbook, TheOnlyFilledSheetIsTheDelivery) {
  EXPECT_EQ(told({{kEmpty}, {kOther}, {kEmpty}}), "xlsx, werkblad 2 van 3");
  EXPECT_EQ(told({{kOther}}), "xlsx, werkblad 1 van 1");
}

TEST(XlsxWorkbook, OfSeveralTheOneWithColumnNamesOfTheDatasetIsTheDelivery) {
  EXPECT_EQ(told({{kOther}, {kText}, {kData}}), "xlsx, werkblad 3 van 3, ook gevuld en niet gelezen: werkblad 1 en 2");
  EXPECT_EQ(told({{kText}, {kOther}}), "xlsx, werkblad 1 van 2, ook gevuld en niet gelezen: werkblad 2");
  EXPECT_EQ(parse(file({{kOther}, {kData}}), kLayout).rows.at(0).at(0), "1");
}

TEST(XlsxWorkbook, SheetsThatMayAllBeTheDeliveryAreRefusedByTheirPlaces) {
  EXPECT_THAT(refusal(file({{kData}, {kEmpty}, {kData}}), kLayout),
              HasSubstr("met kolomnamen van een aanlevering (werkblad 1 en 3)"));
  EXPECT_THAT(refusal(file({{kOther}, {kOther}}), kLayout), HasSubstr("(werkblad 1 en 2) en geen daarvan begint"));
  EXPECT_THAT(refusal(file({{kData}, {kOther}})), HasSubstr("geen daarvan begint"))
      << "nothing is known of the dataset";
  EXPECT_THAT(refusal(file({{kOther}, {kOther}, {kOther}, {kOther}, {kOther}, {kOther}, {kOther}}), kLayout),
              HasSubstr("(werkblad 1, 2, 3, 4, 5, 6 en verder)"));
}

TEST(XlsxWorkbook, HiddenSheetsAreNotReadAndTold) {
  EXPECT_EQ(told({{kData, "hidden"}, {kOther}, {kData, "veryHidden"}}),
            "xlsx, werkblad 2 van 3, 2 verborgen werkbladen niet gelezen");
  EXPECT_THAT(refusal(file({{kData, "hidden"}})), HasSubstr("geen zichtbaar werkblad"));
  EXPECT_THAT(refusal(file({{kEmpty}, {kEmpty}, {kData, "hidden"}})), HasSubstr("De zichtbare werkbladen zijn leeg"));
  EXPECT_THAT(refusal(file({})), HasSubstr("geen zichtbaar werkblad"));
}

TEST(XlsxWorkbook, AFormulaWithoutOutcomeInAnotherSheetDoesNoHarm) {
  const std::string computed = sheetXml("<row r=\"1\"><c r=\"A1\"><f>1+1</f></c></row>");
  EXPECT_EQ(told({{computed}, {kData}}), "xlsx, werkblad 2 van 2, ook gevuld en niet gelezen: werkblad 1");
}

TEST(XlsxWorkbook, NamesOfSheetsAreNeverTold) {
  EXPECT_THAT(told({{kOther}, {kText}, {kData}}), Not(HasSubstr("geheim")));
  EXPECT_THAT(refusal(file({{kData}, {kData}}), kLayout), Not(HasSubstr("geheim")));
}

TEST(XlsxWorkbook, PartsLieWhereTheRelationshipsSay) {
  const auto build = [](const std::string& target, const std::string& part) {
    const std::string related(kRelated);
    return StoredZip()
        .add("_rels/.rels",
             "<a:Relationships xmlns:a=\"x\"><a:Relationship Id=\"x\" Type=\"http://purl.oclc.org/ooxml/"
             "officeDocument/relationships/officeDocument\" Target=\"/map/boek.xml\"/></a:Relationships>")
        .add("map/boek.xml", "<workbook xmlns:q=\"" + related +
                                 "\"><sheets><sheet name=\"a\" sheetId=\"9\" q:id=\"z\"/>"
                                 "</sheets></workbook>")
        .add("map/_rels/boek.xml.rels", "<Relationships><Relationship Id=\"z\" Type=\"" + related +
                                            "/worksheet\" Target=\"" + target + "\"/></Relationships>")
        .add(part, kData)
        .bytes();
  };
  EXPECT_EQ(parse(build("blad.xml", "map/blad.xml")).rows.size(), 1U);
  EXPECT_EQ(parse(build("/blad.xml", "blad.xml")).rows.size(), 1U);
  EXPECT_EQ(parse(build("../Ander/./blad.xml", "ander/BLAD.xml")).rows.size(), 1U) << "case does not matter";
  EXPECT_EQ(parse(build("bladen\\blad.xml", "map/bladen/blad.xml")).rows.size(), 1U);
  for (const char* outside : {"../../blad.xml", "../../../etc/passwd", "file:///etc/passwd", "http://x/blad.xml"})
    EXPECT_THAT(refusal(build(outside, "map/blad.xml")), HasSubstr("buiten de werkmap")) << outside;
  EXPECT_THAT(refusal(build("weg.xml", "map/blad.xml")), HasSubstr("ontbreekt een onderdeel"));
}

TEST(XlsxWorkbook, ATargetIsResolvedWithinTheArchive) {
  EXPECT_EQ(resolve("xl/workbook.xml", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
  EXPECT_EQ(resolve("xl/workbook.xml", "../a/b.xml"), "a/b.xml");
  EXPECT_EQ(resolve("", "xl/workbook.xml"), "xl/workbook.xml");
  EXPECT_EQ(resolve("xl/workbook.xml", "../../b.xml"), "");
  EXPECT_EQ(resolve("xl/workbook.xml", "/../b.xml"), "");
}

TEST(XlsxWorkbook, AMissingOrDoubledPartIsRefused) {
  const auto parts = WorkbookFile{.sheets = {{kData}}}.parts();
  for (const auto& [missing, text] : parts) {
    StoredZip zip, twice;
    for (const auto& [name, content] : parts) {
      if (name != missing) zip.add(name, content);
      twice.add(name, content);
    }
    twice.add("/" + missing, text);
    EXPECT_THAT(refusal(twice.bytes()), HasSubstr("een onderdeel twee keer")) << missing;
    // The first relationships are not needed where everything lies at its usual place.
    EXPECT_EQ(refusal(zip.bytes()) == "read", missing == "_rels/.rels") << missing;
  }
}

TEST(XlsxWorkbook, WhatOnlyLooksLikeAWorkbookIsNamed) {
  const auto zip = [](const std::string& name, const std::string& content) {
    return refusal(StoredZip().add(name, content).bytes());
  };
  EXPECT_THAT(zip("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), HasSubstr("(.ods)"));
  EXPECT_THAT(zip("xl/workbook.bin", ""), HasSubstr("(.xlsb)"));
  EXPECT_THAT(zip("word/document.xml", ""), HasSubstr("Word-document"));
  EXPECT_THAT(zip("Index/Document.iwa", ""), HasSubstr("Numbers"));
  EXPECT_THAT(zip("jeugdhulp.csv", "a;b"), HasSubstr("zip-bestand"));
  EXPECT_THAT(zip("xl/workbook.xml", "<html/>"), HasSubstr("bevat geen Excel-werkmap"));

  const auto text = [](const std::string& bytes) { return refusal(bytes); };
  EXPECT_EQ(text(""), "0: Het bestand is leeg.");
  EXPECT_THAT(text("<html><body><table>"), HasSubstr("webpagina (HTML)"));
  EXPECT_THAT(text("\xEF\xBB\xBF\r\n<!DOCTYPE HTML PUBLIC>"), HasSubstr("webpagina (HTML)"));
  EXPECT_THAT(text("<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"),
              HasSubstr("XML-werkblad uit 2003"));
  EXPECT_THAT(text("<?xml version=\"1.0\"?><x/>"), HasSubstr("is XML"));
  EXPECT_THAT(text("MIME-Version: 1.0\r\n"), HasSubstr("opgeslagen webpagina"));
  EXPECT_THAT(text("bsn;hulpvorm\n1;2\n"), HasSubstr("CSV"));
  EXPECT_THAT(text(std::string("\xFF\xFE"
                               "b\0s\0;\0",
                               8)),
              HasSubstr("CSV"));
  EXPECT_THAT(text("%PDF-1.7"), HasSubstr("PDF"));
  EXPECT_THAT(text("Rar!\x1A\x07"), HasSubstr("ingepakt"));
  EXPECT_THAT(text(std::string("PK\x05\x06", 4) + std::string(18, '\0')), HasSubstr("leeg zip-bestand"));
  EXPECT_THAT(text(std::string(5000, '\0')), HasSubstr("geen Excel-werkmap of is beschadigd"));
}

std::string compound(const std::string& entry) {
  std::string bytes(2048, '\0');
  bytes.replace(0, 8, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
  bytes[30] = 9;
  bytes[48] = 1;  // the directory in the second sector behind the header
  for (std::size_t i = 0; i < entry.size(); ++i) bytes[1024 + 2 * i] = entry[i];
  return bytes;
}

TEST(XlsxWorkbook, AProtectedWorkbookIsToldFromAnOldOne) {
  EXPECT_THAT(refusal(compound("EncryptedPackage")), HasSubstr("beveiligd met een wachtwoord; sla haar op zonder"));
  EXPECT_THAT(refusal(compound("Workbook")), HasSubstr("oude Excel-werkmap (.xls)"));
  EXPECT_THAT(refusal(compound("WordDocument")), HasSubstr("geen Excel-werkmap, of een die beveiligd is"));
  StoredZip zip;
  zip.add("xl/workbook.xml", "x", 1);
  EXPECT_THAT(refusal(zip.bytes()), HasSubstr("beveiligd met een wachtwoord"));
}

TEST(XlsxWorkbook, ATruncatedOrBrokenZipIsRefused) {
  const std::string whole = file({{kData}});
  for (std::size_t size = 4; size < whole.size(); size += 37)
    EXPECT_THAT(refusal(whole.substr(0, size)), HasSubstr("beschadigde of niet volledig overgebrachte")) << size;
  std::string changed = whole;
  changed[changed.find("hulpvorm")] = 'x';
  EXPECT_THAT(refusal(changed), HasSubstr("beschadigde")) << "its checksum";
  for (std::size_t at = 0; at < whole.size(); at += 11) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    EXPECT_NO_FATAL_FAILURE(refusal(broken));
  }
}

TEST(XlsxWorkbook, AnUnusualPackingIsRefused) {
  EXPECT_THAT(refusal(StoredZip().add("xl/workbook.xml", "x", 0, 14).bytes()),
              HasSubstr("manier die Excel niet gebruikt"));
}

TEST(XlsxWorkbook, AZipBombIsStopped) {
  auto parts = WorkbookFile{.sheets = {{kData}}}.parts();
  std::erase_if(parts, [](const auto& part) { return part.first == "xl/worksheets/sheet1.xml"; });
  const std::string spaces = packedZip(parts, "xl/worksheets/sheet1.xml", {std::string(1 << 10, ' '), 40 << 10});
  EXPECT_THAT(refusal(spaces), HasSubstr("onredelijk groot"));
}

TEST(XlsxWorkbook, AZipOfTooManyPartsIsRefused) {
  StoredZip zip;
  for (int i = 0; i <= 10000; ++i) zip.add(std::to_string(i), "");
  EXPECT_THAT(refusal(zip.bytes()), HasSubstr("te veel onderdelen"));

  // A 64-bit end of directory that promises millions.
  std::string large = file({{kData}});
  const std::size_t record = large.size();
  std::string promise = "PK\x06\x06" + std::string(52, '\0');
  promise[24 + 3] = promise[32 + 3] = 1;
  large += promise + "PK\x06\x07" + std::string(4, '\0');
  for (int i = 0; i < 8; ++i) large += static_cast<char>(record >> (8 * i) & 0xFF);
  large += std::string("\1\0\0\0", 4) +
           std::string("PK\x05\x06\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0", 22);
  EXPECT_THAT(refusal(large), HasSubstr("te veel onderdelen"));
}

TEST(XlsxXml, ADocumentTypeIsRefusedWhateverItHolds) {
  for (const char* inside : {"", "[<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]",
                             "SYSTEM \"file:///etc/passwd\"", "[<!ENTITY % p SYSTEM \"http://x/\"> %p;]"}) {
    const std::string type = "<!DOCTYPE worksheet " + std::string(inside) + ">";
    EXPECT_THAT(refusal(file({{type + kData.substr(kData.find('\n') + 1)}})), HasSubstr("bevat een documenttype"));
  }
}

TEST(XlsxXml, BrokenXmlIsRefusedWithTheRowInHand) {
  const std::string cut = kData.substr(0, kData.rfind("</row>"));
  EXPECT_THAT(refusal(file({{cut}})), HasSubstr("2: Een onderdeel van de werkmap is geen geldige XML"));
  for (const char* xml :
       {"", " ", "<worksheet>", "x", "<worksheet/><worksheet/>", "<worksheet a='&#0;'/>",
        "<worksheet>&none;</worksheet>", "<worksheet>\xFF</worksheet>", "<worksheet>\xED\xA0\x80</worksheet>",
        "<?xml version='1.0' encoding='windows-1252'?><worksheet/>"})
    EXPECT_THAT(refusal(file({{xml}})), HasSubstr("geen geldige XML")) << xml;
  EXPECT_THAT(refusal(file({{"<chartsheet/>"}})), HasSubstr("is geen werkblad"));
}

TEST(XlsxXml, WhatOnlyCostsMemoryIsRefused) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<a>";
  EXPECT_THAT(refusal(file({{sheetXml(deep)}})), HasSubstr("onredelijk ingewikkeld")) << "nesting";
  EXPECT_THAT(refusal(file({{sheetXml("<row a=\"" + std::string(8 << 20, 'x') + "\"/>")}})),
              HasSubstr("onredelijk ingewikkeld"))
      << "an attribute";
  std::string names;
  for (int i = 0; i < 200000; ++i) names += "<a" + std::to_string(i) + "/>";
  EXPECT_THAT(refusal(file({{sheetXml(names)}})), HasSubstr("onredelijk ingewikkeld")) << "names, all kept by expat";
  std::string attributes;
  for (int i = 0; i < 100000; ++i) attributes += " a" + std::to_string(i) + "=\"\"";
  EXPECT_THAT(refusal(file({{sheetXml("<row" + attributes + "/>")}})), HasSubstr("onredelijk ingewikkeld"))
      << "attributes";
}

TEST(XlsxStrings, TextsOfAnyKindComeBackAsTheyWere) {
  SharedStrings strings;
  std::vector<std::string> all = {"",
                                  "0",
                                  "00",
                                  "9",
                                  "000000000",
                                  "999999999",
                                  "1234567890",
                                  "12a",
                                  "-1",
                                  std::string(254, 'x'),
                                  std::string(255, 'y'),
                                  std::string(100000, 'z'),
                                  "\xC3\xA9"};
  for (int i = 0; i < 70000; ++i) all.push_back((i % 3 == 0 ? "t" : "0") + std::to_string(i % 20000));
  for (const std::string& text : all) strings.add(text);
  ASSERT_EQ(strings.count(), all.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    std::string out = "<";
    strings.appendTo(out, i);
    ASSERT_EQ(out, "<" + all[i]) << i;
  }
}

TEST(XlsxStrings, TheyMayNotGrowWithoutBound) {
  const auto fits = [](std::size_t megabytes, std::uint64_t count, const std::string& text) {
    SharedStrings strings(megabytes << 20);
    try {
      for (std::uint64_t i = 0; i < count; ++i) strings.add(text + std::to_string(100000 + i));
    } catch (const plugin::Unreadable&) {
      return false;
    }
    return true;
  };
  EXPECT_TRUE(fits(1, 250000, "")) << "four bytes for the number of a citizen";
  EXPECT_FALSE(fits(1, 270000, "")) << "entries";
  EXPECT_TRUE(fits(4, 80000, "0123456789abcdef0123456789")) << "37 bytes for a pre-pseudonym";
  EXPECT_FALSE(fits(4, 300, std::string(20000, 'x'))) << "text";
}

}  // namespace
}  // namespace sluis::xlsx
