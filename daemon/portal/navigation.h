// What stands in the navigation of each role, and which item a page belongs to.
#pragma once

#include <span>
#include <string_view>

#include "account/account.h"

namespace sluis::portal {

struct NavigationItem {
  std::string_view path;
  std::string_view label;  ///< key of words
};

std::span<const NavigationItem> navigationOf(account::Role role);

/// Whether the page at `path` is under this item and under no longer one of any role.
bool isHere(const NavigationItem& item, std::string_view path);

}  // namespace sluis::portal
