#include "model/provider_code.h"

namespace sluis {

namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::optional<ProviderCode> ProviderCode::parse(std::string_view text) {
  if (text.size() < 2 || text.size() > 16) return std::nullopt;
  std::string code;
  for (const char c : text) {
    const char u = upper(c);
    const bool letter = u >= 'A' && u <= 'Z';
    const bool digit = u >= '0' && u <= '9';
    if (!letter && !(digit && !code.empty())) return std::nullopt;
    code += u;
  }
  return ProviderCode(std::move(code));
}

std::string ProviderCode::user() const {
  std::string user;
  for (const char c : text_) user += lower(c);
  return user;
}

}  // namespace sluis
