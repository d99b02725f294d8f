// The signed attributes of a CMS signature (RFC 5652 §11): do they stand for content of type `data` with this digest?
//
// A walk over at most 16 KiB, with bounds. Exactly one messageDigest and one contentType, each exactly as it must be:
// an attribute that merely contains the right bytes somewhere does not count.
#pragma once

#include "base/encoding.h"

namespace sluis::verify {

inline constexpr std::size_t kLongestAttributes = 16 << 10;

/// `attributes`: DER of SET OF Attribute. False for anything that is not whole and right.
bool attributesSign(BytesView attributes, BytesView digest);

}  // namespace sluis::verify
