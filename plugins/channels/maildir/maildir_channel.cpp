#include "maildir/maildir_channel.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <exception>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"

namespace sluis::channel_maildir {

namespace fs = std::filesystem;

namespace {

// What a killed process left in tmp/ may go after this time, the Maildir convention says.
constexpr std::chrono::hours kStale{36};

void removeStale(const fs::path& folder) {
  std::error_code ignored;
  const auto limit = fs::file_time_type::clock::now() - kStale;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.is_regular_file(ignored) && entry.last_write_time(ignored) < limit) fs::remove(entry.path(), ignored);
}

std::string hostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  std::string host(name.data());
  // As the convention wants it: neither may stand in a file name of a Maildir.
  for (char& c : host)
    if (c == '/' || c == ':') c = '-';
  return host;
}

}  // namespace

void MaildirChannel::open(const plugin::ChannelSettings& settings) {
  for (const auto& [name, value] : settings.values)
    if (name != "path") throw Error(ErrorKind::config, fmt::format("the channel maildir has no setting \"{}\"", name));
  const auto path = settings.values.find("path");
  if (path == settings.values.end() || !fs::path(path->second).is_absolute())
    throw Error(ErrorKind::config, "the channel maildir needs the setting \"path\": an absolute path");
  folder_ = path->second;
  host_ = hostName();
  for (const char* part : {"tmp", "new", "cur"}) {
    std::error_code failed;
    fs::create_directories(folder_ / part, failed);
    if (failed)
      throw Error(ErrorKind::disk, fmt::format("cannot make {}: {}", (folder_ / part).string(), failed.message()));
  }
  removeStale(folder_ / "tmp");
}

std::string MaildirChannel::uniqueName() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("{}.M{:06}P{}Q{}.{}", seconds.count(),
                     std::chrono::duration_cast<std::chrono::microseconds>(now - seconds).count(), ::getpid(), ++count_,
                     host_);
}

plugin::DeliveryReport MaildirChannel::deliver(const plugin::Message& message) {
  const std::string name = uniqueName();
  const fs::path written = folder_ / "tmp" / name;
  try {
    const Fd file = openFile(written, O_WRONLY | O_CREAT | O_EXCL, 0640);
    writeAll(file.get(), message.bytes, written.string());
    if (::fsync(file.get()) != 0) throwErrno(fmt::format("cannot write {}", written.string()));
    renameDurably(written, folder_ / "new" / name);
    return {plugin::Outcome::delivered, {}};
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove(written, ignored);
    return {plugin::Outcome::tryLater, error.what()};
  }
}

}  // namespace sluis::channel_maildir
