#include "postgres/migrate.h"

#include <gtest/gtest.h>

#include "support/database.h"

namespace sluis::postgres {
namespace {

const std::filesystem::path kMigrations = std::filesystem::path(SLUIS_SOURCE_DIR) / "sql/migrations";

class Migrate : public testing::Test {
 protected:
  Migrate() {
    auto name = (std::filesystem::temp_directory_path() / "sluis-migrate-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Migrate() override { std::filesystem::remove_all(folder_); }
  void file(const std::string& name, const std::string& sql) { std::ofstream(folder_ / name) << sql; }

  std::filesystem::path folder_;
  test::Database database_{"bare"};
  Connection connection_ = database_.connect();
};

TEST_F(Migrate, ThisBuildSpeaksTheNewestMigration) {
  EXPECT_EQ(schemaVersion(connection_), 0);
  EXPECT_THROW(requireSchema(connection_), Error);
  const auto before = schemaStatus(connection_, kMigrations);
  EXPECT_EQ(before.version(), 0);
  EXPECT_EQ(before.pending.size(), static_cast<std::size_t>(kSchemaVersion));
  EXPECT_EQ(migrate(connection_, kMigrations).size(), before.pending.size());
  requireSchema(connection_);
  const auto after = schemaStatus(connection_, kMigrations);
  EXPECT_EQ(after.version(), kSchemaVersion);
  EXPECT_TRUE(after.pending.empty());
  EXPECT_TRUE(after.problems.empty());
  EXPECT_TRUE(migrate(connection_, kMigrations).empty());
}

TEST_F(Migrate, TablesBelongToTheOwnerNotToWhoMigrates) {
  migrate(connection_, kMigrations);
  const auto others = connection_.exec(
      "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
      " WHERE nspname IN ('register', 'intake', 'care', 'audit', 'outbox', 'sluis')"
      " AND relowner <> 'sluis_owner'::regrole");
  EXPECT_TRUE(others.empty());
}

TEST_F(Migrate, FileThatFailsLeavesNothingAndThoseBeforeStay) {
  file("0001_one.sql", "CREATE TABLE public.one (n int)");
  file("0002_two.sql", "CREATE TABLE public.two (n int); SELECT 1/0");
  connection_.exec("GRANT CREATE ON SCHEMA public TO sluis_owner");
  EXPECT_THROW(migrate(connection_, folder_), Error);
  EXPECT_EQ(schemaVersion(connection_), 1);
  EXPECT_TRUE(connection_.exec("SELECT to_regclass('public.two')").only().isNull(0));
  file("0002_two.sql", "CREATE TABLE public.two (n int)");
  EXPECT_EQ(migrate(connection_, folder_).size(), 1u);
  EXPECT_EQ(schemaVersion(connection_), 2);
}

TEST_F(Migrate, EditedOrLostMigrationIsNamed) {
  connection_.exec("GRANT CREATE ON SCHEMA public TO sluis_owner");
  file("0001_one.sql", "CREATE TABLE public.one (n int)");
  file("0002_two.sql", "CREATE TABLE public.two (n int)");
  migrate(connection_, folder_);
  file("0001_one.sql", "CREATE TABLE public.one (n bigint)");
  EXPECT_EQ(schemaStatus(connection_, folder_).problems.size(), 1u);
  EXPECT_THROW(migrate(connection_, folder_), Error);
  std::filesystem::remove(folder_ / "0002_two.sql");
  EXPECT_EQ(schemaStatus(connection_, folder_).problems.size(), 2u);
}

TEST_F(Migrate, MisnamedGappedAndEmptyFoldersAreRefused) {
  EXPECT_THROW(schemaStatus(connection_, folder_), Error);
  file("0002_two.sql", "SELECT 1");
  EXPECT_THROW(schemaStatus(connection_, folder_), Error);
  file("0001_one.sql", "SELECT 1");
  EXPECT_EQ(schemaStatus(connection_, folder_).pending.size(), 2u);
  file("three.sql", "SELECT 1");
  EXPECT_THROW(schemaStatus(connection_, folder_), Error);
  EXPECT_THROW(schemaStatus(connection_, folder_ / "absent"), Error);
}

TEST_F(Migrate, NewerDatabaseIsRefused) {
  migrate(connection_, kMigrations);
  connection_.exec("INSERT INTO sluis.migration (version, name, sha256) VALUES (9999, 'later', '')");
  try {
    requireSchema(connection_);
    FAIL() << "accepted a newer schema";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("9999"), std::string::npos);
  }
}

// What each program may do is the last line of defence: held here, table by table.
class Roles : public testing::Test {
 protected:
  bool may(const std::string& user, const std::string& sql) {
    auto connection = database_.connect(user);
    try {
      Transaction transaction(connection);
      transaction.exec(sql);
      return true;
    } catch (const DatabaseError& error) {
      EXPECT_EQ(error.sqlState(), "42501") << sql << ": " << error.what();
      return false;
    }
  }
  test::Database database_;
};

TEST_F(Roles, TheDaemonCanExtendTheLogButNotChangeIt) {
  EXPECT_TRUE(may("sluis_daemon", "SELECT count(*) FROM audit.entry"));
  EXPECT_FALSE(may("sluis_daemon", "UPDATE audit.entry SET entry = ''"));
  EXPECT_FALSE(may("sluis_daemon", "DELETE FROM audit.entry"));
  EXPECT_FALSE(may("sluis_daemon", "TRUNCATE audit.entry"));
  EXPECT_FALSE(may("sluis_daemon", "ALTER TABLE audit.entry DISABLE TRIGGER ALL"));
}

TEST_F(Roles, NotEvenASuperuserChangesTheLogByTheWay) {
  EXPECT_FALSE(may("postgres", "UPDATE audit.entry SET entry = ''"));
  EXPECT_FALSE(may("postgres", "DELETE FROM audit.entry"));
  EXPECT_FALSE(may("postgres", "TRUNCATE audit.entry"));
}

TEST_F(Roles, TheDaemonMakesNoTablesAndLetsNobodyIn) {
  EXPECT_FALSE(may("sluis_daemon", "CREATE TABLE public.t (n int)"));
  EXPECT_FALSE(may("sluis_daemon", "CREATE SCHEMA mine"));
  // What an operator asks for at the portal, and no more.
  EXPECT_TRUE(may("sluis_daemon", "UPDATE register.provider SET suspended = false"));
  EXPECT_FALSE(may("sluis_daemon", "UPDATE register.provider SET code = 'X'"));
  EXPECT_FALSE(may("sluis_daemon", "DELETE FROM register.provider"));
  EXPECT_FALSE(may("sluis_daemon", "UPDATE register.agreement SET municipality = 'GM0001'"));
  EXPECT_FALSE(may("sluis_daemon", "UPDATE register.signer SET revoked_at = NULL"));
  EXPECT_FALSE(
      may("sluis_daemon", "INSERT INTO register.login_key (provider, public_key, fingerprint) VALUES ('', '', '')"));
  EXPECT_TRUE(may("sluis_daemon", "SELECT * FROM register.provider"));
  EXPECT_FALSE(may("sluis_daemon", "UPDATE care.trajectory SET form = 1"));
}

TEST_F(Roles, TheCommandLineSeesNoRecords) {
  EXPECT_FALSE(may("sluis_admin", "SELECT count(*) FROM care.trajectory"));
  EXPECT_TRUE(may("sluis_admin", "SELECT count(*) FROM care.batch"));
  EXPECT_TRUE(may("sluis_admin", "UPDATE register.provider SET suspended = true"));
  EXPECT_FALSE(may("sluis_admin", "DELETE FROM register.provider"));
  EXPECT_FALSE(may("sluis_admin", "DELETE FROM audit.entry"));
  EXPECT_FALSE(may("sluis_admin", "UPDATE intake.delivery SET state = 'accepted'"));
}

}  // namespace
}  // namespace sluis::postgres
