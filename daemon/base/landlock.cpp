#include "base/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace sluis {

namespace {

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWrite =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;
constexpr std::uint64_t kSocket = LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE;
constexpr std::uint64_t kAll = kRead | kWrite | kSocket | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                               LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                               LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                               LANDLOCK_ACCESS_FS_MAKE_SYM;
// What can be allowed on a file; more than that is an error there.
constexpr std::uint64_t kOnFiles = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;

std::uint64_t accessOf(const Reachable& place) {
  const std::uint64_t access = place.right == FileRight::read        ? kRead
                               : place.right == FileRight::readWrite ? kRead | kWrite
                                                                     : kSocket;
  struct stat found {};
  if (::fstat(place.place.get(), &found) != 0) throwErrno("cannot look at a place to keep to");
  return S_ISDIR(found.st_mode) ? access : access & kOnFiles;
}

}  // namespace

Reachable reachable(const std::filesystem::path& place, FileRight right) {
  return {Fd(::open(place.c_str(), O_PATH | O_CLOEXEC)), right};
}

void reachOnly(std::span<const Reachable> places) {
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = kAll;
  const Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0)));
  if (!ruleset) {
    if (errno == ENOSYS || errno == EOPNOTSUPP) return;
    throwErrno("cannot keep to some files");
  }
  for (const Reachable& each : places) {
    if (!each.place) continue;
    landlock_path_beneath_attr beneath{};
    beneath.allowed_access = accessOf(each);
    beneath.parent_fd = each.place.get();
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0)
      throwErrno("cannot keep to some files");
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throwErrno("cannot give up new privileges");
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) throwErrno("cannot keep to some files");
}

}  // namespace sluis
