#include "web/message.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "web/header_text.h"

namespace sluis::web {

const std::string& Fields::operator[](std::string_view name) const {
  static const std::string kNone;
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& field) { return field.first == name; });
  return found == all_.end() ? kNone : found->second;
}

bool Fields::has(std::string_view name) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& field) { return field.first == name; });
}

std::vector<std::string> Fields::every(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [each, value] : all_)
    if (each == name) values.push_back(value);
  return values;
}

Response Response::redirect(std::string location) {
  if (!isOwnPath(location)) throw std::logic_error("a redirect leads to a path of this site only");
  Response response{.status = 303};
  response.location = std::move(location);
  return response;
}

Response Response::redirectAway(std::string url) {
  if (!isHttpsUrl(url)) throw std::logic_error("a visitor is sent away to an https address only");
  Response response{.status = 303};
  response.away = std::move(url);
  return response;
}

Response Response::text(int status, std::string body) {
  return {.status = status, .type = "text/plain; charset=utf-8", .body = std::move(body)};
}

}  // namespace sluis::web
