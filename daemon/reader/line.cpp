#include "reader/line.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
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
constexpr int kPipeBytes = 1 << 20;

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

/// write(2) to a pipe whose reader may be gone: EPIPE, and never a SIGPIPE in a program that did not ask for peace.
ssize_t quietWrite(int fd, BytesView bytes) {
  sigset_t pipe;
  sigset_t before;
  sigset_t pending;
  ::sigemptyset(&pipe);
  ::sigaddset(&pipe, SIGPIPE);
  ::sigpending(&pending);
  ::pthread_sigmask(SIG_BLOCK, &pipe, &before);
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  const int failed = errno;
  if (written < 0 && failed == EPIPE && ::sigismember(&pending, SIGPIPE) == 0) {
    const timespec now{0, 0};
    ::sigtimedwait(&pipe, nullptr, &now);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = failed;
  return written;
}

void setNonBlocking(const Fd& fd) {
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) throwErrno("cannot set up the pipes of sluis-reader");
}

}  // namespace

Line::Line(const Settings& settings, const std::string& what, std::string_view plugin, std::string_view layout)
    : Line(settings, what, plugin, layout, Pipe(), Pipe(), Pipe()) {}

Line::Line(const Settings& settings, const std::string& what, std::string_view plugin, std::string_view layout,
           Pipe input, Pipe messages, Pipe tokens)
    : ring_(Ring::create()),
      process_(settings.program, {what, settings.pluginDirectory.string(), std::string(plugin)},
               {settings.memoryBytes, settings.cpuSeconds}, input.readEnd.get(), messages.writeEnd.get(),
               tokens.readEnd.get(), ring_.fd()),
      input_(std::move(input.writeEnd)),
      messages_(std::move(messages.readEnd)),
      tokens_(std::move(tokens.writeEnd)),
      waiting_(std::chrono::seconds(settings.wallSeconds)),
      feeding_(waiting_),
      ends_(kSlotCells),
      text_(kSlotText) {
  // The worker's ends must live in the worker only, or its death would go unnoticed.
  input.readEnd.reset();
  messages.writeEnd.reset();
  tokens.readEnd.reset();
  setNonBlocking(input_);
  setNonBlocking(messages_);
  setNonBlocking(tokens_);
  // Refused when this user has many large pipes: smaller is slower, not wrong.
  ::fcntl(input_.get(), F_SETPIPE_SZ, kPipeBytes);
  if (layout.size() > kLongestLayout) throw Error(ErrorKind::usage, "the layout for sluis-reader is too long");
  const auto size = static_cast<std::uint32_t>(layout.size());
  quietWrite(tokens_.get(), std::as_bytes(std::span(&size, 1)));
  if (size > 0) quietWrite(tokens_.get(), asBytes(layout));
  awaitReady(settings);
}

Line::~Line() {
  wipe(std::as_writable_bytes(std::span(ends_)));
  wipe(std::as_writable_bytes(std::span(text_)));
}

void Line::awaitReady(const Settings& settings) {
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
  throw Error(ErrorKind::system, fmt::format("{} did not start", settings.program.string()),
              "is the program there, and may it be run?");
}

// false when the time is up.
bool Line::waitFor(int fd, short events, Clock::duration& budget) const {
  const auto begun = Clock::now();
  for (;;) {
    const auto left = budget - (Clock::now() - begun);
    if (left <= 0s || stopped_) break;
    pollfd watched{fd, events, 0};
    // In short turns, so that stop() from another thread is seen.
    const auto turn = std::min<Clock::duration>(left, 200ms);
    const int ready = ::poll(&watched, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(turn).count()));
    if (ready > 0) {
      budget = left;
      return true;
    }
    if (ready < 0 && errno != EINTR) throwErrno("cannot wait for sluis-reader");
  }
  budget = 0s;
  return false;
}

bool Line::feed(BytesView bytes) {
  while (!bytes.empty()) {
    if (stopped_ || !input_) return false;
    const ssize_t written = quietWrite(input_.get(), bytes);
    if (written > 0)
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    else if (errno == EAGAIN) {
      if (!waitFor(input_.get(), POLLOUT, feeding_)) return false;
    } else if (errno != EINTR)
      return false;
  }
  return true;
}

void Line::endOfInput() noexcept {
  input_.reset();
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
      if (!waitFor(messages_.get(), POLLIN, waiting_)) {
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
  const ssize_t written = quietWrite(tokens_.get(), std::as_bytes(std::span(&slot, 1)));
  // A worker that has ended needs no slot; one that never takes its slots back sends nonsense.
  return written == sizeof slot || (written < 0 && errno == EPIPE);
}

}  // namespace sluis::reader
