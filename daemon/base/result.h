// What a sender can cause is a value. Result<T, E> is tl::expected: the value, or a reason that the caller must handle.
#pragma once

#include <tl/expected.hpp>

namespace sluis {

template <typename T, typename E>
using Result = tl::expected<T, E>;

template <typename E>
auto failure(E&& reason) {
  return tl::make_unexpected(std::forward<E>(reason));
}

}  // namespace sluis
