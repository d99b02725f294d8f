#include "model/mail_address.h"

#include <string>

#include <gtest/gtest.h>

namespace sluis {
namespace {

TEST(MailAddress, OnlyPlainAddressesAreAddresses) {
  for (const char* good : {"a@b", "zorg+sluis@de-brug.example", "o'neil@x.nl"})
    EXPECT_TRUE(isMailAddress(good)) << good;
  for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", "<a@b>", "a@b>", "a@-b", "a@b.", "a..b@c",
                          ".a@b", "a@b..c", "\"a\"@b", "a@b\r\nX: y", "é@b.nl", "a,b@c", "a@[127.0.0.1]"})
    EXPECT_FALSE(isMailAddress(bad)) << bad;
  EXPECT_FALSE(isMailAddress(std::string(65, 'a') + "@b"));
  EXPECT_FALSE(isMailAddress("a@" + std::string(253, 'b')));
}

}  // namespace
}  // namespace sluis
