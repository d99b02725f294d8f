// An ID token and a key set, as strangers may make them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "oidc/id_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto split = text.find('\n');
  const auto keys = sluis::oidc::parseKeys(split == std::string_view::npos ? text : text.substr(split + 1));
  const auto token = sluis::oidc::parseToken(text.substr(0, split));
  if (token)
    static_cast<void>(sluis::oidc::checkIdToken(*token, keys.value_or(std::vector<sluis::oidc::Key>()),
                                                {"https://broker.example", "sluis", "n"},
                                                sluis::Instant(std::chrono::seconds(1795000000))));
  return 0;
}
