// The house keeps its own plan: includes go downward, a foreign library lives in one room, every test is built, and
// nothing committed knows the machine it was made on.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "support/command.h"

namespace sluis {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = SLUIS_SOURCE_DIR;

// HOUSE: "an include goes downward only; rooms on one floor do not include each other". registry and delivery came
// later (docs/decisions/0005), and the rooms of the figures (docs/decisions/0012).
const std::vector<std::vector<std::string>> kFloors = {
    {"base"},
    {"model"},
    {"config", "crypto", "postgres", "ssh", "dataset", "ptable", "control"},
    {"plugin", "spool", "outbox", "registry", "delivery", "service", "web", "oidc"},
    {"intake", "reader", "verify", "validate", "pseudonymise", "load", "audit", "mail", "report", "snapshot", "gate",
     "sample", "account"},
    {"protect", "office"},
    {"run", "publication", "figures", "portal"},
    {"cli"},
};

// Allowed all the same: from -> to, and why.
const std::map<std::pair<std::string, std::string>, std::string> kExceptions = {};

struct Foreign {
  std::string include;          ///< how an include of it begins
  std::set<std::string> rooms;  ///< where it may be used
};
// "One foreign library, one room." fmt, expected and nlohmann-json are values and text, used anywhere; Poco is the
// toolbox of several rooms, each for another part of it.
const std::vector<Foreign> kForeign = {
    {"yaml-cpp/", {"config", "dataset"}},  // the configuration and the dataset definitions are both YAML
    {"openssl/", {"crypto", "plugins"}},   // the cms plugin reads CMS structures, smtp needs TLS
    {"libpq-fe.h", {"postgres"}},
    {"libpq/", {"postgres"}},
    {"libssh/", {"ssh"}},
    {"seccomp.h", {"reader"}},
    {"CLI/", {"cli"}},
    {"date/", {"run", "mail", "portal"}},  // mails and pages name local times
    {"systemd/", {"service", "program"}},
    {"zip.h", {"plugins"}},
    {"expat.h", {"plugins"}},
    {"xlsxwriter.h", {"sample", "report"}},             // deliveries to try with, and figures to keep
    {"Poco/Net/", {"plugins", "mail", "web", "oidc"}},  // serves pages; asks a broker who somebody is
    {"ctemplate/", {"web"}},
    {"argon2.h", {"account"}},
    {"liboath/", {"account"}},
    {"qrencode.h", {"account"}},
    {"Poco/Util/", {"service"}},
    {"Poco/SharedLibrary.h", {"plugin"}},
};

int floorOf(const std::string& room) {
  for (std::size_t floor = 0; floor < kFloors.size(); ++floor)
    if (std::find(kFloors[floor].begin(), kFloors[floor].end(), room) != kFloors[floor].end())
      return static_cast<int>(floor);
  return -1;
}

bool isSource(const fs::path& file) {
  return file.extension() == ".h" || file.extension() == ".cpp";
}

std::vector<std::string> includesOf(const fs::path& file) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<std::string> found;
  std::ifstream stream(file);
  std::smatch match;
  for (std::string line; std::getline(stream, line);)
    if (std::regex_search(line, match, kInclude)) found.push_back(match[1]);
  return found;
}

/// The room of a file under daemon/: "program" for those that lie there directly.
std::string roomOf(const fs::path& file) {
  const fs::path relative = fs::relative(file, kSource / "daemon");
  return std::distance(relative.begin(), relative.end()) == 1 ? "program" : relative.begin()->string();
}

std::vector<fs::path> sourcesUnder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && isSource(entry.path())) files.push_back(entry.path());
  return files;
}

/// What is committed, or about to be; empty where there is no git.
std::vector<fs::path> committedFiles() {
  const auto listed =
      test::tryCommand({"git", "-c", "safe.directory=*", "-C", kSource.string(), "ls-files", "--cached"});
  std::vector<fs::path> files;
  if (listed.status != 0) return files;
  std::istringstream lines(listed.output);
  for (std::string line; std::getline(lines, line);)
    if (fs::is_regular_file(kSource / line)) files.push_back(kSource / line);
  return files;
}

TEST(Structure, EveryRoomStandsOnAFloor) {
  for (const auto& entry : fs::directory_iterator(kSource / "daemon"))
    if (entry.is_directory()) {
      EXPECT_GE(floorOf(entry.path().filename().string()), 0) << entry.path();
    }
}

TEST(Structure, IncludesGoDownwardOnly) {
  int checked = 0;
  for (const fs::path& file : sourcesUnder(kSource / "daemon")) {
    const std::string room = roomOf(file);
    if (room == "program") continue;
    for (const std::string& include : includesOf(file)) {
      const std::string target = include.substr(0, include.find('/'));
      if (target == include || target == room || floorOf(target) < 0) continue;
      ++checked;
      if (kExceptions.count({room, target}) != 0) continue;
      EXPECT_LT(floorOf(target), floorOf(room)) << file << " includes " << include;
    }
  }
  EXPECT_GT(checked, 100);
}

TEST(Structure, PluginsSeeTheirInterfacesAndPlainValuesOnly) {
  const std::set<std::string> open = {"base", "model", "plugin", "crypto"};
  for (const fs::path& file : sourcesUnder(kSource / "plugins"))
    for (const std::string& include : includesOf(file)) {
      const std::string target = include.substr(0, include.find('/'));
      if (target == include || floorOf(target) < 0) continue;
      EXPECT_EQ(open.count(target), 1U) << file << " includes " << include;
    }
}

