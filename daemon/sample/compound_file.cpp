#include "sample/compound_file.h"

#include <algorithm>

namespace sluis::sample {

namespace {

constexpr std::size_t kSector = 512;
constexpr std::size_t kNumbersInASector = kSector / 4;
constexpr std::size_t kInTheHeader = 109;
constexpr std::size_t kSmallStream = 4096;
constexpr std::uint64_t kFree = 0xFFFFFFFF;
constexpr std::uint64_t kEnd = 0xFFFFFFFE;
constexpr std::uint64_t kTable = 0xFFFFFFFD;
constexpr std::uint64_t kTableOfTables = 0xFFFFFFFC;

std::size_t sectors(std::size_t count, std::size_t each) {
  return (count + each - 1) / each;
}

void fillUp(std::string& text, std::uint64_t with) {
  while (text.size() % kSector != 0) appendNumber(text, with, 4);
}

void appendEntry(std::string& text, std::string_view name, int type, std::uint64_t child, std::uint64_t first,
                 std::uint64_t size) {
  const std::size_t begin = text.size();
  for (const char c : name) appendNumber(text, static_cast<unsigned char>(c), 2);
  text.resize(begin + 64, '\0');
  appendNumber(text, name.empty() ? 0 : name.size() * 2 + 2, 2);
  appendNumber(text, static_cast<std::uint64_t>(type), 1);
  appendNumber(text, 1, 1);  // black
  appendNumber(text, kFree, 4);
  appendNumber(text, kFree, 4);
  appendNumber(text, child, 4);
  text.append(16 + 4 + 8 + 8, '\0');  // class, state, times
  appendNumber(text, first, 4);
  appendNumber(text, size, 8);
}

}  // namespace

void appendNumber(std::string& text, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i, value >>= 8) text += static_cast<char>(value & 0xFF);
}

// In this order: header, stream, directory, tables of sectors, tables of those tables.
std::string compoundFile(std::string_view name, std::string stream) {
  if (stream.size() < kSmallStream) stream.resize(kSmallStream, '\0');
  const std::size_t size = stream.size();
  stream.resize(sectors(size, kSector) * kSector, '\0');
  const std::size_t content = stream.size() / kSector;

  // The tables describe themselves too.
  std::size_t tables = 1;
  std::size_t lists = 0;
  for (;;) {
    lists = tables > kInTheHeader ? sectors(tables - kInTheHeader, kNumbersInASector - 1) : 0;
    const std::size_t needed = sectors(content + 1 + tables + lists, kNumbersInASector);
    if (needed == tables) break;
    tables = needed;
  }
  const std::size_t directory = content;
  const std::size_t firstTable = directory + 1;
  const std::size_t firstList = firstTable + tables;

  std::string file("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
  file.append(16, '\0');
  for (const unsigned each : {0x003E, 0x0003, 0xFFFE, 9, 6}) appendNumber(file, each, 2);
  file.append(6 + 4, '\0');
  appendNumber(file, tables, 4);
  appendNumber(file, directory, 4);
  appendNumber(file, 0, 4);
  appendNumber(file, kSmallStream, 4);
  appendNumber(file, kEnd, 4);  // no table of small streams
  appendNumber(file, 0, 4);
  appendNumber(file, lists > 0 ? firstList : kEnd, 4);
  appendNumber(file, lists, 4);
  for (std::size_t i = 0; i < kInTheHeader; ++i) appendNumber(file, i < tables ? firstTable + i : kFree, 4);

  file.reserve(kSector * (1 + firstList + lists));
  file += stream;
  stream = {};

  appendEntry(file, "Root Entry", 5, 1, kEnd, 0);
  appendEntry(file, name, 2, kFree, 0, size);
  for (int i = 0; i < 2; ++i) appendEntry(file, "", 0, kFree, 0, 0);

  for (std::size_t i = 0; i < content; ++i) appendNumber(file, i + 1 < content ? i + 1 : kEnd, 4);
  appendNumber(file, kEnd, 4);
  for (std::size_t i = 0; i < tables; ++i) appendNumber(file, kTable, 4);
  for (std::size_t i = 0; i < lists; ++i) appendNumber(file, kTableOfTables, 4);
  fillUp(file, kFree);

  std::size_t table = kInTheHeader;
  for (std::size_t list = 0; list < lists; ++list) {
    for (std::size_t i = 0; i + 1 < kNumbersInASector; ++i, ++table)
      appendNumber(file, table < tables ? firstTable + table : kFree, 4);
    appendNumber(file, list + 1 < lists ? firstList + list + 1 : kEnd, 4);
  }
  return file;
}

}  // namespace sluis::sample
