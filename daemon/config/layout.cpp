#include "config/layout.h"

#include "base/error.h"

#ifndef SLUIS_PLUGIN_INSTALL_DIR
#define SLUIS_PLUGIN_INSTALL_DIR "lib/sluis/plugins"
#endif

namespace sluis::config {

namespace fs = std::filesystem;

Layout layoutOf(const fs::path& executable) {
  const fs::path bin = executable.parent_path();
  const fs::path root = bin.parent_path();
  // A build folder has bin/, plugins/ and share/ beside each other; nothing installed looks like that. A test program
  // lies in bin/ too.
  if (fs::is_directory(root / "plugins") && fs::is_directory(root / "share"))
    return {bin, bin, bin / "sluis-reader", bin / "sluis-snapshot", root / "plugins", root / "share"};
  // sluis lies in bin/, the daemons in sbin/, the workers in libexec/sluis/.
  const fs::path prefix = root.filename() == "libexec" ? root.parent_path() : root;
  const fs::path workers = prefix / "libexec/sluis";
  return {prefix / "bin",
          prefix / "sbin",
          workers / "sluis-reader",
          workers / "sluis-snapshot",
          prefix / SLUIS_PLUGIN_INSTALL_DIR,
          prefix / "share/sluis"};
}

Layout layout() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (error) throw Error(ErrorKind::system, "cannot tell where this program lies: " + error.message());
  return layoutOf(self);
}

}  // namespace sluis::config
