// One mapping of the configuration file, taken apart key by key: every key is asked for once, with its type, range and
// default; what was not asked for is unknown. Collects mistakes, never throws for one. Internal to this room.
#pragma once

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluis::config {

/// A unix socket's name has 108 bytes, the last a zero.
inline constexpr std::size_t kLongestSocketName = 107;

/// The mistakes found so far, each with the line it is on.
class Mistakes {
 public:
  explicit Mistakes(std::filesystem::path file) : file_(std::move(file)) {}
  void add(int line, std::string message) { found_.emplace_back(line, std::move(message)); }
  bool empty() const { return found_.empty(); }
  /// "file:line: message", in the order of the file.
  std::vector<std::string> rendered() const;
  const std::filesystem::path& file() const { return file_; }

  /// Every key that was asked for, with its section.
  std::vector<std::string> asked;

 private:
  std::filesystem::path file_;
  std::vector<std::pair<int, std::string>> found_;
};

class Section {
 public:
  /// `node` may be absent: then every key takes its default, and a required one is missing at `line`.
  Section(Mistakes& mistakes, const YAML::Node& node, std::string name, int line);
  /// Reports the keys nobody asked for.
  ~Section();
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  Section section(std::string_view key);
  /// Calls `read` with each mapping of a list of them, which may be absent.
  void each(std::string_view key, const std::function<void(Section&)>& read);
  bool has(std::string_view key) const;
  /// A key that may be there and is read elsewhere, or not at all.
  void skip(std::string_view key) { ask(key); }

  /// Without a default the key is required.
  std::string text(std::string_view key, std::optional<std::string> fallback = {});
  /// One of `allowed`.
  std::string choice(std::string_view key, const std::vector<std::string>& allowed,
                     std::optional<std::string> fallback);
  std::vector<std::string> texts(std::string_view key);
  std::int64_t number(std::string_view key, std::int64_t least, std::int64_t most,
                      std::optional<std::int64_t> fallback);
  double share(std::string_view key, double fallback);
  /// Between `least` and `most`, both inside; without a fallback the key is required.
  double decimal(std::string_view key, double least, double most, std::optional<double> fallback);
  bool flag(std::string_view key, bool fallback);
  /// "60s", "15m", "24h", "90d"; at least one second.
  std::chrono::seconds duration(std::string_view key, std::string_view fallback);
  /// "512KiB", "256MiB", "4GiB", or plain bytes.
  std::uint64_t size(std::string_view key, std::string_view fallback);
  /// "02:00".
  std::chrono::minutes timeOfDay(std::string_view key, std::string_view fallback);
  std::string timeZone(std::string_view key, std::string_view fallback);
  /// Absolute, or counted from the configuration file's folder.
  std::filesystem::path path(std::string_view key, std::optional<std::filesystem::path> fallback = {});
  std::optional<std::filesystem::path> optionalPath(std::string_view key);
  std::string mailAddress(std::string_view key, std::optional<std::string> fallback = {});
  /// Every key with a plain value, whatever its name.
  std::vector<std::pair<std::string, std::string>> everything();

  /// A mistake at this key, or at the section when the key is absent.
  void wrong(std::string_view key, const std::string& message);

 private:
  YAML::Node ask(std::string_view key);
  std::optional<std::string> scalar(std::string_view key);
  std::string full(std::string_view key) const;
  void missing(std::string_view key);

  Mistakes& mistakes_;
  YAML::Node node_;
  std::string name_;
  int line_;
  bool openEnded_ = false;
  std::vector<std::string> asked_;
};

}  // namespace sluis::config
