#include "config/section.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/mail_address.h"

namespace sluis::config {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kCredentials = "${CREDENTIALS_DIRECTORY}";

int lineOf(const YAML::Node& node) {
  return node.Mark().line + 1;
}

template <typename Number>
std::optional<Number> toNumber(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "60s" as (60, "s").
std::optional<std::pair<std::uint64_t, std::string_view>> withUnit(std::string_view text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = toNumber<std::uint64_t>(text.substr(0, end));
  if (!number) return std::nullopt;
  return std::pair(*number, text.substr(end));
}

std::optional<std::chrono::seconds> toDuration(std::string_view text) {
  const auto parts = withUnit(text);
  // Ten years: beyond it somebody mistyped, and the product below cannot overflow.
  constexpr std::uint64_t kMost = 10ULL * 366 * 86400;
  if (!parts || parts->first == 0 || parts->first > kMost) return std::nullopt;
  const auto [number, unit] = *parts;
  const std::uint64_t seconds = number * (unit == "s"   ? 1
                                          : unit == "m" ? 60
                                          : unit == "h" ? 3600
                                          : unit == "d" ? 86400
                                                        : 0);
  if (seconds == 0 || seconds > kMost) return std::nullopt;
  return std::chrono::seconds(seconds);
}

std::optional<std::uint64_t> toSize(std::string_view text) {
  const auto parts = withUnit(text);
  if (!parts || parts->first == 0 || parts->first > (1ULL << 50)) return std::nullopt;
  const auto [number, unit] = *parts;
  const std::uint64_t factor = unit.empty() || unit == "B" ? 1
                               : unit == "KiB"             ? 1ULL << 10
                               : unit == "MiB"             ? 1ULL << 20
                               : unit == "GiB"             ? 1ULL << 30
                                                           : 0;
  if (factor == 0 || number > (1ULL << 50) / factor) return std::nullopt;
  return number * factor;
}

std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

bool knownTimeZone(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find("..") != std::string_view::npos) return false;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '-' || c == '+';
  });
  std::error_code error;
  return plain && fs::is_regular_file(fs::path("/usr/share/zoneinfo") / name, error);
}

}  // namespace

std::vector<std::string> Mistakes::rendered() const {
  auto sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> lines;
  for (const auto& [line, message] : sorted) lines.push_back(fmt::format("{}:{}: {}", file_.string(), line, message));
  return lines;
}

Section::Section(Mistakes& mistakes, const YAML::Node& node, std::string name, int line)
    : mistakes_(mistakes), name_(std::move(name)), line_(line) {
  if (!node.IsDefined() || node.IsNull()) return;
  line_ = lineOf(node);
  if (!node.IsMap()) {
    mistakes_.add(line_, fmt::format("{} must hold keys and values", name_.empty() ? "the file" : name_));
    return;
  }
  node_.reset(node);
}

Section::~Section() {
  if (!node_.IsMap()) return;
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "?";
    if (!seen.insert(key).second) mistakes_.add(lineOf(entry.first), fmt::format("{} is given twice", full(key)));
    if (openEnded_ || std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    const auto nearest = std::min_element(asked_.begin(), asked_.end(), [&](const auto& a, const auto& b) {
      return editDistance(a, key) < editDistance(b, key);
    });
    const bool close =
        nearest != asked_.end() && editDistance(*nearest, key) <= std::max<std::size_t>(2, key.size() / 3);
    mistakes_.add(lineOf(entry.first), fmt::format("unknown key {}{}", full(key),
                                                   close ? fmt::format(" (did you mean {}?)", full(*nearest)) : ""));
  }
}

std::string Section::full(std::string_view key) const {
  return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
}

void Section::missing(std::string_view key) {
  mistakes_.add(line_, fmt::format("{} is required", full(key)));
}

void Section::wrong(std::string_view key, const std::string& message) {
  const YAML::Node value =
      node_.IsMap() ? std::as_const(node_)[std::string(key)] : YAML::Node(YAML::NodeType::Undefined);
  mistakes_.add(value.IsDefined() ? lineOf(value) : line_, fmt::format("{} {}", full(key), message));
}

