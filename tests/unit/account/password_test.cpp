#include "account/password.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "people.h"

namespace sluis::account {
namespace {

const Passwords& passwords() {
  static const Passwords made(kCommonPasswords);
  return made;
}

Account somebody() {
  return {.user = "j.zonderland@gemeente.example", .name = "Jantien van Zonderland", .subject = "GM0034"};
}

std::string refusal(std::string_view password) {
  return passwords().refusal(password, somebody()).value_or("");
}

double cpuSeconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

TEST(Password, FitsItsOwnHashOnly) {
  const std::string hash = passwords().hash("vier paarden eten hooi");
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_NE(hash, passwords().hash("vier paarden eten hooi"));
  EXPECT_TRUE(passwords().fits("vier paarden eten hooi", hash));
  EXPECT_FALSE(passwords().fits("vier paarden eten gras", hash));
  EXPECT_FALSE(passwords().fits("", hash));
  EXPECT_FALSE(passwords().fits("vier paarden eten hooi", "$argon2id$broken"));
}

TEST(Password, UnknownUsersCostTheSameWork) {
  const std::string hash = passwords().hash("vier paarden eten hooi");
  const auto cost = [&](const std::optional<std::string>& against) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const double before = cpuSeconds();
      EXPECT_FALSE(passwords().fits("een ander wachtwoord", against));
      best = std::min(best, cpuSeconds() - before);
    }
    return best;
  };
  const double known = cost(hash);
  const double unknown = cost(std::nullopt);
  EXPECT_GT(unknown, known / 2);
  EXPECT_LT(unknown, known * 2);
  EXPECT_GT(unknown, 0.002) << "no hash was made";
}

TEST(Password, NobodyHasAnEndlessOne) {
  const std::string longest(256, 'x');
  const std::string hash = passwords().hash(longest);
  EXPECT_TRUE(passwords().fits(longest, hash));
  EXPECT_FALSE(passwords().fits(longest + "y", hash));
  EXPECT_EQ(refusal(std::string(300, 'x') + "abc"), "password.too-long");
}

TEST(Password, ManyAtOnceTakeTurns) {
  const std::string hash = passwords().hash("vier paarden eten hooi");
  std::vector<std::jthread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] { right += passwords().fits("vier paarden eten hooi", hash) ? 1 : 0; });
  threads.clear();
  EXPECT_EQ(right, 6);
}

TEST(Password, NeedsTwelveCharactersHoweverManyBytes) {
  EXPECT_EQ(refusal("kort woord!"), "password.too-short");
  EXPECT_EQ(refusal("éééééééabcd"), "password.too-short");
  EXPECT_EQ(refusal("drie geiten!"), "");
  EXPECT_EQ(refusal("vier paarden eten hooi"), "");
  EXPECT_EQ(refusal("h7$Kq-2vPz8w"), "");
  EXPECT_EQ(refusal("739281640573"), "") << "there are no rules of composition";
}

TEST(Password, IsNotACommonOneInAnyDress) {
  for (const char* common :
       {"wachtwoord123", "Wachtwoord2026!", "WELKOM123456", "welkomwelkom", "welkomwelkomwelk", "password1234",
        "correcthorsebatterystaple", "123456789012", "987654321098", "aaaaaaaaaaaa", "abababababab", "abcdefghijkl",
        "qwertyuiopas", "Amsterdam020!!", "ikhouvanjou!!", "Feyenoord2026", "qwertyuiop12!", "JeugdZorg2026!"})
    EXPECT_EQ(refusal(common), "password.common") << common;
}

TEST(Password, IsNotTheAccountsOwnName) {
  for (const char* own :
       {"zonderland12", "J.Zonderland@gemeente.example", "Jantien-Zonderland-12", "gm0034zonderland!!"})
    EXPECT_EQ(refusal(own), "password.own-name") << own;
  EXPECT_EQ(refusal("jantien fietst naar zee"), "");
}

TEST(Password, TheListIsLongAndPlain) {
  const std::string list = readFile(kCommonPasswords);
  EXPECT_GT(std::count(list.begin(), list.end(), '\n'), 1000);
  for (const char c : list) EXPECT_TRUE(c == '\n' || (c >= ' ' && c < 0x7f));
}

TEST(Password, AnEmptyListIsNoList) {
  const auto file = std::filesystem::temp_directory_path() / fmt::format("sluis-common-{}.txt", ::getpid());
  writeFileDurably(file, "# nothing\n");
  EXPECT_THROW(Passwords{file}, Error);
  std::filesystem::remove(file);
  EXPECT_THROW(Passwords{file}, Error);
}

}  // namespace
}  // namespace sluis::account
