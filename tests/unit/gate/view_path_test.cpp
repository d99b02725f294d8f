#include "gate/view_path.h"

#include <gtest/gtest.h>

namespace sluis::gate {
namespace {

using namespace std::string_literals;

TEST(ViewPath, FindsTheFewPlacesThereAre) {
  EXPECT_EQ(parseViewPath("")->place, Place::root);
  EXPECT_EQ(parseViewPath(".")->text, "/");
  EXPECT_EQ(parseViewPath("inbox/")->place, Place::inbox);
  EXPECT_EQ(parseViewPath("/test/a")->file, "a");
  EXPECT_EQ(parseViewPath("outbox//./a")->text, "/outbox/a");
  EXPECT_EQ(parseViewPath("STATUS.txt")->place, Place::statusFile);
  EXPECT_EQ(parseViewPath("inbox/x/../y")->file, "y");
  EXPECT_TRUE(parseViewPath("inbox/a")->isUpload());
  EXPECT_FALSE(parseViewPath("inbox")->isUpload());
  EXPECT_FALSE(parseViewPath("outbox/a")->isUpload());
}

TEST(ViewPath, NeverNamesAnythingOutside) {
  for (const char* path : {"..", "../..", "inbox/../..", "/../../.."})
    EXPECT_EQ(parseViewPath(path)->text, "/") << path;
  for (const char* path :
       {"../p0002", "/etc/passwd", "inbox/a/b", ".taken", ".taken/a", "STATUS.txt/a", "Inbox", "inbox2"})
    EXPECT_EQ(parseViewPath(path)->place, Place::nowhere) << path;
  EXPECT_FALSE(parseViewPath("inbox/a\0b"s));
  EXPECT_FALSE(parseViewPath(std::string(5000, 'a')));
}

TEST(ViewPath, NoFileNameEverHasASlash) {
  for (const char* path : {"inbox/a/b", "inbox//a", "test/../inbox/a", "outbox/./a/../b"}) {
    const auto parsed = parseViewPath(path);
    EXPECT_EQ(parsed->file.find('/'), std::string::npos) << path;
    EXPECT_NE(parsed->file, "..") << path;
  }
}

TEST(UploadName, OrdinaryNamesAndUploadsInProgressAreAllowed) {
  for (const char* name : {"jeugdhulp_2026H1.csv", "a.csv.sig", ".a.csv.part", "a.filepart", "met spatie.csv",
                           "\xc3\xa9\xc3\xa9n.csv", "..a"})
    EXPECT_TRUE(isUploadNameAllowed(name)) << name;
}

TEST(UploadName, WhatCouldMisleadIsRefused) {
  const std::string tooLong(201, 'a');
  for (const std::string& name : {""s, "."s, ".."s, ".taken"s, "a/b"s, "a\\b"s, "a\nb"s, "a\x1b[0m"s, "a\x7f"s, "\xff"s,
                                  "\xc3"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xf5\x80\x80\x80"s, "\xc2\x85"s,
                                  "a\xe2\x80\xae"
                                  "vsc"s,
                                  "a\xe2\x80\x8b"s,
                                  "\xef\xbb\xbf"
                                  "a"s,
                                  tooLong})
    EXPECT_FALSE(isUploadNameAllowed(name)) << testing::PrintToString(name);
}

TEST(UploadName, IsWithheldFromTheLogWhenItCouldCarryACitizenNumber) {
  EXPECT_EQ(printableName("jeugdhulp_2026H1.csv"), "jeugdhulp_2026H1.csv");
  EXPECT_EQ(printableName("x123456782.csv"), "(name withheld)");
  EXPECT_EQ(printableName("12-34.56_78 2"), "(name withheld)");
}

}  // namespace
}  // namespace sluis::gate
