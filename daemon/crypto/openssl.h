// How this room meets OpenSSL: its objects as owners, its failures as Error (crypto). For crypto/ and the cms plugin
// only.
#pragma once

#include <memory>
#include <string_view>

namespace sluis::crypto {

/// Gives back what OpenSSL made: Owned<X509, X509_free>.
template <auto free>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const noexcept {
    free(object);
  }
};
template <typename T, auto free>
using Owned = std::unique_ptr<T, FreeWith<free>>;

/// Error (crypto) "<doing>: <OpenSSL's oldest reason>"; empties OpenSSL's error queue.
[[noreturn]] void throwOpenssl(std::string_view doing);

}  // namespace sluis::crypto
