// The SFTP conversation of one session: requests in, replies out, a provider's folder in between.
//
// Knows nothing of SSH. A request that cannot be understood or is not offered is answered, not punished; only a stream
// whose frames are lost ends the conversation. Takes no more requests while too many replies wait to be sent.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/fd.h"
#include "gate/provider_folder.h"
#include "gate/sftp_codec.h"

namespace sluis::gate {

class SftpServer {
 public:
  /// `user` is named in log lines. `folder` outlives the server.
  SftpServer(std::string user, ProviderFolder& folder);
  /// Uploads that are still open stay on disk as far as they have come.
  ~SftpServer();
  SftpServer(const SftpServer&) = delete;
  SftpServer& operator=(const SftpServer&) = delete;

  /// Answers the whole requests in `bytes`; returns how many bytes these were.
  std::size_t receive(BytesView bytes);
  /// receive() has stopped early, until replies have been sent.
  bool congested() const { return replies_.pending().size() >= kMostPending; }
  /// The stream makes no sense any more, or was never SFTP; nothing further is answered.
  bool lost() const { return lost_; }

  BytesView pending() const { return replies_.pending(); }
  void sent(std::size_t size) { replies_.sent(size); }

  /// Sentences for the person at the other end, since the last call.
  std::vector<std::string> takeNotices();

  static constexpr std::size_t kMaxHandles = 64;

 private:
  struct Listing {
    std::vector<NamedAttributes> entries;
    std::size_t next = 0;
  };
  struct Download {
    Fd file;
    ViewPath path;
  };
  using Open = std::variant<std::monostate, Upload, Download, Listing>;
  struct Slot {
    std::uint32_t generation = 0;
    Open open;
  };

  static constexpr std::size_t kMostPending = 512 << 10;

  void handle(BytesView body);
  void dispatch(Request request, std::uint32_t id, Fields& fields);
  void onOpen(std::uint32_t id, Fields& fields);
  void onOpendir(std::uint32_t id, Fields& fields);
  void onClose(std::uint32_t id, Fields& fields);
  void onRead(std::uint32_t id, Fields& fields);
  void onWrite(std::uint32_t id, Fields& fields);
  void onReaddir(std::uint32_t id, Fields& fields);
  void onStat(std::uint32_t id, Fields& fields);
  void onFstat(std::uint32_t id, Fields& fields);
  void onSetstat(std::uint32_t id, Fields& fields);
  void onFsetstat(std::uint32_t id, Fields& fields);
  void onRemove(std::uint32_t id, Fields& fields);
  void onRename(std::uint32_t id, Fields& fields, bool replace);
  void onRealpath(std::uint32_t id, Fields& fields);
  void onExtended(std::uint32_t id, Fields& fields);
  void onFsync(std::uint32_t id, Fields& fields);

  void add(std::uint32_t id, Open open);
  /// nullptr when there is no such handle, or not of this kind; the request is then answered already.
  template <typename Kind>
  Kind* find(std::uint32_t id, Fields& fields);
  Slot* slotOf(std::string_view handle);
  /// nullopt when the packet or the path cannot be; the request is then answered already.
  std::optional<ViewPath> path(std::uint32_t id, Fields& fields);
  void ok(std::uint32_t id) { replies_.status(id, Status::ok, ""); }
  void refused(std::uint32_t id, const Refusal& refusal);
  void answer(std::uint32_t id, const Answer<void>& result);

  std::string user_;
  ProviderFolder& folder_;
  Replies replies_;
  std::array<Slot, kMaxHandles> slots_;
  std::vector<std::string> notices_;
  bool begun_ = false;
  bool lost_ = false;
};

}  // namespace sluis::gate
