#include "sshsig/sshsig.h"

#include <gtest/gtest.h>

#include <fstream>

#include "crypto/ssh_key.h"
#include "plugin/plugin.h"
#include "support/signers.h"
#include "support/temp_dir.h"

namespace sluis::sshsig {
namespace {

using crypto::appendSshNumber;
using crypto::appendSshString;

constexpr auto kNamespace = "sluis:P0001:jeugdhulp_2026H1";
constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----\n";
constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----\n";

std::optional<plugin::SignatureFacts> parse(std::string_view text) {
  return SshsigParser().parse(asBytes(text));
}

std::string armoured(const Bytes& blob) {
  return std::string(kBegin) + toBase64(blob) + "\n" + std::string(kEnd);
}

// Bytes of the blob of a real signature, to be spoiled.
struct Parts {
  std::string magic = "SSHSIG";
  std::uint32_t version = 1;
  Bytes key{std::byte{1}, std::byte{2}};
  std::string nameSpace = kNamespace;
  std::string reserved;
  std::string hash = "sha512";
  std::string algorithm = "ssh-ed25519";
  Bytes value = Bytes(64, std::byte{7});
  std::string behindValue;
  std::string behindAll;

  std::string text() const {
    Bytes out;
    const auto append = [&](std::string_view bytes) {
      for (const char c : bytes) out.push_back(static_cast<std::byte>(c));
    };
    append(magic);
    appendSshNumber(out, version);
    appendSshString(out, key);
    appendSshString(out, asBytes(nameSpace));
    appendSshString(out, asBytes(reserved));
    appendSshString(out, asBytes(hash));
    Bytes inner;
    appendSshString(inner, asBytes(algorithm));
    appendSshString(inner, value);
    for (const char c : behindValue) inner.push_back(static_cast<std::byte>(c));
    appendSshString(out, inner);
    append(behindAll);
    return armoured(out);
  }
};

class Signed : public ::testing::Test {
 protected:
  Signed() { std::ofstream(dir_ / "d.csv") << "bsn;geboortedatum\n"; }
  test::TempDir dir_;
};

TEST_F(Signed, FactsAreThoseOfTheRealSignature) {
  const auto key = test::makeSshKey(dir_.path(), "ed");
  for (const std::string hash : {"sha256", "sha512"}) {
    const auto facts = parse(test::sshSign(key, kNamespace, dir_ / "d.csv", hash));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->scheme, "sshsig");
    EXPECT_EQ(facts->nameSpace, kNamespace);
    EXPECT_EQ(facts->digestAlgorithm, hash);
    EXPECT_EQ(facts->signatureAlgorithm, "ssh-ed25519");
    EXPECT_EQ(facts->signerKey, crypto::parseSshKeyLine(readFile(key.string() + ".pub"))->blob);
    EXPECT_EQ(facts->signature.size(), 64U);
  }
}

TEST_F(Signed, EcdsaBecomesTwoHalvesOfOneLength) {
  for (const auto& [bits, size] : {std::pair{"256", 32U}, {"384", 48U}, {"521", 66U}}) {
    const auto key = test::makeSshKey(dir_.path(), bits, "ecdsa", bits);
    const auto facts = parse(test::sshSign(key, kNamespace, dir_ / "d.csv"));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->signature.size() % 2, 0U);
    EXPECT_LE(facts->signature.size(), 2 * size);
    EXPECT_GE(facts->signature.size(), 2 * size - 8);
  }
}

TEST_F(Signed, SurvivesCarriageReturnsAndBlanksAtItsEnd) {
  const std::string text = test::sshSign(test::makeSshKey(dir_.path(), "ed"), kNamespace, dir_ / "d.csv");
  std::string windows;
  for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_TRUE(parse(windows));
  EXPECT_TRUE(parse(text + "\n \n"));
  EXPECT_TRUE(parse(text.substr(0, text.size() - 1)));
}

TEST_F(Signed, CutOffAnywhereIsNoSignature) {
  const std::string text = test::sshSign(test::makeSshKey(dir_.path(), "ed"), kNamespace, dir_ / "d.csv");
  for (std::size_t size = 0; size + 1 < text.size(); ++size) ASSERT_FALSE(parse(text.substr(0, size))) << size;
}

