// The last door: after this the worker computes and talks to its parent, and nothing else.
#pragma once

#include <memory>

namespace sluis::reader {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
/// Sanitizers map terabytes and call much; such builds go without the limits they cannot live with.
inline constexpr bool kSanitized = false;
#endif

/// Made ready while the worker has nothing else to do, entered when its plugin is there.
class Confinement {
 public:
  /// Error (system) when there is no memory.
  Confinement();
  /// From here on only reading, writing to the parent, memory, time and ending: any other system call kills the
  /// process. No memory can become executable any more. Error (system) when the kernel refuses.
  void enter();

 private:
  std::unique_ptr<void, void (*)(void*)> filter_;
};

}  // namespace sluis::reader
