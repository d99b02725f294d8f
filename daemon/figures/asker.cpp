#include "figures/asker.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"

namespace sluis::figures {

namespace {

constexpr std::size_t kLongestName = 400;
constexpr std::size_t kLongestNumber = 19;

bool isPrintable(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

/// "2026-11-22T11:59:27Z".
bool isTime(const std::string& text) {
  return text.size() >= 20 && text.size() <= 35 && fromIsoDate(text.substr(0, 10)) &&
         text.find_first_not_of("0123456789-+:.TZ") == std::string::npos;
}

Person personFrom(const nlohmann::json& json) {
  const auto text = [&](const char* key) { return json.at(key).get<std::string>(); };
  Person person{text("name"), text("role"), text("subject"), text("session"), text("second_factor")};
  const bool isTtp = person.role == "operator" || person.role == "auditor";
  const bool isOther = person.role == "municipality" || person.role == "provider";
  const bool isNumber =
      !person.session.empty() && person.session.size() <= kLongestNumber &&
      std::all_of(person.session.begin(), person.session.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (person.name.empty() || person.name.size() > kLongestName || !isPrintable(person.name) || !isNumber ||
      !(isTtp || isOther) || isTtp != person.subject.empty() || !isTime(person.secondFactor))
    throw Error(ErrorKind::usage, "who asks is not said as it should be");
  return person;
}

}  // namespace

std::string ownAccount() {
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return fmt::format("uid {}", ::geteuid());
}

Asker askerOf(const std::string& account, const nlohmann::json& arguments, const Accounts& accounts) {
  Asker asker{account, {}};
  const bool isOwn = account == accounts.own;
  const bool isPortal = account == accounts.portal;
  if (const auto given = arguments.find("person"); given != arguments.end()) {
    if (!isPortal && !isOwn) throw Error(ErrorKind::usage, "only the portal asks for somebody else");
    asker.person = personFrom(*given);
  } else if (isPortal && !isOwn) {
    throw Error(ErrorKind::usage, "the portal must say for whom it asks");
  }
  return asker;
}

void requireMayLookAs(const Asker& asker, const report::Viewer& viewer) {
  if (!asker.person) return;
  const Person& person = *asker.person;
  const bool may = person.role == "municipality" || person.role == "provider"
                       ? report::toString(viewer) == person.role + ":" + person.subject
                       : viewer.role == report::Role::officer;
  if (!may) throw Error(ErrorKind::usage, "these figures are not for who asks");
}

void enter(const Asker& asker, audit::Event& event) {
  event.actor = asker.person ? asker.person->name : asker.account;
  if (!asker.person) return;
  event.details["role"] = asker.person->role;
  event.details["session"] = asker.person->session;
  event.details["second_factor"] = asker.person->secondFactor;
  event.details["through"] = asker.account;
}

}  // namespace sluis::figures