TEST(Sshsig, TakesNothingBesideTheArmour) {
  const std::string good = Parts{}.text();
  ASSERT_TRUE(parse(good));
  EXPECT_FALSE(parse("\n" + good));
  EXPECT_FALSE(parse(good + good));
  EXPECT_FALSE(parse(good + "x"));
  EXPECT_FALSE(parse(std::string(kBegin) + std::string(kEnd)));
  EXPECT_FALSE(parse(std::string(kBegin) + "!!!!\n" + std::string(kEnd)));
  EXPECT_FALSE(parse(good + std::string(kLongestFile, '\n')));
}

TEST(Sshsig, RefusesWhatVersionOneDoesNotSay) {
  const auto with = [](auto change) {
    Parts parts;
    change(parts);
    return parse(parts.text()).has_value();
  };
  ASSERT_TRUE(with([](Parts&) {}));
  EXPECT_FALSE(with([](Parts& p) { p.magic = "SSHSIX"; }));
  EXPECT_FALSE(with([](Parts& p) { p.version = 2; }));
  EXPECT_FALSE(with([](Parts& p) { p.key.clear(); }));
  EXPECT_FALSE(with([](Parts& p) { p.nameSpace.clear(); }));
  EXPECT_FALSE(with([](Parts& p) { p.nameSpace.assign(257, 'a'); }));
  EXPECT_FALSE(with([](Parts& p) { p.nameSpace += '\n'; }));
  EXPECT_FALSE(with([](Parts& p) { p.nameSpace += '\0'; }));
  EXPECT_FALSE(with([](Parts& p) { p.reserved = "x"; }));
  EXPECT_FALSE(with([](Parts& p) { p.hash = "sha384"; }));
  EXPECT_FALSE(with([](Parts& p) { p.hash = "sha1"; }));
  EXPECT_FALSE(with([](Parts& p) { p.algorithm.clear(); }));
  EXPECT_FALSE(with([](Parts& p) { p.value.clear(); }));
  EXPECT_FALSE(with([](Parts& p) { p.behindValue = "x"; }));
  EXPECT_FALSE(with([](Parts& p) { p.behindAll = "x"; }));
}

TEST(Sshsig, RefusesEcdsaNumbersThatAreNone) {
  const auto withValue = [](std::initializer_list<Bytes> numbers) {
    Parts parts;
    parts.algorithm = "ecdsa-sha2-nistp256";
    parts.value.clear();
    for (const Bytes& number : numbers) appendSshString(parts.value, number);
    return parse(parts.text());
  };
  const Bytes one{std::byte{1}};
  ASSERT_TRUE(withValue({one, Bytes{std::byte{0}, std::byte{0xff}, std::byte{0xee}}}));
  EXPECT_EQ(toHex(withValue({one, Bytes{std::byte{0}, std::byte{0xff}, std::byte{0xee}}})->signature), "0001ffee");
  EXPECT_FALSE(withValue({one}));
  EXPECT_FALSE(withValue({one, one, one}));
  EXPECT_FALSE(withValue({one, {}}));
  EXPECT_FALSE(withValue({one, Bytes{std::byte{0x80}}}));
  EXPECT_FALSE(withValue({one, Bytes(68, std::byte{1})}));
}

TEST(Sshsig, NamesTheSecurityKeySoThatItCanBeRefusedByName) {
  Parts parts;
  parts.algorithm = "sk-ssh-ed25519@openssh.com";
  parts.behindValue = std::string("\x01\0\0\0\x05", 5);
  const auto facts = parse(parts.text());
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->signerKey, parts.key);
}

TEST(Sshsig, IsAPlugin) {
  const plugin::Descriptor* descriptor = sluis_plugin();
  EXPECT_EQ(descriptor->api, plugin::kPluginApi);
  EXPECT_STREQ(descriptor->kind, "signature");
  EXPECT_STREQ(descriptor->name, "sshsig");
  auto* parser = static_cast<plugin::SignatureParser*>(descriptor->create());
  EXPECT_TRUE(parser->parse(asBytes(Parts{}.text())));
  descriptor->destroy(parser);
}

}  // namespace
}  // namespace sluis::sshsig
