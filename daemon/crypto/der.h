// The little of DER (X.690) that is needed outside OpenSSL: writing an element, and walking elements with definite
// lengths in their shortest form. Anything else ends the walk; nothing is ever read outside the bytes given.
#pragma once

#include <cstdint>

#include "base/encoding.h"

namespace sluis::crypto {

inline constexpr std::uint8_t kDerOctetString = 0x04;
inline constexpr std::uint8_t kDerOid = 0x06;
inline constexpr std::uint8_t kDerSequence = 0x30;
inline constexpr std::uint8_t kDerSet = 0x31;

/// Appends one element: tag, length, content.
void appendDer(Bytes& out, std::uint8_t tag, BytesView content);

class DerFields {
 public:
  explicit DerFields(BytesView bytes) : rest_(bytes) {}

  struct Element {
    std::uint8_t tag = 0;
    BytesView content;
    BytesView whole;  ///< with tag and length
  };
  /// The next element; false at the end and where the bytes are not DER (then atEnd() is false).
  bool next(Element& element);
  bool atEnd() const { return rest_.empty(); }

 private:
  BytesView rest_;
};

}  // namespace sluis::crypto
