#include "reader/worker_side.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"
#include "plugin/loader.h"
#include "reader/confine.h"
#include "reader/protocol.h"
#include "reader/ring.h"

namespace sluis::reader {

namespace {

void send(const Message& message) {
  writeAll(kMessageFd, std::as_bytes(std::span(&message, 1)), "the parent of sluis-reader");
}

/// false at the end of what the parent had to say.
bool receive(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const std::size_t got = readSome(kTokenFd, bytes, "the parent of sluis-reader");
    if (got == 0) return false;
    bytes = bytes.subspan(got);
  }
  return true;
}

/// The slots that this side holds, and those it waits for.
class Slots {
 public:
  explicit Slots(std::span<std::byte> ring) : ring_(ring) {
    for (std::uint32_t i = 0; i < kSlots; ++i) free_.push_back(i);
  }

  plugin::BatchBuffer acquire() {
    if (!holds_) {
      if (free_.empty()) {
        std::uint32_t slot = 0;
        if (!receive(std::as_writable_bytes(std::span(&slot, 1))))
          throw Error(ErrorKind::protocol, "the parent has gone");
        free_.push_back(slot % kSlots);
      }
      slot_ = free_.back();
      free_.pop_back();
      holds_ = true;
    }
    return slotOf(ring_, slot_);
  }

  void send(Message message) {
    message.slot = slot_;
    holds_ = false;
    reader::send(message);
  }

  /// One row of cells; false when they do not fit.
  bool sendCells(Kind kind, const std::vector<std::string_view>& cells, std::uint64_t number = 0) {
    const plugin::BatchBuffer buffer = acquire();
    if (cells.size() > buffer.ends.size()) return false;
    std::size_t used = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].size() > buffer.text.size() - used) return false;
      if (!cells[i].empty()) std::memcpy(buffer.text.data() + used, cells[i].data(), cells[i].size());
      used += cells[i].size();
      buffer.ends[i] = static_cast<std::uint32_t>(used);
    }
    send({.kind = kind, .rows = 1, .columns = static_cast<std::uint32_t>(cells.size()), .number = number});
    return true;
  }

 private:
  std::span<std::byte> ring_;
  std::vector<std::uint32_t> free_;
  std::uint32_t slot_ = 0;
  bool holds_ = false;
};

class SlotSink final : public plugin::BatchSink {
 public:
  explicit SlotSink(Slots& slots) : slots_(slots) {}

  void header(std::span<const std::string> columns, std::string_view detected) override {
    std::vector<std::string_view> cells(columns.begin(), columns.end());
    cells.push_back(detected);
    if (!slots_.sendCells(Kind::header, cells)) throw plugin::Unreadable("De kolomnamen zijn te lang.");
  }
  plugin::BatchBuffer acquire() override { return slots_.acquire(); }
  void commit(std::uint32_t rows, std::uint32_t columns) override {
    slots_.send({.kind = Kind::rows, .rows = rows, .columns = columns});
  }

 private:
  Slots& slots_;
};

class InputSource final : public plugin::ByteSource {
 public:
  std::size_t read(std::span<char> buffer) override {
    return readSome(kInputFd, std::as_writable_bytes(buffer), "the delivery");
  }
  std::uint64_t size() override {
    // Not fstat: that is a call with a path, and the worker has none of those.
    const off_t here = ::lseek(kInputFd, 0, SEEK_CUR);
    const off_t end = ::lseek(kInputFd, 0, SEEK_END);
    if (here < 0 || end < 0 || ::lseek(kInputFd, here, SEEK_SET) < 0) throwErrno("cannot read the delivery");
    return static_cast<std::uint64_t>(end);
  }
  std::size_t readAt(std::uint64_t offset, std::span<char> buffer) override {
    const auto bytes = std::as_writable_bytes(buffer);
    std::size_t done = 0;
    while (done < bytes.size()) {
      const std::size_t got = readSomeAt(kInputFd, offset + done, bytes.subspan(done), "the delivery");
      if (got == 0) break;
      done += got;
    }
    return done;
  }
};

