#include "verify/cms_attributes.h"

#include <algorithm>
#include <array>

#include "crypto/der.h"

namespace sluis::verify {

namespace {

using crypto::DerFields;

// PKCS #9: 1.2.840.113549.1.9.3 and .4; PKCS #7 data: 1.2.840.113549.1.7.1.
constexpr std::array kContentType = {std::byte{0x2a}, std::byte{0x86}, std::byte{0x48},
                                     std::byte{0x86}, std::byte{0xf7}, std::byte{0x0d},
                                     std::byte{0x01}, std::byte{0x09}, std::byte{0x03}};
constexpr std::array kMessageDigest = {std::byte{0x2a}, std::byte{0x86}, std::byte{0x48},
                                       std::byte{0x86}, std::byte{0xf7}, std::byte{0x0d},
                                       std::byte{0x01}, std::byte{0x09}, std::byte{0x04}};
constexpr std::array kData = {std::byte{0x2a}, std::byte{0x86}, std::byte{0x48}, std::byte{0x86}, std::byte{0xf7},
                              std::byte{0x0d}, std::byte{0x01}, std::byte{0x07}, std::byte{0x01}};

bool same(BytesView a, BytesView b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// SET { one element of `tag` holding `content` }, and nothing after it.
bool holdsOnly(DerFields fields, std::uint8_t tag, BytesView content) {
  DerFields::Element set;
  if (!fields.next(set) || set.tag != crypto::kDerSet || !fields.atEnd()) return false;
  DerFields values(set.content);
  DerFields::Element value;
  return values.next(value) && values.atEnd() && value.tag == tag && same(value.content, content);
}

}  // namespace

bool attributesSign(BytesView attributes, BytesView digest) {
  if (attributes.size() > kLongestAttributes || digest.empty()) return false;
  DerFields outer(attributes);
  DerFields::Element set;
  if (!outer.next(set) || set.tag != crypto::kDerSet || !outer.atEnd()) return false;
  int digests = 0;
  int types = 0;
  DerFields each(set.content);
  for (DerFields::Element attribute; !each.atEnd();) {
    if (!each.next(attribute) || attribute.tag != crypto::kDerSequence) return false;
    DerFields fields(attribute.content);
    DerFields::Element oid;
    if (!fields.next(oid) || oid.tag != crypto::kDerOid) return false;
    if (same(oid.content, kMessageDigest)) {
      ++digests;
      if (!holdsOnly(fields, crypto::kDerOctetString, digest)) return false;
    } else if (same(oid.content, kContentType)) {
      ++types;
      if (!holdsOnly(fields, crypto::kDerOid, kData)) return false;
    }
  }
  return digests == 1 && types == 1;
}

}  // namespace sluis::verify
