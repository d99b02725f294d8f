#include "gate/view_path.h"

#include <array>
#include <vector>

#include "model/delivery_name.h"

namespace sluis::gate {

namespace {

constexpr std::size_t kMaxPath = 4096;
constexpr std::size_t kMaxName = 200;

struct Decoded {
  char32_t point = 0;
  std::size_t length = 0;  // 0: not UTF-8
};

Decoded decode(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (first > 0xf4 || length == 0 || text.size() < length) return {};
  char32_t point = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return {};
    point = (point << 6) | (at(i) & 0x3f);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (point < kSmallest[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return {};
  return {point, length};
}

// Characters that would make a name look like another in a mail or on a terminal.
bool isDeceptive(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x200b && point <= 0x200f) ||
         (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

}  // namespace

std::optional<ViewPath> parseViewPath(std::string_view path) {
  if (path.size() > kMaxPath || path.find('\0') != std::string_view::npos) return std::nullopt;
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(part);
    else if (!parts.empty())
      parts.pop_back();
  }
  ViewPath result;
  if (parts.empty()) return result;
  result.text.clear();
  for (const std::string_view part : parts) result.text.append("/").append(part);

  for (const Place folder : {Place::inbox, Place::test, Place::outbox}) {
    if (parts[0] != folderName(folder) || parts.size() > 2) continue;
    result.place = folder;
    if (parts.size() == 2) result.file = parts[1];
    return result;
  }
  result.place = parts.size() == 1 && parts[0] == folderName(Place::statusFile) ? Place::statusFile : Place::nowhere;
  return result;
}

std::string_view folderName(Place place) {
  switch (place) {
    case Place::inbox:
      return "inbox";
    case Place::test:
      return "test";
    case Place::outbox:
      return "outbox";
    case Place::statusFile:
      return "STATUS.txt";
    case Place::root:
    case Place::nowhere:
      break;
  }
  return "";
}

bool isUploadNameAllowed(std::string_view name) {
  if (name.empty() || name.size() > kMaxName || name == "." || name == ".." || name == ".taken") return false;
  if (name.find_first_of("/\\") != std::string_view::npos) return false;
  while (!name.empty()) {
    const Decoded decoded = decode(name);
    if (decoded.length == 0 || isDeceptive(decoded.point)) return false;
    name.remove_prefix(decoded.length);
  }
  return true;
}

std::string printableName(std::string_view name) {
  return couldCarryBsn(name) ? "(name withheld)" : safeFileName(name, "");
}

}  // namespace sluis::gate
