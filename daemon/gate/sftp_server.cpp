#include "gate/sftp_server.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"

namespace sluis::gate {

namespace {

constexpr std::uint32_t kProtocol = 3;
constexpr std::size_t kNamesInOneReply = 128;
constexpr std::size_t kMostNotices = 20;

std::string handleText(std::size_t index, std::uint32_t generation) {
  std::string text(8, '\0');
  for (std::size_t i = 0; i < 4; ++i) {
    text[i] = static_cast<char>(index >> (24 - 8 * i));
    text[4 + i] = static_cast<char>(generation >> (24 - 8 * i));
  }
  return text;
}

}  // namespace

SftpServer::SftpServer(std::string user, ProviderFolder& folder) : user_(std::move(user)), folder_(folder) {}

SftpServer::~SftpServer() {
  for (Slot& slot : slots_)
    if (auto* upload = std::get_if<Upload>(&slot.open)) upload->abandon(user_);
}

std::size_t SftpServer::receive(BytesView bytes) {
  std::size_t done = 0;
  while (!lost_ && !congested()) {
    const Frame frame = nextFrame(bytes.subspan(done));
    if (frame.kind == Frame::Kind::incomplete) break;
    if (frame.kind == Frame::Kind::broken) {
      lost_ = true;
      notices_.emplace_back("a packet longer than this server takes; goodbye");
      break;
    }
    handle(frame.body);
    done += frame.length;
  }
  return done;
}

void SftpServer::handle(BytesView body) {
  Fields fields(body);
  const auto request = static_cast<Request>(fields.u8());
  if (!begun_) {
    fields.u32();
    if (request != Request::init || !fields.all()) {
      lost_ = true;
      return;
    }
    begun_ = true;
    replies_.version(kProtocol,
                     {{"posix-rename@openssh.com", "1"}, {"fsync@openssh.com", "1"}, {"limits@openssh.com", "1"}});
    return;
  }
  const std::uint32_t id = fields.u32();
  if (!fields.all()) {
    lost_ = true;
    return;
  }
  dispatch(request, id, fields);
}

void SftpServer::dispatch(Request request, std::uint32_t id, Fields& fields) {
  switch (request) {
    case Request::write:
      return onWrite(id, fields);
    case Request::read:
      return onRead(id, fields);
    case Request::open:
      return onOpen(id, fields);
    case Request::close:
      return onClose(id, fields);
    case Request::opendir:
      return onOpendir(id, fields);
    case Request::readdir:
      return onReaddir(id, fields);
    case Request::stat:
    case Request::lstat:
      return onStat(id, fields);
    case Request::fstat:
      return onFstat(id, fields);
    case Request::setstat:
      return onSetstat(id, fields);
    case Request::fsetstat:
      return onFsetstat(id, fields);
    case Request::remove:
      return onRemove(id, fields);
    case Request::rename:
      return onRename(id, fields, false);
    case Request::realpath:
      return onRealpath(id, fields);
    case Request::extended:
      return onExtended(id, fields);
    case Request::mkdir:
    case Request::rmdir:
      return replies_.status(id, Status::permissionDenied, "folders cannot be made or removed here");
    case Request::readlink:
    case Request::symlink:
      return replies_.status(id, Status::opUnsupported, "there are no links here");
    case Request::init:
      break;
  }
  replies_.status(id, Status::opUnsupported, "this server does not know that request");
}

void SftpServer::refused(std::uint32_t id, const Refusal& refusal) {
  replies_.status(id, refusal.status, refusal.text);
  if (refusal.tellPerson && notices_.size() < kMostNotices) notices_.push_back(refusal.text);
}

void SftpServer::answer(std::uint32_t id, const Answer<void>& result) {
  if (result)
    ok(id);
  else
    refused(id, result.error());
}

std::vector<std::string> SftpServer::takeNotices() {
  return std::exchange(notices_, {});
}

std::optional<ViewPath> SftpServer::path(std::uint32_t id, Fields& fields) {
  const std::string_view text = fields.text();
  if (!fields.all()) {
    replies_.status(id, Status::badMessage, "a field is missing");
    return std::nullopt;
  }
  auto parsed = parseViewPath(text);
  if (!parsed) replies_.status(id, Status::noSuchFile, "name not allowed");
  return parsed;
}

SftpServer::Slot* SftpServer::slotOf(std::string_view handle) {
  if (handle.size() != 8) return nullptr;
  Fields fields(asBytes(handle));
  const std::uint32_t index = fields.u32();
  const std::uint32_t generation = fields.u32();
  if (index >= slots_.size() || slots_[index].generation != generation) return nullptr;
  Slot& slot = slots_[index];
  return std::holds_alternative<std::monostate>(slot.open) ? nullptr : &slot;
}

template <typename Kind>
Kind* SftpServer::find(std::uint32_t id, Fields& fields) {
  Slot* slot = slotOf(fields.text());
  Kind* open = slot != nullptr ? std::get_if<Kind>(&slot->open) : nullptr;
  if (open == nullptr) replies_.status(id, Status::failure, "no such handle");
  return open;
}

void SftpServer::add(std::uint32_t id, Open open) {
  const auto slot = std::find_if(slots_.begin(), slots_.end(),
                                 [](const Slot& s) { return std::holds_alternative<std::monostate>(s.open); });
  if (slot == slots_.end()) return replies_.status(id, Status::failure, "too many files are open");
  ++slot->generation;
  slot->open = std::move(open);
  replies_.handle(id, handleText(static_cast<std::size_t>(slot - slots_.begin()), slot->generation));
}

void SftpServer::onOpen(std::uint32_t id, Fields& fields) {
  const auto where = path(id, fields);
  if (!where) return;
  const std::uint32_t flags = fields.u32();
  fields.attributes();
  if (!fields.all()) return replies_.status(id, Status::badMessage, "a field is missing");
  const bool full = std::none_of(slots_.begin(), slots_.end(),
                                 [](const Slot& s) { return std::holds_alternative<std::monostate>(s.open); });
  // Before the file is made, which would otherwise be left behind empty.
  if (full) return replies_.status(id, Status::failure, "too many files are open");
  if ((flags & (kOpenWrite | kOpenAppend | kOpenCreate | kOpenTruncate)) != 0) {
    auto upload = folder_.openUpload(*where, flags);
    if (!upload) return refused(id, upload.error());
    return add(id, std::move(*upload));
  }
  auto file = folder_.openDownload(*where);
  if (!file) return refused(id, file.error());
  add(id, Download{std::move(*file), *where});
}

void SftpServer::onOpendir(std::uint32_t id, Fields& fields) {
  const auto where = path(id, fields);
  if (!where) return;
  auto entries = folder_.list(*where);
  if (!entries) return refused(id, entries.error());
  add(id, Listing{std::move(*entries), 0});
}

void SftpServer::onClose(std::uint32_t id, Fields& fields) {
  Slot* slot = slotOf(fields.text());
  if (slot == nullptr) return replies_.status(id, Status::failure, "no such handle");
  Open open = std::exchange(slot->open, std::monostate{});
  auto* upload = std::get_if<Upload>(&open);
  if (upload == nullptr) return ok(id);
  const auto finished = upload->finish(user_);
  if (!finished) {
    folder_.rememberRefused(upload->path(), finished.error());
    return replies_.status(id, finished.error().status, finished.error().text);
  }
  folder_.remember(upload->path(), *finished);
  ok(id);
}

void SftpServer::onRead(std::uint32_t id, Fields& fields) {
  if (const Slot* slot = slotOf(Fields(fields).text()); slot != nullptr && std::holds_alternative<Upload>(slot->open))
    return replies_.status(id, Status::permissionDenied, "what has been sent cannot be read back");
  const auto* download = find<Download>(id, fields);
  if (download == nullptr) return;
  const std::uint64_t offset = fields.u64();
  const std::size_t wanted = std::min<std::size_t>(fields.u32(), kMaxData);
  if (!fields.all() || offset > INT64_MAX) return replies_.status(id, Status::badMessage, "a field is missing");
  int errnum = 0;
  const bool put = replies_.data(id, wanted, [&](std::span<std::byte> room) -> std::optional<std::size_t> {
    const ssize_t n = ::pread(download->file.get(), room.data(), room.size(), static_cast<off_t>(offset));
    if (n < 0) errnum = errno;
    return n > 0 ? std::optional(static_cast<std::size_t>(n)) : std::nullopt;
  });
  if (put) return;
  if (errnum != 0) return refused(id, refusalFor(errnum));
  replies_.status(id, Status::eof, "end of file");
}

void SftpServer::onWrite(std::uint32_t id, Fields& fields) {
  auto* upload = find<Upload>(id, fields);
  if (upload == nullptr) return;
  const std::uint64_t offset = fields.u64();
  const BytesView bytes = fields.bytes();
  if (!fields.all()) return replies_.status(id, Status::badMessage, "a field is missing");
  answer(id, upload->write(offset, bytes));
}

void SftpServer::onReaddir(std::uint32_t id, Fields& fields) {
  auto* listing = find<Listing>(id, fields);
  if (listing == nullptr) return;
  if (listing->next == listing->entries.size()) return replies_.status(id, Status::eof, "no more names");
  const auto first = listing->entries.begin() + static_cast<std::ptrdiff_t>(listing->next);
  const std::size_t count = std::min(kNamesInOneReply, listing->entries.size() - listing->next);
  replies_.names(id, {first, first + static_cast<std::ptrdiff_t>(count)});
  listing->next += count;
}

void SftpServer::onStat(std::uint32_t id, Fields& fields) {
  const auto where = path(id, fields);
  if (!where) return;
  const auto found = folder_.attributes(*where);
  if (!found) return refused(id, found.error());
  replies_.attributes(id, *found);
}

void SftpServer::onFstat(std::uint32_t id, Fields& fields) {
  Slot* slot = slotOf(fields.text());
  if (slot == nullptr) return replies_.status(id, Status::failure, "no such handle");
  const auto* download = std::get_if<Download>(&slot->open);
  const auto* upload = std::get_if<Upload>(&slot->open);
  const auto found =
      upload != nullptr ? upload->attributes() : folder_.attributes(download != nullptr ? download->path : ViewPath{});
  if (!found) return refused(id, found.error());
  replies_.attributes(id, *found);
}

void SftpServer::onSetstat(std::uint32_t id, Fields& fields) {
  const auto where = path(id, fields);
  if (!where) return;
  const Attributes wanted = fields.attributes();
  if (!fields.all()) return replies_.status(id, Status::badMessage, "a field is missing");
  if (wanted.size) return answer(id, folder_.truncate(*where, *wanted.size));
  const auto found = folder_.attributes(*where);
  if (!found) return refused(id, found.error());
  // Times and permissions are ours to decide; clients set them unasked (scp -p, WinSCP) and give up when refused.
  if (where->place == Place::inbox || where->place == Place::test) return ok(id);
  replies_.status(id, Status::permissionDenied, "read only");
}

void SftpServer::onFsetstat(std::uint32_t id, Fields& fields) {
  Slot* slot = slotOf(fields.text());
  if (slot == nullptr) return replies_.status(id, Status::failure, "no such handle");
  const Attributes wanted = fields.attributes();
  if (!fields.all()) return replies_.status(id, Status::badMessage, "a field is missing");
  auto* upload = std::get_if<Upload>(&slot->open);
  if (upload == nullptr) return replies_.status(id, Status::permissionDenied, "read only");
  if (wanted.size) return answer(id, upload->truncate(*wanted.size));
  ok(id);
}

void SftpServer::onRemove(std::uint32_t id, Fields& fields) {
  const auto where = path(id, fields);
  if (where) answer(id, folder_.remove(*where));
}

void SftpServer::onRename(std::uint32_t id, Fields& fields, bool replace) {
  const auto from = path(id, fields);
  if (!from) return;
  const auto to = path(id, fields);
  if (!to) return;
  const auto renamed = folder_.rename(*from, *to, replace);
  if (renamed) {
    for (Slot& slot : slots_) {
      auto* upload = std::get_if<Upload>(&slot.open);
      if (upload != nullptr && upload->path().text == from->text) upload->renamedTo(*to);
    }
  }
  answer(id, renamed);
}

void SftpServer::onRealpath(std::uint32_t id, Fields& fields) {
  const auto where = path(id, fields);
  if (where) replies_.path(id, where->text);
}

void SftpServer::onExtended(std::uint32_t id, Fields& fields) {
  const std::string_view name = fields.text();
  if (!fields.all()) return replies_.status(id, Status::badMessage, "a field is missing");
  if (name == "posix-rename@openssh.com") return onRename(id, fields, true);
  if (name == "fsync@openssh.com") return onFsync(id, fields);
  if (name == "limits@openssh.com") return replies_.extended(id, {kMaxFrame, kMaxData, kMaxData, kMaxHandles});
  if (name == "hardlink@openssh.com") return replies_.status(id, Status::opUnsupported, "there are no links here");
  replies_.status(id, Status::opUnsupported, "this server does not know that request");
}

void SftpServer::onFsync(std::uint32_t id, Fields& fields) {
  auto* upload = find<Upload>(id, fields);
  if (upload != nullptr) answer(id, upload->sync());
}

}  // namespace sluis::gate
