// The SFTP conversation, fed by a stranger: the input is the channel's bytes, cut at hostile places.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/log.h"
#include "gate/sftp_server.h"

namespace {

namespace fs = std::filesystem;

fs::path makeFolder() {
  sluis::log::setLevel(sluis::log::Level::error);
  std::string name = "/tmp/sluis_fuzz_XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  static const std::string made = name;
  std::atexit([] { fs::remove_all(made); });
  return name;
}

void empty(const fs::path& base) {
  for (const char* folder : {"inbox", "test", "outbox", ".taken"}) {
    fs::create_directory(base / folder);
    for (const auto& entry : fs::directory_iterator(base / folder)) fs::remove_all(entry);
  }
  sluis::writeAll(sluis::openFile(base / "outbox" / "r", O_WRONLY | O_CREAT).get(), "receipt", "r");
  sluis::writeAll(sluis::openFile(base / ".taken" / "t", O_WRONLY | O_CREAT).get(), "5 6\n", "t");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fs::path base = makeFolder();
  if (size == 0) return 0;
  empty(base);
  const std::size_t step = data[0] == 0 ? size : data[0];
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);

  sluis::gate::ProviderFolder folder(sluis::openFile(base, O_RDONLY | O_DIRECTORY),
                                     {.maxFileBytes = 4096, .quotaBytes = 8192});
  sluis::gate::SftpServer server("p0001", folder);
  std::size_t done = 0;
  for (std::size_t offered = 0; !server.lost() && offered < bytes.size();) {
    offered = std::min(offered + step, bytes.size());
    done += server.receive(bytes.subspan(done, offered - done));
    if (done > offered) std::abort();
    server.sent(server.pending().size());
  }
  server.takeNotices();
  // Nothing but the four folders, whatever was asked.
  std::size_t entries = 0;
  for (const auto& entry : fs::directory_iterator(base)) entries += entry.is_directory() ? 1 : 100;
  if (entries != 4) std::abort();
  return 0;
}
