#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "report/json.h"
#include "report/render.h"
#include "report/texts.h"
#include "samples.h"
#include "support/temp_dir.h"

namespace sluis::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Page, IsAsItWas) {
  expectGolden("tevredenheid.html", renderHtml(satisfactionByForm()));
  expectGolden("tevredenheid-kwartaal.html", renderHtml(satisfactionByQuarter()));
  expectGolden("doelrealisatie-aanbieder.html", renderHtml(goalsOfProvider()));
  expectGolden("uitval.html", renderHtml(dropOutByForm()));
  expectGolden("niet-beschikbaar.html", renderHtml(unavailable()));
  expectGolden("uitval.svg", renderSvg(dropOutByForm()));
  expectGolden("tevredenheid-kwartaal.svg", renderSvg(satisfactionByQuarter()));
}

}  // namespace
}  // namespace sluis::report
