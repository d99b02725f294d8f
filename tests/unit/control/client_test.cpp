#include "control/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "control/server.h"
#include "model/denied.h"
#include "support/temp_dir.h"

namespace sluis::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Control, ProgressComesBeforeTheAnswer) {
  const test::TempDir folder;
  Server server("sluisd", folder / "control", [](const Request& request) -> nlohmann::json {
    request.progress("one");
    request.progress("two");
    return {{"asked", request.command}};
  });
  std::vector<std::string> told;
  const auto answer =
      ask({"sluisd", folder / "control"}, "run", [&](const std::string& text) { told.push_back(text); });
  EXPECT_THAT(told, ElementsAre("one", "two"));
  EXPECT_EQ(answer.at("asked"), "run");
  EXPECT_TRUE(answers({"sluisd", folder / "control"}));
}

TEST(Control, ARefusalIsAnErrorWithItsHint) {
  const test::TempDir folder;
  Server server("sluisd", folder / "control", [](const Request&) -> nlohmann::json {
    throw Error(ErrorKind::database, "the database is away", "start it");
  });
  try {
    ask({"sluisd", folder / "control"}, "run");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "the database is away");
    EXPECT_EQ(error.hint(), "start it");
  }
}

TEST(Control, WhatIsDeniedArrivesWithItsReason) {
  const test::TempDir folder;
  Server server("sluisd", folder / "control", [](const Request&) -> nlohmann::json {
    throw Denied(why::kNoKey, "GM0050", "there is no key domain-GM0050 yet", "an administrator makes it");
  });
  try {
    ask({"sluisd", folder / "control"}, "application-in-force");
    FAIL();
  } catch (const Denied& denied) {
    EXPECT_EQ(denied.reason(), why::kNoKey);
    EXPECT_EQ(denied.about(), "GM0050");
    EXPECT_EQ(denied.kind(), ErrorKind::usage);
    EXPECT_STREQ(denied.what(), "there is no key domain-GM0050 yet (an administrator makes it)");
  }
}

TEST(Control, WhatWasAskedWronglyIsToldToWhoAskedAndNotLogged) {
  const test::TempDir folder;
  const auto logged = [&](ErrorKind kind) {
    testing::internal::CaptureStderr();
    {
      Server server("sluisd", folder / "control",
                    [&](const Request&) -> nlohmann::json { throw Error(kind, "no value 900000000"); });
      EXPECT_THROW(ask({"sluisd", folder / "control"}, "run"), Error);
    }
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(logged(ErrorKind::usage), Not(HasSubstr("900000000")));
  EXPECT_THAT(logged(ErrorKind::system), HasSubstr("900000000"));
}

TEST(Control, WhereNobodyListensItSaysSo) {
  const test::TempDir folder;
  EXPECT_FALSE(answers({"sluisd", folder / "control"}));
  try {
    ask({"sluisd", folder / "control"}, "run");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.hint(), HasSubstr("is sluisd running?"));
  }
}

TEST(Control, ASecondServerDoesNotTakeALivingOnesSocket) {
  const test::TempDir folder;
  const auto answer = [](const Request&) -> nlohmann::json { return nlohmann::json::object(); };
  const Server first("sluis-figures", folder / "socket", answer);
  try {
    const Server second("sluis-figures", folder / "socket", answer);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("another sluis-figures listens on"));
  }
  EXPECT_TRUE(answers({"sluis-figures", folder / "socket"}));
}

TEST(Control, ADeadServersSocketIsReplaced) {
  const test::TempDir folder;
  { std::ofstream(folder / "socket") << "left behind"; }
  const Server server("sluisd", folder / "socket",
                      [](const Request&) -> nlohmann::json { return nlohmann::json::object(); });
  EXPECT_TRUE(answers({"sluisd", folder / "socket"}));
}

TEST(Control, WhatIsNoRequestIsRefusedAndDoesNotEndTheServer) {
  const test::TempDir folder;
  const Server server("sluisd", folder / "socket", [](const Request& request) -> nlohmann::json {
    return {{"who", request.actor}, {"n", request.arguments.at("n")}};
  });
  const Peer peer{"sluisd", folder / "socket"};
  EXPECT_THROW(ask(peer, "status"), Error);  // no "n"
  const auto answer = ask(peer, "status", {}, {{"n", 7}});
  EXPECT_EQ(answer.at("n"), 7);
  EXPECT_FALSE(answer.at("who").get<std::string>().empty());
  EXPECT_FALSE(answer.contains("ok"));
}

}  // namespace
}  // namespace sluis::control
