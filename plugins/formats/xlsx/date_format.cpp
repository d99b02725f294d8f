#include "xlsx/date_format.h"

namespace sluis::xlsx {

// ECMA-376 part 1, 18.8.30, those of the East Asian languages included.
bool isBuiltInDate(std::uint32_t id) {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

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

}  // namespace sluis::xlsx
