#include "reader/line.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "base/secret.h"
#include "reader/safe_text.h"

namespace sluis::reader {

namespace {

using namespace std::chrono_literals;

constexpr auto kReadyWithin = 30s;

Refusal unreadable(const char* dutch) {
  return {RefusalCode::FMT01, dutch};
}

Refusal endedEarly() {
  return unreadable(
      "Het leesprogramma is op dit bestand vastgelopen; exporteer het opnieuw en lever het nog eens aan.");
}
Refusal tooSlow() {
  return unreadable("Het lezen van dit bestand duurde te lang; exporteer het opnieuw als CSV.");
}

/// A worker that could write to its input could change what others read.
void requireReadOnly(const Fd& input) {
  const int flags = ::fcntl(input.get(), F_GETFL);
  if (flags < 0) throwErrno("cannot hand a file to sluis-reader");
  const int seals = ::fcntl(input.get(), F_GET_SEALS);
  if ((flags & O_ACCMODE) != O_RDONLY && (seals < 0 || (seals & F_SEAL_WRITE) == 0))
    throw Error(ErrorKind::usage, "sluis-reader is given files for reading only");
}

std::vector<std::string> arguments(const Settings& settings, const std::string& expectedFormat) {
  std::vector<std::string> words = {"worker", settings.pluginDirectory.string()};
  if (!expectedFormat.empty()) words.push_back(expectedFormat);
  return words;
}

}  // namespace

Line::Line(const Settings& settings, const std::string& expectedFormat)
    : Line(settings, expectedFormat, messagePipe(), tokenSocket()) {}

Line::Line(const Settings& settings, const std::string& expectedFormat, Channel messages, Channel tokens)
    : program_(settings.program.string()),
      ring_(Ring::create()),
      process_(settings.program, arguments(settings, expectedFormat), {settings.memoryBytes, settings.cpuSeconds},
               messages.theirs.get(), tokens.theirs.get(), ring_.fd()),
      messages_(std::move(messages.ours)),
      tokens_(std::move(tokens.ours)),
      waiting_(std::chrono::seconds(settings.wallSeconds)) {
  // `messages.theirs` and `tokens.theirs` end here: they must live in the worker only, or its death would go unnoticed.
}

Line::~Line() {
  wipe(std::as_writable_bytes(std::span(ends_)));
  wipe(std::as_writable_bytes(std::span(text_)));
}

void Line::begin(JobKind kind, std::string_view plugin, std::string_view layout, const Fd& input) {
  if (plugin.size() > kLongestPluginName || layout.size() > kLongestLayout)
    throw Error(ErrorKind::usage, "the job for sluis-reader is too long");
  requireReadOnly(input);
  JobHead head{kind, static_cast<std::uint32_t>(plugin.size()), static_cast<std::uint32_t>(layout.size())};
  std::string words(plugin);
  words += layout;
  std::array<iovec, 2> parts = {iovec{&head, sizeof head}, iovec{words.data(), words.size()}};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  const int descriptor = input.get();
  std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  // A worker that has ended shows itself in awaitReady().
  if (::sendmsg(tokens_.get(), &message, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
    throwErrno("cannot give sluis-reader its job");
  ends_.resize(kSlotCells);
  text_.resize(kSlotText);
  awaitReady();
}

void Line::awaitReady() {
  Clock::duration left = std::min<Clock::duration>(waiting_, kReadyWithin);
  std::swap(left, waiting_);
  const auto message = receive();
  std::swap(left, waiting_);
  if (message && message->kind == Kind::ready) return;
  if (message && message->kind == Kind::cannotStart) {
    const auto cells = take(*message);
    throw Error(ErrorKind::plugin,
                cells && cells->rows() == 1 ? safeText(cells->cell(0, 0)) : "sluis-reader cannot start");
  }
  throw Error(ErrorKind::system, fmt::format("{} did not start", program_), "is the program there, and may it be run?");
}

// false when the time is up.
bool Line::awaitMessage() {
  const auto begun = Clock::now();
  for (;;) {
    const auto left = waiting_ - (Clock::now() - begun);
    if (left <= 0s || stopped_) break;
    pollfd watched{messages_.get(), POLLIN, 0};
    // In short turns, so that stop() from another thread is seen.
    const auto turn = std::min<Clock::duration>(left, 200ms);
    const int ready = ::poll(&watched, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(turn).count()));
    if (ready > 0) {
      waiting_ = left;
      return true;
    }
    if (ready < 0 && errno != EINTR) throwErrno("cannot wait for sluis-reader");
  }
  waiting_ = 0s;
  return false;
}

void Line::stop() noexcept {
  stopped_ = true;
  process_.kill();
}

Result<Message, Refusal> Line::receive() {
  Message message;
  std::span<std::byte> wanted = std::as_writable_bytes(std::span(&message, 1));
  while (!wanted.empty()) {
    const ssize_t got = ::read(messages_.get(), wanted.data(), wanted.size());
    if (got > 0)
      wanted = wanted.subspan(static_cast<std::size_t>(got));
    else if (got == 0)
      return failure(endedEarly());
    else if (errno == EAGAIN) {
      if (!awaitMessage()) {
        process_.kill();
        return failure(tooSlow());
      }
    } else if (errno != EINTR)
      throwErrno("cannot hear sluis-reader");
  }
  return message;
}

Result<plugin::CellBatch, Refusal> Line::take(const Message& message) {
  const std::uint64_t cells = std::uint64_t{message.rows} * message.columns;
  if (message.slot >= kSlots || cells > kSlotCells || (cells == 0 && message.rows != 0)) return failure(endedEarly());
  // Copied before anything is looked at: the worker can still write to the slot.
  const plugin::BatchBuffer slot = slotOf(ring_.memory(), message.slot);
  std::memcpy(ends_.data(), slot.ends.data(), cells * sizeof(std::uint32_t));
  const std::size_t used = cells == 0 ? 0 : ends_[cells - 1];
  if (used > kSlotText) return failure(endedEarly());
  std::memcpy(text_.data(), slot.text.data(), used);
  if (!giveBack(message.slot)) return failure(endedEarly());
  const auto batch =
      plugin::CellBatch::checked(std::span(ends_).first(cells), {text_.data(), used}, message.rows, message.columns);
  if (!batch) return failure(endedEarly());
  return *batch;
}

bool Line::giveBack(std::uint32_t slot) {
  const ssize_t sent = ::send(tokens_.get(), &slot, sizeof slot, MSG_NOSIGNAL);
  // A worker that has ended needs no slot; one that never takes its slots back sends nonsense.
  return sent == sizeof slot || (sent < 0 && (errno == EPIPE || errno == ECONNRESET));
}

}  // namespace sluis::reader
