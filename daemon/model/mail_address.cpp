#include "model/mail_address.h"

#include <algorithm>

namespace sluis {

bool isMailAddress(std::string_view address) {
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || address.size() > 254) return false;
  const std::string_view local = address.substr(0, at);
  const std::string_view domain = address.substr(at + 1);
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const bool localFits = std::all_of(local.begin(), local.end(), [&](char c) {
    return alphanumeric(c) || std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
  });
  const bool domainFits =
      std::all_of(domain.begin(), domain.end(), [&](char c) { return alphanumeric(c) || c == '.' || c == '-'; });
  return localFits && domainFits && local.front() != '.' && local.back() != '.' &&
         local.find("..") == std::string_view::npos && !domain.empty() && alphanumeric(domain.front()) &&
         alphanumeric(domain.back()) && domain.find("..") == std::string_view::npos;
}

}  // namespace sluis
