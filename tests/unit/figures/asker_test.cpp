#include "figures/asker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace sluis::figures {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Pair;

constexpr const char* kPortal = "sluis-portal";
const Accounts kAccounts{kPortal, "sluis-figures"};

json asked(const json& person) {
  return {{"person", person}};
}
json deVries() {
  return {{"name", "j.devries@zorg.example (account 12, provider P0001)"},
          {"role", "provider"},
          {"subject", "P0001"},
          {"session", "77"},
          {"second_factor", "2026-11-22T09:30:00Z"}};
}

TEST(Asker, IsAPersonThroughThePortalAndNeverThePortalItself) {
  EXPECT_THROW(askerOf(kPortal, json::object(), kAccounts), Error);
  const Asker asker = askerOf(kPortal, asked(deVries()), kAccounts);
  ASSERT_TRUE(asker.person);
  audit::Event event;
  enter(asker, event);
  EXPECT_EQ(event.actor, "j.devries@zorg.example (account 12, provider P0001)");
  EXPECT_THAT(event.details, Contains(Pair("role", "provider")));
  EXPECT_THAT(event.details, Contains(Pair("session", "77")));
  EXPECT_THAT(event.details, Contains(Pair("second_factor", "2026-11-22T09:30:00Z")));
  EXPECT_THAT(event.details, Contains(Pair("through", kPortal)));
}

TEST(Asker, IsTheAccountItselfEverywhereElse) {
  EXPECT_THROW(askerOf("officer", asked(deVries()), kAccounts), Error);
  EXPECT_THROW(askerOf("root", asked(deVries()), kAccounts), Error);
  audit::Event event;
  enter(askerOf("officer", json::object(), kAccounts), event);
  EXPECT_EQ(event.actor, "officer");
  EXPECT_TRUE(event.details.empty());
}

TEST(Asker, MayBeEitherUnderTheAccountOfSluisFiguresAsInASandbox) {
  EXPECT_FALSE(askerOf("sluis-figures", json::object(), kAccounts).person);
  EXPECT_TRUE(askerOf("sluis-figures", asked(deVries()), kAccounts).person);
  const Accounts together{"me", "me"};
  EXPECT_FALSE(askerOf("me", json::object(), together).person);
  EXPECT_TRUE(askerOf("me", asked(deVries()), together).person);
}

TEST(Asker, IsRefusedWhenThePersonIsNotWellFormed) {
  for (const char* key : {"name", "role", "session", "second_factor"}) {
    json wrong = deVries();
    wrong[key] = "";
    EXPECT_THROW(askerOf(kPortal, asked(wrong), kAccounts), Error) << key;
  }
  json wrong = deVries();
  wrong["name"] = "two\nlines";
  EXPECT_THROW(askerOf(kPortal, asked(wrong), kAccounts), Error);
  wrong = deVries();
  wrong["subject"] = "";
  EXPECT_THROW(askerOf(kPortal, asked(wrong), kAccounts), Error);
  wrong = deVries();
  wrong.erase("subject");
  EXPECT_THROW(askerOf(kPortal, asked(wrong), kAccounts), json::exception);
  wrong = deVries();
  wrong["second_factor"] = "just now";
  EXPECT_THROW(askerOf(kPortal, asked(wrong), kAccounts), Error);
}

TEST(Asker, LooksAsWhomTheAccountIsOfAndAsNobodyElse) {
  const Asker provider = askerOf(kPortal, asked(deVries()), kAccounts);
  requireMayLookAs(provider, {report::Role::provider, "P0001"});
  EXPECT_THROW(requireMayLookAs(provider, {report::Role::provider, "P0002"}), Error);
  EXPECT_THROW(requireMayLookAs(provider, {report::Role::municipality, "GM0034"}), Error);
  EXPECT_THROW(requireMayLookAs(provider, {report::Role::officer, ""}), Error);
  json person = deVries();
  person["role"] = "auditor";
  person["subject"] = "";
  const Asker auditor = askerOf(kPortal, asked(person), kAccounts);
  requireMayLookAs(auditor, {report::Role::officer, ""});
  EXPECT_THROW(requireMayLookAs(auditor, {report::Role::municipality, "GM0034"}), Error);
  requireMayLookAs(askerOf("officer", json::object(), kAccounts), {report::Role::provider, "P0002"});
}

}  // namespace
}  // namespace sluis::figures
