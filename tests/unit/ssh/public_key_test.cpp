#include "ssh/public_key.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"
#include "ssh/server_session.h"

namespace sluis::ssh {
namespace {

namespace fs = std::filesystem;

/// A key pair made by ssh-keygen, gone with the test.
class KeyPair {
 public:
  explicit KeyPair(const std::string& options) {
    static int count = 0;
    path_ = fs::temp_directory_path() / ("sluis_key_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
    const std::string command = "ssh-keygen -q -N '' -C comment -f " + path_.string() + " " + options;
    if (std::system(command.c_str()) != 0) throw std::runtime_error("ssh-keygen failed");
  }
  ~KeyPair() {
    fs::remove(path_);
    fs::remove(path_.string() + ".pub");
  }
  const fs::path& path() const { return path_; }
  std::string line() const {
    std::ifstream in(path_.string() + ".pub");
    std::string text;
    std::getline(in, text);
    return text;
  }

 private:
  fs::path path_;
};

TEST(PublicKey, EachKindThatIsLetInIsReadAndEqualsItself) {
  for (const char* options : {"-t ed25519", "-t ecdsa -b 256", "-t ecdsa -b 521", "-t rsa -b 3072"}) {
    const KeyPair pair(options);
    const auto key = PublicKey::fromAuthorizedLine(pair.line());
    ASSERT_TRUE(key) << options;
    EXPECT_TRUE(key->sameAs(*PublicKey::fromAuthorizedLine(pair.line()))) << options;
    EXPECT_TRUE(key->fingerprint().starts_with("SHA256:")) << options;
  }
}

TEST(PublicKey, ADifferentKeyOfTheSameKindIsNotTheSame) {
  const KeyPair one("-t ed25519");
  const KeyPair two("-t ed25519");
  EXPECT_FALSE(PublicKey::fromAuthorizedLine(one.line())->sameAs(*PublicKey::fromAuthorizedLine(two.line())));
}

TEST(PublicKey, AShortRsaKeyIsRefused) {
  const KeyPair pair("-t rsa -b 2048");
  EXPECT_FALSE(PublicKey::fromAuthorizedLine(pair.line()));
}

TEST(PublicKey, ALineThatNamesAnotherKindIsRefused) {
  const KeyPair pair("-t ed25519");
  std::string line = pair.line();
  line.replace(0, line.find(' '), "ecdsa-sha2-nistp256");
  EXPECT_FALSE(PublicKey::fromAuthorizedLine(line));
}

TEST(PublicKey, WhatIsNotAKeyIsRefused) {
  for (const char* line : {"", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 AAAA", "ssh-ed25519 !!!!",
                           "ssh-dss AAAAB3NzaC1kc3M=", "command=\"x\" ssh-ed25519 AAAA",
                           "ssh-rsa AAAAB3NzaC1yc2E=", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAA"})
    EXPECT_FALSE(PublicKey::fromAuthorizedLine(line)) << line;
}

TEST(HostKey, OnlyAnEd25519KeyThatNotEverybodyCanReadIsGood) {
  const KeyPair good("-t ed25519");
  EXPECT_NO_THROW(checkHostKey(good.path()));
  fs::permissions(good.path(), fs::perms(0644));
  EXPECT_THROW(checkHostKey(good.path()), Error);
  const KeyPair rsa("-t rsa -b 3072");
  EXPECT_THROW(checkHostKey(rsa.path()), Error);
  EXPECT_THROW(checkHostKey(rsa.path().string() + ".none"), Error);
}

}  // namespace
}  // namespace sluis::ssh
