#include "web/connections.h"

#include <sys/socket.h>

namespace sluis::web {
namespace {

// A thread that sees its own deadline can still answer 408; the watcher is for those that cannot see it.
constexpr std::chrono::milliseconds kGrace{1000};
constexpr long kTickMilliseconds = 200;

}  // namespace

Connections::Connections(int most, int mostOfOne) : most_(most), mostOfOne_(mostOfOne) {
  watcher_ = std::thread([this] { watch(); });
}

Connections::~Connections() {
  stop_.set();
  watcher_.join();
}

Connections::Seat::Seat(Connections& connections, int socket, std::string address, bool isProxy,
                        Steady::time_point until)
    : connections_(connections), address_(std::move(address)), isProxy_(isProxy) {
  auto entry = std::make_unique<Entry>();
  entry->socket = socket;
  entry->until = until.time_since_epoch().count();
  entry_ = entry.get();
  connections_.all_.with([&](All& all) {
    at_ = all.entries.insert(all.entries.end(), std::move(entry));
    const auto others = all.ofAddress.find(address_);
    if (all.seated >= connections_.most_ || all.isStopping)
      place_ = Place::full;
    else if (others != all.ofAddress.end() && others->second >= connections_.mostOfOne_)
      place_ = Place::tooManyOfOne;
    if (place_ != Place::free) return;
    ++all.seated;
    if (!isProxy_) ++all.ofAddress[address_];
  });
}

Connections::Seat::~Seat() {
  connections_.all_.with([&](All& all) {
    all.entries.erase(at_);
    if (place_ != Place::free) return;
    --all.seated;
    if (isProxy_) return;
    const auto found = all.ofAddress.find(address_);
    if (--found->second == 0) all.ofAddress.erase(found);
  });
}

bool Connections::Seat::waits() {
  return connections_.all_.with([&](All& all) {
    entry_->isWaiting = true;
    return !all.isStopping;
  });
}

int Connections::count() const {
  return all_.with([](const All& all) { return all.seated; });
}

bool Connections::drain(std::chrono::milliseconds patience) {
  const auto until = Steady::now() + patience;
  for (;;) {
    const bool isEmpty = all_.with([](All& all) {
      all.isStopping = true;
      for (const auto& entry : all.entries)
        if (entry->isWaiting) ::shutdown(entry->socket, SHUT_RDWR);
      return all.entries.empty();
    });
    if (isEmpty) return true;
    if (Steady::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void Connections::cutAll() {
  all_.with([](All& all) {
    for (const auto& entry : all.entries) ::shutdown(entry->socket, SHUT_RDWR);
  });
}

void Connections::watch() {
  while (!stop_.tryWait(kTickMilliseconds)) {
    const Steady::rep past = (Steady::now() - kGrace).time_since_epoch().count();
    all_.with([&](All& all) {
      for (const auto& entry : all.entries)
        if (entry->until < past) ::shutdown(entry->socket, SHUT_RDWR);
    });
  }
}

}  // namespace sluis::web