void readFormat(plugin::FormatReader& reader, std::string_view layout, Slots& slots) {
  InputSource source;
  SlotSink sink(slots);
  try {
    reader.read(source, layout, sink);
    send({.kind = Kind::done});
  } catch (const plugin::Unreadable& e) {
    slots.sendCells(Kind::unreadable, {std::string_view(e.what()).substr(0, 1000)}, e.line);
  } catch (const std::bad_alloc&) {
    slots.sendCells(Kind::unreadable, {"Het bestand vraagt bij het lezen meer geheugen dan is toegestaan."});
  }
}

void readSignature(plugin::SignatureParser& parser, Slots& slots) {
  Bytes bytes(kLongestSignature + 1);
  std::size_t size = 0;
  for (std::size_t got = 1; got > 0 && size < bytes.size(); size += got)
    got = readSome(kInputFd, std::span(bytes).subspan(size), "the signature");
  const auto facts = size > kLongestSignature ? std::nullopt : parser.parse(std::span(bytes).first(size));
  if (!facts ||
      !slots.sendCells(Kind::facts, {facts->scheme, facts->nameSpace, facts->digestAlgorithm, facts->signatureAlgorithm,
                                     facts->signatureDigest, asText(facts->signerKey), asText(facts->signerId),
                                     asText(facts->signedAttributes), asText(facts->signature)}))
    send({.kind = Kind::noFacts});
}

struct Job {
  JobKind kind{};
  std::string plugin;
  std::string layout;
};

/// The first bytes from the parent, and the file to read with them, which becomes kInputFd. nullopt when the parent has
/// gone without a word: there was no job.
std::optional<Job> receiveJob() {
  JobHead head;
  iovec part{&head, sizeof head};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t got = 0;
  do got = ::recvmsg(kTokenFd, &message, MSG_WAITALL | MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got == 0) return std::nullopt;
  const cmsghdr* rights = CMSG_FIRSTHDR(&message);
  int input = -1;
  if (rights != nullptr && rights->cmsg_type == SCM_RIGHTS && rights->cmsg_len == CMSG_LEN(sizeof input))
    std::memcpy(&input, CMSG_DATA(rights), sizeof input);
  if (got != sizeof head || head.pluginSize > kLongestPluginName || head.layoutSize > kLongestLayout ||
      ::dup2(input, kInputFd) < 0)
    throw Error(ErrorKind::protocol, "this is no job");
  ::close(input);
  Job job{head.kind, std::string(head.pluginSize, '\0'), std::string(head.layoutSize, '\0')};
  if (!receive(std::as_writable_bytes(std::span(job.plugin))) ||
      !receive(std::as_writable_bytes(std::span(job.layout))))
    throw Error(ErrorKind::protocol, "the parent has gone");
  return job;
}

}  // namespace

int work(const std::string& pluginDirectory, const std::string& expectedFormat) {
  forbidCoreDumps();
  const Ring ring = Ring::map(kRingFd);
  Slots slots(ring.memory());
  Confinement confinement;
  // While nobody waits. Should it fail, that is told to who wants it.
  std::optional<plugin::Loader> expected;
  try {
    if (!expectedFormat.empty()) expected.emplace(pluginDirectory, std::vector<std::string>{"format"}, expectedFormat);
  } catch (const Error&) {
  }
  const std::optional<Job> job = receiveJob();
  if (!job) return 0;
  std::shared_ptr<plugin::FormatReader> format;
  std::shared_ptr<plugin::SignatureParser> signature;
  try {
    const bool isFormat = job->kind == JobKind::format;
    if (!expected || !isFormat || job->plugin != expectedFormat)
      expected.emplace(pluginDirectory, std::vector<std::string>{isFormat ? "format" : "signature"}, job->plugin);
    if (isFormat)
      format = expected->format(job->plugin);
    else
      signature = expected->signature(job->plugin);
    confinement.enter();
  } catch (const Error& e) {
    slots.sendCells(Kind::cannotStart, {std::string_view(e.what()).substr(0, 1000)});
    return 1;
  }
  send({.kind = Kind::ready});
  if (format)
    readFormat(*format, job->layout, slots);
  else
    readSignature(*signature, slots);
  return 0;
}

}  // namespace sluis::reader