// JEUGDHULP §9: what renders, asks or sends figures never holds a true one. By type: it cannot name it.
TEST(Structure, TrueFiguresStayInTheirRoom) {
  const std::set<std::string> inner = {"protect/tally.h",   "protect/count.h",      "protect/plan.h",
                                       "protect/scan.h",    "protect/protection.h", "protect/lattice.h",
                                       "protect/vectors.h", "protect/selection.h"};
  const std::set<std::string> outside = {"report", "cli", "mail", "portal"};
  int within = 0;
  for (const fs::path& file : sourcesUnder(kSource / "daemon")) {
    const std::string room = roomOf(file);
    for (const std::string& include : includesOf(file)) {
      const std::string target = include.substr(0, include.find('/'));
      within += room == "protect" && inner.count(include) != 0;
      if (room != "protect") {
        EXPECT_EQ(inner.count(include), 0U) << file << " includes " << include;
      }
      if (outside.count(room) != 0) {
        EXPECT_TRUE(target != "protect" && target != "snapshot") << file << " includes " << include;
      }
    }
  }
  for (const fs::path& file : sourcesUnder(kSource / "tests/unit"))
    for (const std::string& include : includesOf(file)) {
      if (file.parent_path().filename() != "protect") {
        EXPECT_EQ(inner.count(include), 0U) << file << " includes " << include;
      }
    }
  EXPECT_GT(within, 5);
}

// docs/decisions/0026: what changes anything is asked of sluisd, figures of sluis-figures.
TEST(Structure, ThePortalAsksAndDoesNotDo) {
  const std::set<std::string> others = {"office", "protect",  "snapshot", "load",   "pseudonymise", "intake",
                                        "spool",  "registry", "outbox",   "reader", "gate"};
  int seen = 0;
  for (const fs::path& file : sourcesUnder(kSource / "daemon/portal"))
    for (const std::string& include : includesOf(file)) {
      ++seen;
      EXPECT_EQ(others.count(include.substr(0, include.find('/'))), 0U) << file << " includes " << include;
    }
  EXPECT_GT(seen, 100);
}

TEST(Structure, AForeignLibraryLivesInOneRoom) {
  int seen = 0;
  const auto check = [&](const fs::path& file, const std::string& room) {
    for (const std::string& include : includesOf(file))
      for (const Foreign& foreign : kForeign)
        if (include.rfind(foreign.include, 0) == 0) {
          ++seen;
          EXPECT_EQ(foreign.rooms.count(room), 1U) << file << " includes " << include;
        }
  };
  for (const fs::path& file : sourcesUnder(kSource / "daemon")) check(file, roomOf(file));
  for (const fs::path& file : sourcesUnder(kSource / "plugins")) check(file, "plugins");
  EXPECT_GT(seen, 20);
}

TEST(Structure, EveryHeaderSaysWhatItIsFor) {
  for (const fs::path& file : sourcesUnder(kSource / "daemon")) {
    if (file.extension() != ".h") continue;
    std::ifstream stream(file);
    std::string first;
    std::getline(stream, first);
    EXPECT_EQ(first.rfind("// ", 0), 0U) << file;
  }
}

TEST(Structure, EveryUnitTestIsBuilt) {
  std::ifstream list(fs::path(SLUIS_BUILD_DIR) / "CMakeFiles/TargetDirectories.txt");
  const std::string targets((std::istreambuf_iterator<char>(list)), {});
  int tests = 0;
  for (const fs::path& file : sourcesUnder(kSource / "tests")) {
    if (file.filename().string().find("_test.cpp") == std::string::npos) continue;
    ++tests;
    // Only in the folders the build looks into, and each of those is a program.
    EXPECT_EQ(file.parent_path().parent_path(), kSource / "tests/unit") << file;
    const std::string target = "/" + file.parent_path().filename().string() + "_test.dir";
    EXPECT_NE(targets.find(target), std::string::npos) << file;
  }
  EXPECT_GT(tests, 20);
}

TEST(Structure, EveryFuzzTargetHasSeeds) {
  for (const auto& entry : fs::directory_iterator(kSource / "tests/fuzz")) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() != ".cpp") continue;
    const auto split = stem.find("__");
    ASSERT_NE(split, std::string::npos) << entry.path();
    const fs::path seeds = kSource / "tests/fuzz/corpus" / stem.substr(split + 2);
    EXPECT_TRUE(fs::is_directory(seeds) && !fs::is_empty(seeds)) << seeds;
  }
}

// In a user namespace of its own a program sees every account that asks, but root, as "nobody"; the audit log names it.
TEST(Structure, UnitsThatAnswerOnASocketSeeWhoAsks) {
  for (const char* unit : {"sluisd.service", "sluis-figures.service"}) {
    std::ifstream stream(kSource / "systemd" / unit);
    ASSERT_TRUE(stream) << unit;
    for (std::string line; std::getline(stream, line);) EXPECT_FALSE(line.starts_with("PrivateUsers=")) << unit;
  }
}

TEST(Structure, NothingCommittedKnowsTheMachineItWasMadeOn) {
  const auto files = committedFiles();
  if (files.empty()) GTEST_SKIP() << "no git here";
  const std::regex place(R"((^|[^A-Za-z0-9_.])/(work|root|home/[a-z]+)(/|$|[^A-Za-z0-9_]))");
  for (const fs::path& file : files) {
    if (fs::file_size(file) > (1 << 20) || file.filename() == "structure_test.cpp") continue;
    std::ifstream stream(file);
    int number = 0;
    for (std::string line; std::getline(stream, line);) {
      ++number;
      EXPECT_FALSE(line.size() < 2000 && std::regex_search(line, place)) << file << ":" << number << ": " << line;
    }
  }
}

}  // namespace
}  // namespace sluis
