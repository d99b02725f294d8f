#include "registry/registry.h"

#include <gtest/gtest.h>

#include "support/database.h"

namespace sluis::registry {
namespace {

using namespace std::chrono_literals;

constexpr Day day(int year, unsigned month, unsigned number) {
  return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(number);
}

class Registry : public testing::Test {
 protected:
  // Runs `change` in a committed transaction of the command line's role.
  template <typename Change>
  auto committed(Change change) {
    return test::committed(connection_, change);
  }
  void add(const std::string& code) {
    committed([&](auto& transaction) {
      addProvider(transaction, {.code = code, .name = "Jeugdzorg " + code, .mails = {"data@" + code + ".nl"}});
    });
  }
  // Error(usage) it must be, and the transaction must be good afterwards.
  template <typename Change>
  void refused(Change change) {
    postgres::Transaction transaction(connection_);
    try {
      change(transaction);
      ADD_FAILURE() << "was not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage) << error.what();
      EXPECT_NE(error.hint(), "");
    }
    transaction.exec("SELECT 1");
    transaction.commit();
  }
  Agreement agreement(Day from, std::optional<Day> until = std::nullopt) const {
    return {
        .provider = "P0001", .municipality = "GM0034", .dataset = "jeugdhulp", .validFrom = from, .validUntil = until};
  }

  test::Database database_;
  postgres::Connection connection_ = database_.connect("sluis_admin");
  const Instant now_ = day(2026, 11, 22) + 12h;
};

TEST_F(Registry, ProviderComesBackAsItWasAdded) {
  const Provider given{.code = "P0002",
                       .name = "Zorg \"Noord\"",
                       .mails = {"a@b.nl", "c@d.nl"},
                       .maxFileBytes = std::uint64_t{1} << 33,
                       .quotaBytes = std::uint64_t{1} << 34,
                       .openPeriods = 3,
                       .maxDeletedShare = 0.125,
                       .maxRejectedRecords = 7};
  committed([&](auto& transaction) { addProvider(transaction, given); });
  add("P0001");
  const auto found = provider(connection_, "p0002");
  EXPECT_EQ(found.code, given.code);
  EXPECT_EQ(found.name, given.name);
  EXPECT_EQ(found.mails, given.mails);
  EXPECT_FALSE(found.suspended);
  EXPECT_EQ(found.maxFileBytes, given.maxFileBytes);
  EXPECT_EQ(found.quotaBytes, given.quotaBytes);
  EXPECT_EQ(found.openPeriods, 3);
  EXPECT_EQ(found.maxDeletedShare, 0.125);
  EXPECT_EQ(found.maxRejectedRecords, 7u);
  const auto all = providers(connection_);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].code, "P0001");
  EXPECT_EQ(all[0].maxDeletedShare, 0.20);
}

TEST_F(Registry, UnknownAndDoubleAreRefusedWithAHint) {
  add("P0001");
  refused([](auto& transaction) { addProvider(transaction, {.code = "P0001", .name = "x", .mails = {"a@b.nl"}}); });
  refused([](auto& transaction) { addProvider(transaction, {.code = "p 1", .name = "x", .mails = {"a@b.nl"}}); });
  refused([](auto& transaction) { addProvider(transaction, {.code = "P0003", .name = "x", .mails = {}}); });
  refused([](auto& transaction) { setSuspended(transaction, "P0009", true); });
  refused([](auto& transaction) { addLoginKey(transaction, {.provider = "P0009", .publicKey = "ssh-ed25519 AAAA"}); });
  refused(
      [](auto& transaction) { addLoginKey(transaction, {.provider = "P0001", .publicKey = "command=x ssh AAAA"}); });
  refused([](auto& transaction) { addSigner(transaction, {.provider = "P0009", .fingerprint = "SHA256:x"}); });
  refused([&](auto& transaction) {
    auto wrong = agreement(day(2026, 1, 1));
    wrong.municipality = "Almere";
    addAgreement(transaction, wrong);
  });
  refused([&](auto& transaction) { addAgreement(transaction, agreement(day(2026, 1, 1), day(2025, 1, 1))); });
  refused([&](auto& transaction) { endAgreement(transaction, 99, day(2026, 1, 1), now_); });
  EXPECT_EQ(findProvider(connection_, "P0009"), std::nullopt);
  EXPECT_THROW(provider(connection_, "P0009"), Error);
}