YAML::Node Section::ask(std::string_view key) {
  asked_.emplace_back(key);
  mistakes_.asked.push_back(full(key));
  if (!node_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
  return std::as_const(node_)[std::string(key)];
}

bool Section::has(std::string_view key) const {
  return node_.IsMap() && std::as_const(node_)[std::string(key)].IsDefined();
}

Section Section::section(std::string_view key) {
  return {mistakes_, ask(key), full(key), line_};
}

void Section::each(std::string_view key, const std::function<void(Section&)>& read) {
  const YAML::Node list = ask(key);
  if (!list.IsDefined() || list.IsNull()) return;
  if (!list.IsSequence()) return wrong(key, "must be a list");
  int number = 0;
  for (const auto& item : list) {
    Section section(mistakes_, item, fmt::format("{}[{}]", full(key), ++number), lineOf(item));
    read(section);
  }
}

std::optional<std::string> Section::scalar(std::string_view key) {
  const YAML::Node value = ask(key);
  if (!value.IsDefined() || value.IsNull()) return std::nullopt;
  if (value.IsScalar()) return value.Scalar();
  wrong(key, "must be one value");
  return std::nullopt;
}

std::string Section::text(std::string_view key, std::optional<std::string> fallback) {
  const bool given = has(key);
  auto value = scalar(key);
  if (value && value->empty()) {
    wrong(key, "is empty");
  } else if (!value && !fallback && !given) {
    missing(key);
  } else if (!value && !fallback && given && std::as_const(node_)[std::string(key)].IsNull()) {
    wrong(key, "is empty");
  }
  return value.value_or(fallback.value_or(""));
}

std::string Section::choice(std::string_view key, const std::vector<std::string>& allowed,
                            std::optional<std::string> fallback) {
  const std::string value = text(key, std::move(fallback));
  if (!value.empty() && std::find(allowed.begin(), allowed.end(), value) == allowed.end())
    wrong(key, fmt::format("must be one of: {}", fmt::join(allowed, ", ")));
  return value;
}

std::vector<std::string> Section::texts(std::string_view key) {
  const YAML::Node value = ask(key);
  std::vector<std::string> found;
  if (!value.IsDefined() || value.IsNull()) return found;
  if (value.IsScalar()) return {value.Scalar()};
  if (!value.IsSequence()) {
    wrong(key, "must be a list");
    return found;
  }
  for (const auto& item : value) {
    if (item.IsScalar())
      found.push_back(item.Scalar());
    else
      mistakes_.add(lineOf(item), fmt::format("{} must be a list of plain values", full(key)));
  }
  return found;
}

std::int64_t Section::number(std::string_view key, std::int64_t least, std::int64_t most,
                             std::optional<std::int64_t> fallback) {
  const auto value = text(key, fallback ? std::optional(std::to_string(*fallback)) : std::nullopt);
  if (value.empty()) return least;
  const auto number = toNumber<std::int64_t>(value);
  if (!number)
    wrong(key, "must be a whole number");
  else if (*number < least || *number > most)
    wrong(key, fmt::format("must lie between {} and {}", least, most));
  else
    return *number;
  return least;
}

double Section::share(std::string_view key, double fallback) {
  const auto value = scalar(key);
  if (!value) return fallback;
  const auto number = toNumber<double>(*value);
  if (!number || !std::isfinite(*number) || *number < 0 || *number > 1) {
    wrong(key, "must be a share between 0 and 1, such as 0.20");
    return fallback;
  }
  return *number;
}

double Section::decimal(std::string_view key, double least, double most, std::optional<double> fallback) {
  const auto value = text(key, fallback ? std::optional(fmt::format("{}", *fallback)) : std::nullopt);
  if (value.empty()) return least;
  const auto number = toNumber<double>(value);
  if (number && *number >= least && *number <= most) return *number;
  wrong(key, fmt::format("must be a number between {} and {}", least, most));
  return least;
}

bool Section::flag(std::string_view key, bool fallback) {
  const auto value = scalar(key);
  if (!value) return fallback;
  if (*value == "true" || *value == "yes") return true;
  if (*value == "false" || *value == "no") return false;
  wrong(key, "must be true or false");
  return fallback;
}

std::chrono::seconds Section::duration(std::string_view key, std::string_view fallback) {
  const auto duration = toDuration(scalar(key).value_or(std::string(fallback)));
  if (!duration) wrong(key, "must be a time such as 60s, 15m, 24h or 90d");
  return duration.value_or(std::chrono::seconds(1));
}

std::uint64_t Section::size(std::string_view key, std::string_view fallback) {
  const auto size = toSize(scalar(key).value_or(std::string(fallback)));
  if (!size) wrong(key, "must be a size such as 512KiB, 256MiB or 4GiB");
  return size.value_or(1);
}

std::chrono::minutes Section::timeOfDay(std::string_view key, std::string_view fallback) {
  const std::string value = scalar(key).value_or(std::string(fallback));
  if (value.size() == 5 && value[2] == ':') {
    const auto hour = toNumber<unsigned>(std::string_view(value).substr(0, 2));
    const auto minute = toNumber<unsigned>(std::string_view(value).substr(3));
    if (hour && minute && *hour < 24 && *minute < 60) return std::chrono::minutes(*hour * 60 + *minute);
  }
  wrong(key, "must be a time of day such as \"02:00\"");
  return {};
}

std::string Section::timeZone(std::string_view key, std::string_view fallback) {
  std::string value = text(key, std::string(fallback));
  if (!value.empty() && !knownTimeZone(value))
    wrong(key, "is no time zone this machine knows, such as Europe/Amsterdam (package tzdata)");
  return value;
}

fs::path Section::path(std::string_view key, std::optional<fs::path> fallback) {
  const auto value = text(key, fallback ? std::optional(fallback->string()) : std::nullopt);
  if (value.empty()) return {};
  if (value.starts_with(kCredentials)) {
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    return credentials != nullptr ? fs::path(credentials + value.substr(kCredentials.size())) : fs::path(value);
  }
  if (value.find("${") != std::string::npos)
    wrong(key, "may use ${CREDENTIALS_DIRECTORY}, at the front, and nothing else");
  // A configuration read over /dev/stdin has no folder to count from.
  return (fs::absolute(mistakes_.file()).parent_path() / value).lexically_normal();
}

std::optional<fs::path> Section::optionalPath(std::string_view key) {
  if (has(key)) return path(key);
  ask(key);
  return std::nullopt;
}

std::string Section::mailAddress(std::string_view key, std::optional<std::string> fallback) {
  std::string value = text(key, std::move(fallback));
  if (!value.empty() && !isMailAddress(value)) wrong(key, "must be a mail address such as helpdesk@example.nl");
  return value;
}

std::vector<std::pair<std::string, std::string>> Section::everything() {
  openEnded_ = true;
  std::vector<std::pair<std::string, std::string>> found;
  if (!node_.IsMap()) return found;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar() || !entry.second.IsScalar())
      mistakes_.add(lineOf(entry.second), fmt::format("{} must hold plain values only", name_));
    else
      found.emplace_back(entry.first.Scalar(), entry.second.Scalar());
  }
  return found;
}

}  // namespace sluis::config
