// Random bytes from the operating system's generator, through OpenSSL. Error (crypto) when there are none.
#pragma once

#include <cstddef>
#include <span>

#include "base/secret.h"

namespace sluis::crypto {

void fillRandom(std::span<std::byte> bytes);
Secret randomSecret(std::size_t size);

}  // namespace sluis::crypto
