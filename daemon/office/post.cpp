#include "office/post.h"

namespace sluis::office {

Post postOf(const config::Config& config) {
  const std::size_t at = config.mail.from.rfind('@');
  return {.domain = at == std::string::npos ? "sluis.invalid" : config.mail.from.substr(at + 1),
          .operators = config.mail.operators,
          .portal = config.portal.url};
}

}  // namespace sluis::office
