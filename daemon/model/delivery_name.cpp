#include "model/delivery_name.h"

#include <algorithm>
#include <array>

namespace sluis {

namespace {

constexpr std::array<std::string_view, 5> kExtensions = {"csv", "asc", "txt", "xlsx", "xls"};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isFreePart(std::string_view text) {
  if (text.empty() || text.size() > 32) return false;
  int run = 0;
  for (const char c : text) {
    if (!isDigit(c) && !isLetter(c) && c != '-') return false;
    run = isDigit(c) ? run + 1 : 0;
    if (run >= 8) return false;
  }
  return true;
}

bool endsWith(std::string_view lower, std::string_view ending) {
  return lower.size() > ending.size() && lower.substr(lower.size() - ending.size()) == ending;
}

}  // namespace

std::string foldCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::optional<DeliveryName> DeliveryName::parse(std::string_view file) {
  const std::size_t dot = file.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string extension = foldCase(file.substr(dot + 1));
  if (std::find(kExtensions.begin(), kExtensions.end(), extension) == kExtensions.end()) return std::nullopt;

  const std::string_view stem = file.substr(0, dot);
  const std::size_t first = stem.find('_');
  if (first == std::string_view::npos) return std::nullopt;
  const std::string dataset = foldCase(stem.substr(0, first));
  const bool letters = !dataset.empty() && dataset.size() <= 32 &&
                       std::all_of(dataset.begin(), dataset.end(), [](char c) { return isLetter(c) || c == '-'; });
  if (!letters) return std::nullopt;

  std::string_view rest = stem.substr(first + 1);
  const std::size_t second = rest.find('_');
  if (second != std::string_view::npos && !isFreePart(rest.substr(second + 1))) return std::nullopt;
  const auto period = Period::parse(rest.substr(0, second));
  if (!period) return std::nullopt;
  return DeliveryName{std::string(file), dataset, *period, extension};
}

FileKind kindOf(std::string_view file) {
  const std::string lower = foldCase(file);
  if (lower.empty() || lower[0] == '.' || endsWith(lower, ".part") || endsWith(lower, ".filepart") ||
      endsWith(lower, ".tmp"))
    return {FileRole::upload, std::string(file)};
  if (endsWith(lower, ".sig")) return {FileRole::sshSignature, std::string(file.substr(0, file.size() - 4))};
  if (endsWith(lower, ".p7s")) return {FileRole::cmsSignature, std::string(file.substr(0, file.size() - 4))};
  return {FileRole::data, std::string(file)};
}

bool couldCarryBsn(std::string_view file) {
  int run = 0;
  for (const char c : file) {
    if (isDigit(c)) {
      if (++run >= 8) return true;
    } else if (c != '.' && c != '_' && c != '-' && c != ' ') {
      run = 0;
    }
  }
  return false;
}

std::string safeFileName(std::string_view file, std::string_view nameDigestHex) {
  // An understood name keeps its spelling: its own rule already bars eight digits in a row.
  if (DeliveryName::parse(kindOf(file).dataFile)) return std::string(file);
  if (couldCarryBsn(file)) return "sha256:" + std::string(nameDigestHex.substr(0, 16));
  std::string safe;
  for (const char c : file.substr(0, 100))
    safe += isDigit(c) || isLetter(c) || c == '.' || c == '_' || c == '-' ? c : '_';
  return safe;
}

}  // namespace sluis
