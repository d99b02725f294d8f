#include "office/post.h"

namespace sluis::office {

Post postOf(const config::Config& config) {
  return {.domain = config.mail.domain(), .operators = config.mail.operators, .portal = config.portal.url};
}

}  // namespace sluis::office
