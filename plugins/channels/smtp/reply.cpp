#include "smtp/reply.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sluis::channel_smtp {

namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kMostLines = 128;

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return out;
}

std::string Reply::text() const {
  std::string text = std::to_string(code);
  for (const std::string& line : lines) text += " " + line;
  return text.substr(0, 300);
}

std::optional<Reply> ReplyReader::next() {
  while (true) {
    const std::size_t end = received_.find('\n');
    if (std::min(end, received_.size()) > kLongestLine) throw Broken("the mail server's answer is too long");
    if (end == std::string::npos) return std::nullopt;
    std::string line = received_.substr(0, end);
    received_.erase(0, end + 1);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    int code = 0;
    const auto [stop, failed] = std::from_chars(line.data(), line.data() + std::min<std::size_t>(line.size(), 3), code);
    const bool shaped = failed == std::errc() && stop == line.data() + 3 && code >= 200 && code < 600 &&
                        (line.size() == 3 || line[3] == ' ' || line[3] == '-') &&
                        (reply_.lines.empty() || reply_.code == code);
    if (!shaped) throw Broken("the mail server's answer is not SMTP");
    reply_.code = code;
    reply_.lines.push_back(printable(std::string_view(line).substr(std::min<std::size_t>(line.size(), 4))));
    if (line.size() == 3 || line[3] == ' ') return std::exchange(reply_, {});
    if (reply_.lines.size() >= kMostLines) throw Broken("the mail server's answer does not end");
  }
}

}  // namespace sluis::channel_smtp
