#include "portal/navigation.h"

#include <algorithm>
#include <array>

namespace sluis::portal {

namespace {

using account::Role;

constexpr NavigationItem kOverview = {"/overview", "layout.nav.overview"};
constexpr NavigationItem kReports = {"/reports", "layout.nav.reports"};
constexpr NavigationItem kDeliveries = {"/deliveries", "layout.nav.deliveries"};
constexpr NavigationItem kUpload = {"/upload", "layout.nav.upload"};
constexpr NavigationItem kExpected = {"/expected", "layout.nav.expected"};
constexpr NavigationItem kContacts = {"/contacts", "layout.nav.contacts"};
constexpr NavigationItem kOperations = {"/operations", "layout.nav.operations"};
constexpr NavigationItem kProviders = {"/operations/providers", "layout.nav.providers"};
constexpr NavigationItem kAgreements = {"/operations/agreements", "layout.nav.agreements"};
constexpr NavigationItem kApplications = {"/operations/applications", "layout.nav.applications"};
constexpr NavigationItem kAccounts = {"/operations/accounts", "layout.nav.accounts"};

constexpr std::array kOfMunicipality = {kOverview, kReports};
constexpr std::array kOfProvider = {kDeliveries, kUpload, kExpected, kOverview, kReports, kContacts};
constexpr std::array kOfTtp = {kOperations, kDeliveries, kProviders, kAgreements, kApplications, kAccounts, kReports};

bool isUnder(std::string_view item, std::string_view path) {
  return path == item || (path.starts_with(item) && path[item.size()] == '/');
}

}  // namespace

std::span<const NavigationItem> navigationOf(Role role) {
  if (role == Role::municipality) return kOfMunicipality;
  if (role == Role::provider) return kOfProvider;
  return kOfTtp;
}

bool isHere(const NavigationItem& item, std::string_view path) {
  const auto isCloser = [&](const NavigationItem& other) {
    return other.path.size() > item.path.size() && isUnder(other.path, path);
  };
  return isUnder(item.path, path) && std::none_of(kOfTtp.begin(), kOfTtp.end(), isCloser) &&
         std::none_of(kOfProvider.begin(), kOfProvider.end(), isCloser);
}

}  // namespace sluis::portal