TEST_F(Registry, SuspendAndResumeSayWhetherTheyChangedAnything) {
  add("P0001");
  const auto suspend = [](bool to) {
    return [to](auto& transaction) { return setSuspended(transaction, "P0001", to); };
  };
  EXPECT_TRUE(committed(suspend(true)));
  EXPECT_FALSE(committed(suspend(true)));
  EXPECT_TRUE(provider(connection_, "P0001").suspended);
  EXPECT_TRUE(committed(suspend(false)));
  EXPECT_FALSE(provider(connection_, "P0001").suspended);
}

TEST_F(Registry, LoginKeyOpensOneDoorUntilItIsRemoved) {
  add("P0001");
  add("P0002");
  const LoginKey key{
      .provider = "P0001", .publicKey = "ssh-ed25519 AAAAC3Nz", .fingerprint = "SHA256:x", .comment = "jan"};
  committed([&](auto& transaction) { addLoginKey(transaction, key); });
  auto other = key;
  other.provider = "P0002";
  refused([&](auto& transaction) { addLoginKey(transaction, other); });
  ASSERT_EQ(loginKeys(connection_, "P0001").size(), 1u);
  EXPECT_EQ(loginKeys(connection_)[0].comment, "jan");
  const auto remove = [&](auto& transaction) { return removeLoginKey(transaction, "P0001", "SHA256:x", now_); };
  EXPECT_TRUE(committed(remove));
  EXPECT_FALSE(committed(remove));
  EXPECT_TRUE(loginKeys(connection_).empty());
  committed([&](auto& transaction) { addLoginKey(transaction, other); });
  EXPECT_EQ(loginKeys(connection_, "P0002").size(), 1u);
}

TEST_F(Registry, SignerIsKeptWhenRevokedAndMayBeSharedByProviders) {
  add("P0001");
  add("P0002");
  Signer signer{.provider = "P0001",
                .kind = SignerKind::cms,
                .publicKey = {std::byte{0x30}, std::byte{0}, std::byte{0xff}},
                .fingerprint = "SHA256:y",
                .label = "zegel",
                .validFrom = now_ - 24h,
                .validUntil = now_ + 24h};
  committed([&](auto& transaction) { addSigner(transaction, signer); });
  refused([&](auto& transaction) { addSigner(transaction, signer); });
  signer.provider = "P0002";
  committed([&](auto& transaction) { addSigner(transaction, signer); });
  EXPECT_EQ(signers(connection_).size(), 2u);
  auto found = signers(connection_, "P0001");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].publicKey, signer.publicKey);
  EXPECT_EQ(found[0].kind, SignerKind::cms);
  EXPECT_TRUE(found[0].isValidAt(now_));
  EXPECT_FALSE(found[0].isValidAt(now_ - 25h));
  EXPECT_FALSE(found[0].isValidAt(now_ + 25h));
  EXPECT_TRUE(committed([&](auto& transaction) { return revokeSigner(transaction, "P0001", "SHA256:y", now_); }));
  found = signers(connection_, "P0001");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].isValidAt(now_ - 1h));
  EXPECT_FALSE(found[0].isValidAt(now_));
}

TEST_F(Registry, AgreementSaysWhetherPeopleMayUpload) {
  add("P0001");
  Agreement person = agreement(day(2026, 1, 1), std::nullopt);
  EXPECT_EQ(person.upload, UploadBy::automation);
  person.upload = UploadBy::person;
  const auto id = committed([&](auto& transaction) { return addAgreement(transaction, person); });
  EXPECT_EQ(agreements(connection_, "P0001").at(0).upload, UploadBy::person);
  EXPECT_EQ(agreementsInForce(connection_, "P0001", "jeugdhulp", day(2026, 2, 1)).at(0).upload, UploadBy::person);
  EXPECT_EQ(committed([&](auto& t) { return endAgreement(t, id, day(2026, 3, 1), now_); }).upload, UploadBy::person);
  EXPECT_EQ(uploadByFrom("fax"), std::nullopt);
}

TEST_F(Registry, PortalsKeyStandsWithMoreThanOneProvider) {
  for (const char* code : {"P0001", "P0002"}) {
    add(code);
    Signer signer;
    signer.provider = code;
    signer.kind = SignerKind::portal;
    signer.publicKey = {std::byte{1}};
    signer.fingerprint = "SHA256:portal";
    committed([&](auto& transaction) { return addSigner(transaction, signer); });
    EXPECT_EQ(signers(connection_, code).at(0).kind, SignerKind::portal);
  }
}

