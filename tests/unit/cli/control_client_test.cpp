#include "cli/control_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "run/control.h"
#include "support/temp_dir.h"

namespace sluis::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ControlClient, ProgressComesBeforeTheAnswer) {
  const test::TempDir folder;
  run::ControlServer server(folder / "control", [](const run::ControlRequest& request) -> nlohmann::json {
    request.progress("one");
    request.progress("two");
    return {{"asked", request.command}};
  });
  std::vector<std::string> told;
  const auto answer = askDaemon(folder / "control", "run", [&](const std::string& text) { told.push_back(text); });
  EXPECT_THAT(told, ElementsAre("one", "two"));
  EXPECT_EQ(answer.at("asked"), "run");
  EXPECT_TRUE(daemonAnswers(folder / "control"));
}

TEST(ControlClient, ARefusalIsAnErrorWithItsHint) {
  const test::TempDir folder;
  run::ControlServer server(folder / "control", [](const run::ControlRequest&) -> nlohmann::json {
    throw Error(ErrorKind::database, "the database is away", "start it");
  });
  try {
    askDaemon(folder / "control", "run");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "the database is away");
    EXPECT_EQ(error.hint(), "start it");
  }
}

TEST(ControlClient, WhereNobodyListensItSaysSo) {
  const test::TempDir folder;
  EXPECT_FALSE(daemonAnswers(folder / "control"));
  try {
    askDaemon(folder / "control", "run");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.hint(), HasSubstr("is sluisd running?"));
  }
}

}  // namespace
}  // namespace sluis::cli
