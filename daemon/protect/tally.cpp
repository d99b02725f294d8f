#include "protect/tally.h"

#include <algorithm>

namespace sluis::protect {

void Crowd::operator+=(const Crowd& other) {
  units += other.units;
  children += other.children;
  for (std::size_t part = 0; part < kMostParts; ++part) childrenWith[part] += other.childrenWith[part];
  most = std::max(most, other.most);
  providers.insert(other.providers.begin(), other.providers.end());
}

}  // namespace sluis::protect
