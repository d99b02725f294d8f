// A value and its lock, inseparable; and waiting until the value is as one wants it. The only mutexes of the house are
// in here.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace sluis {

template <typename T>
class Guarded {
 public:
  template <typename... Args>
  explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}

  /// Runs `use(value)` under the lock and returns what it returns. Wakes those who await a change.
  template <typename Use>
  auto with(Use&& use) {
    const Waking waking(changed_);
    const std::lock_guard lock(mutex_);
    return std::forward<Use>(use)(value_);
  }
  template <typename Use>
  auto with(Use&& use) const {
    const std::lock_guard lock(mutex_);
    return std::forward<Use>(use)(value_);
  }
  /// The same, once `ready(value)` holds; sleeps until then.
  template <typename Ready, typename Use>
  auto when(Ready&& ready, Use&& use) {
    const Waking waking(changed_);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ready(std::as_const(value_)); });
    return std::forward<Use>(use)(value_);
  }
  /// The same, but waits no longer than `patience`: false then, and `use` was not called.
  template <typename Ready, typename Use>
  bool whenWithin(std::chrono::nanoseconds patience, Ready&& ready, Use&& use) {
    const Waking waking(changed_);
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return ready(std::as_const(value_)); })) return false;
    std::forward<Use>(use)(value_);
    return true;
  }

 private:
  // Made before the lock is taken, so that it wakes after the lock is given back.
  class Waking {
   public:
    explicit Waking(std::condition_variable& changed) : changed_(changed) {}
    ~Waking() { changed_.notify_all(); }
    Waking(const Waking&) = delete;
    Waking& operator=(const Waking&) = delete;

   private:
    std::condition_variable& changed_;
  };

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  T value_;
};

}  // namespace sluis
