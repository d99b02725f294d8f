#include "portal/route_table.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

namespace sluis::portal {

namespace {

std::vector<std::string_view> elementsOf(std::string_view path) {
  std::vector<std::string_view> elements;
  for (std::size_t from = 1; from <= path.size();) {
    const auto end = std::min(path.find('/', from), path.size());
    elements.push_back(path.substr(from, end - from));
    from = end + 1;
  }
  return elements;
}

}  // namespace

RouteTable::RouteTable(Routes routes) : routes_(std::move(routes)) {
  std::set<std::pair<web::Method, std::string>> seen;
  for (const Route& route : routes_) {
    if (!route.pattern.starts_with('/') || !route.page || route.method == web::Method::head ||
        !seen.emplace(route.method, route.pattern).second)
      throw std::logic_error(fmt::format("route {} is not one, or comes twice", route.pattern));
    std::vector<Element> pattern;
    for (const std::string_view text : elementsOf(route.pattern)) {
      const auto hole = text.find("{}");
      if (hole == std::string_view::npos)
        pattern.push_back({std::string(text), {}, false});
      else
        pattern.push_back({std::string(text.substr(0, hole)), std::string(text.substr(hole + 2)), true});
    }
    patterns_.push_back(std::move(pattern));
  }
}

bool RouteTable::fits(const std::vector<Element>& pattern, const std::vector<std::string_view>& path,
                      std::vector<std::string>& captured) {
  if (pattern.size() != path.size()) return false;
  captured.clear();
  for (std::size_t i = 0; i < path.size(); ++i) {
    const Element& element = pattern[i];
    if (!element.captures) {
      if (path[i] != element.before) return false;
      continue;
    }
    const std::size_t around = element.before.size() + element.after.size();
    if (path[i].size() <= around || !path[i].starts_with(element.before) || !path[i].ends_with(element.after))
      return false;
    captured.emplace_back(path[i].substr(element.before.size(), path[i].size() - around));
  }
  return true;
}

bool RouteTable::isCloser(const std::vector<Element>& one, const std::vector<Element>& other) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (one[i].captures != other[i].captures) return !one[i].captures;
    const auto words = [](const Element& element) { return element.before.size() + element.after.size(); };
    if (one[i].captures && words(one[i]) != words(other[i])) return words(one[i]) > words(other[i]);
  }
  return false;
}

RouteTable::Found RouteTable::find(web::Method method, std::string_view path,
                                   std::vector<std::string>& captured) const {
  if (method == web::Method::head) method = web::Method::get;
  const std::vector<std::string_view> elements = elementsOf(path);
  Found found;
  std::size_t best = 0;
  std::vector<std::string> holes;
  captured.clear();
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (!fits(patterns_[i], elements, holes)) continue;
    if (routes_[i].method != method) {
      found.other = &routes_[i];
    } else if (found.route == nullptr || isCloser(patterns_[i], patterns_[best])) {
      found.route = &routes_[i];
      best = i;
      captured = holes;
    }
  }
  return found;
}

}  // namespace sluis::portal
