// Writes workbooks record by record, and the container around them in any order of sectors: what no program writes that
// is at hand, and what none should.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::test {

inline std::string le(std::uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i));
  return text;
}
inline std::string w(std::uint64_t number) {
  return le(number, 2);
}
inline std::string d(std::uint64_t number) {
  return le(number, 4);
}
inline std::string real(double number) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &number, sizeof bits);
  return le(bits, 8);
}
inline std::string record(std::uint16_t kind, const std::string& data) {
  return w(kind) + w(data.size()) + data;
}
/// A text of narrow letters with its length in two bytes and its flags.
inline std::string narrow(std::string_view text) {
  return w(text.size()) + '\0' + std::string(text);
}
inline std::string label(int row, int column, std::string_view text) {
  return record(0x204, w(row) + w(column) + w(0) + narrow(text));
}
inline std::string number(int row, int column, double value, int format = 0) {
  return record(0x203, w(row) + w(column) + w(format) + real(value));
}
inline std::string bof(std::uint16_t version, std::uint16_t what) {
  return record(0x809, w(version) + w(what) + std::string(12, '\0'));
}
inline const std::string kEof = record(0x0A, "");

/// A workbook with one sheet; `globals` and `cells` are records.
inline std::string bookStream(const std::string& cells, const std::string& globals = "",
                              std::uint16_t version = 0x600) {
  const std::string head = bof(version, 5) + globals;
  const std::string name = version == 0x600 ? std::string("\x01\0A", 3)
                                            : std::string(
                                                  "\x01"
                                                  "A");
  const std::size_t offset = head.size() + 4 + 6 + name.size() + kEof.size();
  return head + record(0x85, d(offset) + w(0) + name) + kEof + bof(version, 0x10) + cells + kEof;
}

struct Container {
  std::string name = "Workbook";
  bool backwards = false;  ///< the stream's sectors in falling order
  bool small = false;      ///< in the small sectors, for a stream of less than 4096 bytes
};

/// The stream in a container of 512-byte sectors: FAT, directory, (small FAT,) stream.
inline std::string compoundFile(std::string stream, const Container& how = {}) {
  constexpr std::size_t kSector = 512;
  constexpr std::uint32_t kEnd = 0xFFFFFFFE, kFatMark = 0xFFFFFFFD, kFree = 0xFFFFFFFF;
  if (!how.small && stream.size() < 4096) stream.resize(4096);
  const std::size_t size = stream.size();
  stream.resize((size + kSector - 1) / kSector * kSector);
  const auto count = static_cast<std::uint32_t>(stream.size() / kSector);
  std::uint32_t fats = 1;
  while (fats * 128 < fats + 2 + count) ++fats;
  const std::uint32_t directory = fats, smallFat = fats + 1, first = fats + 2;
  std::vector<std::uint32_t> fat(fats * 128, kFree);
  for (std::uint32_t i = 0; i < fats; ++i) fat[i] = kFatMark;
  fat[directory] = fat[smallFat] = kEnd;
  const auto place = [&](std::uint32_t i) { return how.backwards ? first + count - 1 - i : first + i; };
  for (std::uint32_t i = 0; i < count; ++i) fat[place(i)] = i + 1 < count ? place(i + 1) : kEnd;

  std::string header = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(16, '\0') + w(0x3E) + w(3) + w(0xFFFE) + w(9) +
                       w(6) + std::string(10, '\0') + d(fats) + d(directory) + d(0) + d(4096) +
                       d(how.small ? smallFat : kEnd) + d(how.small ? 1 : 0) + d(kEnd) + d(0);
  for (std::uint32_t i = 0; i < 109; ++i) header += d(i < fats ? i : kFree);
  const auto entry = [](std::string_view name, int type, std::uint32_t start, std::size_t bytes) {
    std::string wide;
    for (const char c : name) wide += {c, '\0'};
    wide.resize(64);
    return wide + w(name.size() * 2 + 2) + static_cast<char>(type) + '\1' + d(kFree) + d(kFree) + d(kFree) +
           std::string(36, '\0') + d(start) + le(bytes, 8);
  };
  std::string file = header;
  for (const std::uint32_t next : fat) file += d(next);
  file += entry("Root Entry", 5, how.small ? place(0) : kEnd, how.small ? stream.size() : 0) +
          entry(how.name, 2, how.small ? 0 : place(0), size) + std::string(256, '\0');
  std::string smalls;
  for (std::uint32_t i = 0; i < 128; ++i) smalls += d((i + 1) * 64 < size ? i + 1 : kEnd);
  file += smalls;
  std::string laid(stream.size(), '\0');
  for (std::uint32_t i = 0; i < count; ++i)
    laid.replace((place(i) - first) * kSector, kSector, stream, i * kSector, kSector);
  return file + laid;
}

inline std::string book(const std::string& cells, const std::string& globals = "") {
  return compoundFile(bookStream(cells, globals));
}

}  // namespace sluis::test