TEST_F(Registry, AgreementIsInForceFromItsFirstToItsLastDay) {
  add("P0001");
  committed([&](auto& transaction) { addAgreement(transaction, agreement(day(2026, 1, 1), day(2026, 6, 30))); });
  const auto inForce = [&](Day on, std::string_view dataset = "jeugdhulp") {
    return agreementsInForce(connection_, "P0001", dataset, on).size();
  };
  EXPECT_EQ(inForce(day(2025, 12, 31)), 0u);
  EXPECT_EQ(inForce(day(2026, 1, 1)), 1u);
  EXPECT_EQ(inForce(day(2026, 6, 30)), 1u);
  EXPECT_EQ(inForce(day(2026, 7, 1)), 0u);
  EXPECT_EQ(inForce(day(2026, 1, 1), "wmo"), 0u);
}

TEST_F(Registry, AgreementsDoNotOverlap) {
  add("P0001");
  const auto tryAdd = [&](Day from, std::optional<Day> until) {
    return [this, from, until](auto& transaction) { addAgreement(transaction, agreement(from, until)); };
  };
  committed(tryAdd(day(2026, 1, 1), day(2026, 6, 30)));
  refused(tryAdd(day(2026, 6, 30), std::nullopt));
  refused(tryAdd(day(2025, 1, 1), day(2026, 1, 1)));
  refused(tryAdd(day(2025, 1, 1), std::nullopt));
  committed(tryAdd(day(2026, 7, 1), std::nullopt));
  refused(tryAdd(day(2030, 1, 1), day(2030, 2, 1)));
}

TEST_F(Registry, EndedAgreementIsNotInForceAfterItsLastDay) {
  add("P0001");
  const auto id = committed([&](auto& transaction) { return addAgreement(transaction, agreement(day(2026, 1, 1))); });
  const auto ended =
      committed([&](auto& transaction) { return endAgreement(transaction, id, day(2026, 11, 22), now_); });
  EXPECT_EQ(ended.validUntil, day(2026, 11, 22));
  EXPECT_EQ(ended.municipality, "GM0034");
  EXPECT_EQ(agreementsInForce(connection_, "P0001", "jeugdhulp", day(2026, 11, 22)).size(), 1u);
  EXPECT_EQ(agreementsInForce(connection_, "P0001", "jeugdhulp", day(2026, 11, 23)).size(), 0u);
  refused([&](auto& transaction) { endAgreement(transaction, id, day(2027, 1, 1), now_); });
}

TEST_F(Registry, AgreementEndedBeforeItBeganNeverWas) {
  add("P0001");
  const auto id = committed([&](auto& transaction) { return addAgreement(transaction, agreement(day(2027, 1, 1))); });
  committed([&](auto& transaction) { return endAgreement(transaction, id, day(2026, 11, 22), now_); });
  EXPECT_EQ(agreementsInForce(connection_, "P0001", "jeugdhulp", day(2027, 1, 1)).size(), 0u);
  ASSERT_EQ(agreements(connection_, "P0001").size(), 1u);
  committed([&](auto& transaction) { addAgreement(transaction, agreement(day(2027, 1, 1))); });
}

TEST_F(Registry, EveryChangeMovesTheCounterThatTheRosterFollows) {
  auto before = changeCounter(connection_);
  const auto moved = [&] {
    const auto now = changeCounter(connection_);
    return std::exchange(before, now) < now;
  };
  add("P0001");
  EXPECT_TRUE(moved());
  EXPECT_FALSE(moved());
  committed([](auto& transaction) {
    addLoginKey(transaction, {.provider = "P0001", .publicKey = "ssh-ed25519 AAAA", .fingerprint = "SHA256:x"});
  });
  EXPECT_TRUE(moved());
  committed([](auto& transaction) { setSuspended(transaction, "P0001", true); });
  EXPECT_TRUE(moved());
  committed([&](auto& transaction) { addAgreement(transaction, agreement(day(2026, 1, 1))); });
  EXPECT_TRUE(moved());
  {
    postgres::Transaction transaction(connection_);
    setSuspended(transaction, "P0001", false);
  }
  EXPECT_FALSE(moved());
}

}  // namespace
}  // namespace sluis::registry
