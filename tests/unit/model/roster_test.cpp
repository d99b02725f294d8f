#include "model/roster.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace sluis {
namespace {

RosterEntry example() {
  return {.provider = "P0001",
          .user = "p0001",
          .suspended = false,
          .maxFileBytes = 4ULL << 30,
          .quotaBytes = 16ULL << 30,
          .loginKeys = {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHy2 aanlever-server", "ssh-ed25519 AAAAC3NzaC1lZDI1"}};
}

TEST(Roster, ReadsBackWhatItWrote) {
  auto entry = example();
  EXPECT_EQ(parseRoster(encodeRoster(entry)).value(), entry);
  entry.suspended = true;
  entry.loginKeys.clear();
  EXPECT_EQ(parseRoster(encodeRoster(entry)).value(), entry);
}

TEST(Roster, TheTextIsTheAgreedOne) {
  auto entry = example();
  entry.loginKeys.resize(1);
  EXPECT_EQ(encodeRoster(entry),
            "sluis-roster 1\nprovider P0001\nuser p0001\nsuspended no\nmax-file-bytes 4294967296\n"
            "quota-bytes 17179869184\nkey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHy2 aanlever-server\nend\n");
}

TEST(Roster, EveryCutOffFileIsRefused) {
  const std::string text = encodeRoster(example());
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parseRoster(text.substr(0, length))) << "cut at " << length;
}

TEST(Roster, AWrongLineIsRefusedWithItsNumber) {
  const auto changed = [](std::string_view from, std::string_view to) {
    std::string text = encodeRoster(example());
    text.replace(text.find(from), from.size(), to);
    const auto result = parseRoster(text);
    return result ? std::string("accepted") : result.error();
  };
  EXPECT_EQ(changed("sluis-roster 1", "sluis-roster 2"), "line 1: not a roster of version 1");
  EXPECT_EQ(changed("user p0001", "user P0001"), "line 3: expected \"user <login name>\"");
  EXPECT_EQ(changed("user p0001", "user p0002"), "line 3: the user is not the provider's code in lower case");
  EXPECT_EQ(changed("suspended no", "suspended maybe"), "line 4: expected \"suspended yes|no\"");
  EXPECT_EQ(changed("4294967296", "4294967296k"), "line 5: expected \"max-file-bytes <number>\"");
  EXPECT_EQ(changed("17179869184", "99999999999999999999999"), "line 6: expected \"quota-bytes <number>\"");
  EXPECT_EQ(changed("key ssh-ed25519", "key command=\"x\" ssh-ed25519"), "line 7: expected \"key <public key>\"");
  EXPECT_EQ(changed("end\n", "end\nkey x\n"), "line 9: something follows \"end\"");
  EXPECT_EQ(changed("provider P0001\n", ""), "line 2: expected \"provider <code>\"");
}

TEST(Roster, AUserThatCouldBeAPathIsRefused) {
  EXPECT_TRUE(isRosterUser("p0001"));
  for (const char* user :
       {"", ".", "..", "a/b", "../p0001", "P0001", "1a", "a.b", "a b", "\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    EXPECT_FALSE(isRosterUser(user)) << user;
}

TEST(Roster, AKeyThatWouldBreakTheFileIsNeverWritten) {
  auto entry = example();
  entry.loginKeys = {"ssh-ed25519 AAAA comment\nkey ssh-ed25519 BBBB"};
  EXPECT_THROW(encodeRoster(entry), std::logic_error);
  entry.loginKeys = {"ssh-ed25519"};
  EXPECT_THROW(encodeRoster(entry), std::logic_error);
}

}  // namespace
}  // namespace sluis
