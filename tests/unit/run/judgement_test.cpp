#include "run/judgement.h"

#include <string>

#include <gtest/gtest.h>

namespace sluis::run {
namespace {

bool nil(const std::string& content, const char* file = "jeugdhulp_2026-10.csv") {
  return looksNil(file, content.size(), asBytes(content));
}

TEST(LooksNil, AHeaderWithNothingBehindIt) {
  for (const char* content : {"bsn;geslacht", "bsn;geslacht\n", "bsn;geslacht\r\n", "bsn;geslacht\r\n \t\r\n\n", ""})
    EXPECT_TRUE(nil(content)) << content;
}

TEST(LooksNil, WhatMayBeARecordIsOne) {
  for (const char* content : {"bsn\n1", "bsn\r1\r", "bsn\r\n;\r\n", "sep=;\nbsn\n", "\nbsn\n1\n", "\"b\nsn\"\n"})
    EXPECT_FALSE(nil(content)) << content;
  EXPECT_FALSE(nil(std::string("b\0\n\0", 4))) << "UTF-16 is not looked through";
}

TEST(LooksNil, OnlyACsvFileBeginsWithAHeader) {
  EXPECT_TRUE(nil("one line\n", "JEUGDHULP_2026-10.CSV"));
  for (const char* file : {"jeugdhulp_2026-10.asc", "jeugdhulp_2026-10.txt", "jeugdhulp_2026-10.xlsx",
                           "jeugdhulp_2026-10.xls", "jeugdhulp_2026-10.csv.p7m", "hello.csv"})
    EXPECT_FALSE(nil("one line\n", file)) << file;
}

TEST(LooksNil, MoreThanALookIsNotKnown) {
  EXPECT_TRUE(nil(std::string(kNilLook, 'x')));
  EXPECT_FALSE(nil(std::string(kNilLook + 1, 'x')));
  EXPECT_FALSE(looksNil("jeugdhulp_2026-10.csv", 10, asBytes("bsn\n"))) << "half of it";
}

}  // namespace
}  // namespace sluis::run
