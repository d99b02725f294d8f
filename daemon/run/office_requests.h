// What sluisd changes in the register, the applications and the accounts when somebody asks for it at the portal: the
// requests taken apart, and office/ called. The role was judged before (run/persons.h).
//
// What a request gets wrong is Error (usage); nothing is changed then.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "account/account.h"
#include "base/time.h"
#include "postgres/connection.h"
#include "run/installation.h"

namespace sluis::run {

class OfficeRequests {
 public:
  OfficeRequests(const Installation& installation, postgres::Connection& connection)
      : installation_(installation), connection_(connection) {}

  static bool knows(std::string_view command);
  /// In one transaction. What has become of it: {"changed":true} and the like.
  nlohmann::json answer(std::string_view command, const nlohmann::json& arguments, const account::Account& person,
                        Instant now);

 private:
  const Installation& installation_;
  postgres::Connection& connection_;
};

}  // namespace sluis::run
