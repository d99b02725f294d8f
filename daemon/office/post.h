// What a change needs to know to tell somebody: where messages come from, who the operators are, where the portal is.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace sluis::office {

struct Post {
  std::string domain{};                  ///< right side of Message-IDs
  std::vector<std::string> operators{};  ///< addresses; empty = nobody is told
  std::string portal{};                  ///< "https://portal.ttp.example"; empty = there is none
};

Post postOf(const config::Config& config);

}  // namespace sluis::office
