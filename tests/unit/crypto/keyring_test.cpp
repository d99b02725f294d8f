#include "crypto/keyring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "support/temp_dir.h"

namespace sluis::crypto {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHex(64, 'a');

void put(const fs::path& file, const std::string& text, fs::perms mode = fs::perms(0600)) {
  std::ofstream(file) << text;
  fs::permissions(file, mode);
}

std::string errorOf(const fs::path& folder) {
  try {
    Keyring::load(folder);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Keyring, FindsTheKeysOfItsFolderByNameAndVersion) {
  const test::TempDir dir;
  put(dir / "pseudonym.1.key", kHex + "\n");
  put(dir / "pseudonym.10.key", std::string(64, 'b') + "\n", fs::perms(0640));
  put(dir / "pseudonym.2.key", std::string(64, 'c') + "\n", fs::perms(0400));
  put(dir / "domain-GM0034.1.key", std::string(64, 'D') + "\n");
  put(dir / "README", "not a key");
  const Keyring ring = Keyring::load(dir.path());
  EXPECT_EQ(ring.list().size(), 4U);
  ASSERT_NE(ring.latest("pseudonym"), nullptr);
  EXPECT_EQ(ring.latest("pseudonym")->version, 10);
  ASSERT_NE(ring.find("pseudonym", 2), nullptr);
  EXPECT_EQ(toHex(ring.find("pseudonym", 2)->secret.reveal()), std::string(64, 'c'));
  EXPECT_EQ(ring.find("pseudonym", 3), nullptr);
  ASSERT_NE(ring.latest(Keyring::domainName(34)), nullptr);
  EXPECT_EQ(ring.latest("domain-GM0035"), nullptr);
}

TEST(Keyring, RefusesAKeyThatOthersCouldRead) {
  const test::TempDir dir;
  put(dir / "pseudonym.1.key", kHex + "\n", fs::perms(0644));
  EXPECT_THAT(errorOf(dir.path()), HasSubstr("chmod 0600"));
  fs::permissions(dir / "pseudonym.1.key", fs::perms(0660));
  EXPECT_THAT(errorOf(dir.path()), HasSubstr("can be read or changed by others"));
}

TEST(Keyring, RefusesAFileThatIsNoKeyWithoutShowingIt) {
  const test::TempDir dir;
  for (const std::string& text :
       {std::string("feedbeef\n"), kHex, kHex + "\n\n", std::string(64, 'z') + "\n", std::string()}) {
    put(dir / "pseudonym.1.key", text);
    EXPECT_THAT(errorOf(dir.path()),
                AllOf(HasSubstr("is not a key"), Not(HasSubstr("feedbeef")), Not(HasSubstr("aaaa"))));
  }
}

TEST(Keyring, RefusesAKeyFileWithAnotherName) {
  for (const auto name :
       {"pseudonym.key", "pseudonym.0.key", "pseudonym.01.key", "pseudonym.x.key", "9.1.key", "a.1.2.key"}) {
    const test::TempDir dir;
    put(dir / name, kHex + "\n");
    EXPECT_THAT(errorOf(dir.path()), HasSubstr("<name>.<version>.key")) << name;
  }
}

TEST(Keyring, SaysThatItsFolderIsNotThere) {
  const test::TempDir dir;
  EXPECT_THAT(errorOf(dir / "nowhere"), HasSubstr("cannot read the key folder"));
}

TEST(Keyring, MakesTheNextVersionReadableForItsOwnerOnly) {
  const test::TempDir dir;
  Keyring ring = Keyring::load(dir.path());
  EXPECT_EQ(ring.create("domain-GM0034").version, 1);
  EXPECT_EQ(ring.create("domain-GM0034").version, 2);
  struct stat status {};
  ASSERT_EQ(::stat((dir / "domain-GM0034.2.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const Keyring again = Keyring::load(dir.path());
  ASSERT_EQ(again.list().size(), 2U);
  EXPECT_EQ(toHex(again.latest("domain-GM0034")->secret.reveal()),
            toHex(ring.latest("domain-GM0034")->secret.reveal()));
  EXPECT_NE(toHex(again.find("domain-GM0034", 1)->secret.reveal()),
            toHex(again.find("domain-GM0034", 2)->secret.reveal()));
}

TEST(Keyring, NeverReplacesAKeyThatAnotherMadeMeanwhile) {
  const test::TempDir dir;
  Keyring mine = Keyring::load(dir.path());
  Keyring theirs = Keyring::load(dir.path());
  const std::string kept = toHex(theirs.create("pseudonym").secret.reveal());
  EXPECT_THROW(mine.create("pseudonym"), Error);
  EXPECT_EQ(readFile(dir / "pseudonym.1.key"), kept + "\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir.path()), fs::directory_iterator()), 1);
}

TEST(Keyring, RefusesNamesThatCouldLeaveItsFolder) {
  const test::TempDir dir;
  Keyring ring = Keyring::load(dir.path());
  for (const auto name : {"", "../x", "a/b", "a.b", "-a", "domain GM0034"})
    EXPECT_THROW(ring.create(name), Error) << name;
}

TEST(Keyring, RetiresAVersionByNameAndDestroysNothing) {
  const test::TempDir dir;
  Keyring ring = Keyring::load(dir.path());
  ring.create("domain-GM0034");
  ring.create("domain-GM0034");
  const std::string key = readFile(dir / "domain-GM0034.1.key");
  const fs::path retired = ring.retire("domain-GM0034", 1);
  EXPECT_EQ(readFile(retired), key);
  EXPECT_EQ(ring.find("domain-GM0034", 1), nullptr);
  const Keyring again = Keyring::load(dir.path());
  EXPECT_EQ(again.list().size(), 1U);
  EXPECT_EQ(again.latest("domain-GM0034")->version, 2);
  EXPECT_THROW(ring.retire("domain-GM0034", 1), Error);
  EXPECT_THROW(ring.retire("pseudonym", 1), Error);
}

TEST(Keyring, TakesTheKeysThatSystemdHandsOver) {
  const test::TempDir credentials;
  const test::TempDir folder;
  put(folder / "pseudonym.1.key", kHex + "\n");
  ::setenv("CREDENTIALS_DIRECTORY", credentials.path().c_str(), 1);
  EXPECT_NE(Keyring::loadCredentialsOr(folder.path()).find("pseudonym", 1), nullptr);
  put(credentials / "keys_pseudonym.7.key", kHex + "\n", fs::perms(0400));
  put(credentials / "mail-password", "secret", fs::perms(0400));
  Keyring ring = Keyring::loadCredentialsOr(folder.path());
  ::unsetenv("CREDENTIALS_DIRECTORY");
  ASSERT_EQ(ring.list().size(), 1U);
  EXPECT_EQ(ring.latest("pseudonym")->version, 7);
  EXPECT_THROW(ring.create("pseudonym"), Error);
}

}  // namespace
}  // namespace sluis::crypto
