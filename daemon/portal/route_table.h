// Which route a path is of. A pattern's element is a word, {} (one whole element, not empty), or {} with words around
// it ("{}.csv"); where several fit, words go before {}, from the left.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "portal/visit.h"

namespace sluis::portal {

class RouteTable {
 public:
  /// std::logic_error when two routes have the same method and pattern, or a pattern does not begin with '/'.
  explicit RouteTable(Routes routes);

  struct Found {
    const Route* route = nullptr;
    const Route* other = nullptr;  ///< of the same path, for another method
  };
  /// `captured`: what stood in the {} of the route.
  Found find(web::Method method, std::string_view path, std::vector<std::string>& captured) const;
  const Routes& routes() const { return routes_; }

 private:
  struct Element {
    std::string before{};
    std::string after{};
    bool captures = false;
  };
  static bool fits(const std::vector<Element>& pattern, const std::vector<std::string_view>& path,
                   std::vector<std::string>& captured);
  static bool isCloser(const std::vector<Element>& one, const std::vector<Element>& other);

  Routes routes_;
  std::vector<std::vector<Element>> patterns_;
};

}  // namespace sluis::portal
