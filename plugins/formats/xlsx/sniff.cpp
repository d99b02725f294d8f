#include "xlsx/sniff.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluis::xlsx {

namespace {

std::uint64_t littleEndian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

std::string wide(std::string_view text) {
  std::string bytes;
  for (const char c : text) bytes.append({c, '\0'});
  return bytes;
}

// A compound file: what Excel wraps a protected workbook in, and what .xls, .doc and .msg are. Its directory tells
// ([MS-CFB] 2.2, 2.6.1).
[[noreturn]] void refuseCompound(plugin::ByteSource& source, std::string_view first) {
  std::string directory(8 << 10, '\0');
  const std::uint64_t shift = littleEndian(first, 30, 2);
  const std::uint64_t sector = littleEndian(first, 48, 4);
  directory.resize(shift == 9 || shift == 12 ? source.readAt((sector + 1) << shift, directory) : 0);
  if (directory.find(wide("Encrypt")) != std::string::npos)
    throw plugin::Unreadable(
        "De werkmap is beveiligd met een wachtwoord; sla haar op zonder wachtwoord en lever haar opnieuw aan.");
  if (directory.find(wide("Workbook")) != std::string::npos || directory.find(wide("Book")) != std::string::npos)
    throw plugin::Unreadable(
        "Het bestand is een oude Excel-werkmap (.xls); geef het de extensie .xls of sla het op als .xlsx.");
  throw plugin::Unreadable(
      "Het bestand is geen Excel-werkmap, of een die beveiligd is met een wachtwoord; sla haar op als .xlsx zonder "
      "wachtwoord.");
}

[[noreturn]] void refuseText(std::string_view text) {
  std::string start(text.substr(0, 1024));
  for (char& c : start)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  const auto has = [&](std::string_view word) { return start.find(word) != std::string::npos; };
  const std::size_t at = start.find_first_not_of(" \t\r\n");
  if (at != std::string::npos && start[at] == '<') {
    if (has("urn:schemas-microsoft-com:office:spreadsheet") || has("progid=\"excel.sheet\""))
      throw plugin::Unreadable(
          "Het bestand is een XML-werkblad uit 2003 en geen Excel-werkmap; open het in Excel en sla het op als .xlsx.");
    if (has("<html") || has("<!doctype html") || has("<table") || has("<head") || has("<meta"))
      throw plugin::Unreadable(
          "Het bestand is een webpagina (HTML) die .xlsx heet; open het in Excel en sla het op als Excel-werkmap "
          "(.xlsx), of lever CSV aan.");
    throw plugin::Unreadable(
        "Het bestand is XML en geen Excel-werkmap; open het in Excel en sla het op als Excel-werkmap (.xlsx).");
  }
  if (has("mime-version:"))
    throw plugin::Unreadable(
        "Het bestand is een opgeslagen webpagina; open het in Excel en sla het op als Excel-werkmap (.xlsx).");
  throw plugin::Unreadable(
      "Het bestand is tekst (CSV?) en geen Excel-werkmap; geef het de goede extensie of sla het op als Excel-werkmap "
      "(.xlsx).");
}

}  // namespace

void refuseOtherThanZip(plugin::ByteSource& source) {
  std::array<char, 4096> bytes;
  const std::string_view first(bytes.data(), source.readAt(0, bytes));
  if (first.empty()) throw plugin::Unreadable("Het bestand is leeg.");
  if (first.starts_with("PK\x03\x04")) return;
  if (first.size() >= 512 && first.starts_with("\xD0\xCF\x11\xE0")) refuseCompound(source, first);
  if (first.starts_with("PK\x05\x06")) throw plugin::Unreadable("Het bestand is een leeg zip-bestand.");
  if (first.starts_with("%PDF"))
    throw plugin::Unreadable("Het bestand is een PDF; lever een Excel-werkmap (.xlsx) aan.");
  if (first.starts_with("Rar!") || first.starts_with("7z\xBC\xAF") || first.starts_with("\x1F\x8B"))
    throw plugin::Unreadable("Het bestand is ingepakt (rar, 7z of gzip); pak het uit en lever de werkmap zelf aan.");
  if (first.starts_with("\xEF\xBB\xBF")) refuseText(first.substr(3));
  if (first.starts_with("\xFF\xFE") || first.starts_with("\xFE\xFF")) {
    std::string narrow(first.substr(2));
    std::erase(narrow, '\0');
    refuseText(narrow);
  }
  const bool isText = std::none_of(first.begin(), first.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n' && c != '\f';
  });
  if (isText) refuseText(first);
  throw plugin::Unreadable(
      "Het bestand is geen Excel-werkmap of is beschadigd overgebracht; sla het op als Excel-werkmap (.xlsx) en lever "
      "het opnieuw aan.");
}

}  // namespace sluis::xlsx
