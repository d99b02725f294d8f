#include "smtp/smtp_settings.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include <Poco/Net/IPAddress.h>
#include <fmt/format.h>

#include "base/error.h"

namespace sluis::channel_smtp {

namespace {

constexpr std::array kKnown = {"host", "port", "starttls", "user", "ca_file", "hello", "timeout"};

std::optional<int> numberFrom(const std::string& text, int least, int most) {
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
  return value;
}

bool isHostName(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ':';
  });
}

bool isLoopback(const std::string& host) {
  Poco::Net::IPAddress address;
  return host == "localhost" || (Poco::Net::IPAddress::tryParse(host, address) && address.isLoopback());
}

std::string ownName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || !isHostName(name.data())) return "localhost";
  return name.data();
}

}  // namespace

SmtpSettings SmtpSettings::from(const plugin::ChannelSettings& settings) {
  SmtpSettings result;
  std::vector<std::string> mistakes;
  const auto value = [&](std::string_view name) {
    const auto found = settings.values.find(name);
    return found == settings.values.end() ? std::string() : found->second;
  };
  for (const auto& [name, given] : settings.values)
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end())
      mistakes.push_back(fmt::format("there is no setting \"{}\"", name));
  result.host = value("host");
  if (!isHostName(result.host)) mistakes.emplace_back("\"host\" must name the mail server");
  if (const std::string port = value("port"); !port.empty()) {
    const auto number = numberFrom(port, 1, 65535);
    if (!number) mistakes.emplace_back("\"port\" must be a number from 1 to 65535");
    result.port = static_cast<std::uint16_t>(number.value_or(0));
  }
  if (const std::string timeout = value("timeout"); !timeout.empty()) {
    const auto number = numberFrom(timeout, 1, 300);
    if (!number) mistakes.emplace_back("\"timeout\" must be 1 to 300 seconds");
    result.timeout = Poco::Timespan(number.value_or(1), 0);
  }
  if (const std::string starttls = value("starttls"); starttls == "off" || starttls == "false") {
    result.startTls = false;
    if (!isLoopback(result.host)) mistakes.emplace_back("\"starttls: off\" is for a mail server on this machine only");
  } else if (!starttls.empty() && starttls != "required" && starttls != "true") {
    mistakes.emplace_back("\"starttls\" is \"required\" (true) or \"off\" (false)");
  }
  result.user = value("user");
  if (settings.secret) result.password = settings.secret("password");
  if (!result.user.empty() && result.password.empty()) mistakes.emplace_back("\"user\" needs a password");
  if (result.user.find('\0') != std::string::npos || result.password.revealText().find('\0') != std::string_view::npos)
    mistakes.emplace_back("user and password cannot hold a zero byte");
  result.caFile = value("ca_file");
  if (!result.caFile.empty() && ::access(result.caFile.c_str(), R_OK) != 0)
    mistakes.push_back(fmt::format("\"ca_file\" {} cannot be read", result.caFile));
  result.hello = value("hello");
  if (result.hello.empty())
    result.hello = ownName();
  else if (!isHostName(result.hello))
    mistakes.emplace_back("\"hello\" must be a host name");
  if (!mistakes.empty()) throw Error(ErrorKind::config, fmt::format("the channel smtp: {}", fmt::join(mistakes, "; ")));
  return result;
}

}  // namespace sluis::channel_smtp
