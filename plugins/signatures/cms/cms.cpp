#include "cms/cms.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
// Offers PEM only when pem.h came first.
#include <openssl/cms.h>

#include <algorithm>

#include "crypto/certificate.h"
#include "crypto/der.h"
#include "crypto/openssl.h"

namespace sluis::cms {

namespace {

using crypto::Owned;
using plugin::SignatureFacts;
using Cms = Owned<CMS_ContentInfo, CMS_ContentInfo_free>;

// Every fact at most this (plugin/signature.h).
constexpr std::size_t kLongestFact = 64 << 10;
// Half an ECDSA signature, on P-521.
constexpr int kLongestNumber = 66;

struct FreeCertificates {
  void operator()(STACK_OF(X509) * certificates) const noexcept { sk_X509_pop_free(certificates, X509_free); }
};

Cms read(BytesView file) {
  if (asText(file).starts_with("-----BEGIN ")) {
    if (asText(file).find("-----BEGIN ", 1) != std::string_view::npos) return nullptr;
    const Owned<BIO, BIO_free_all> source(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
    if (!source) return nullptr;
    // No password: an encrypted block is refused, not asked about.
    const auto noPassword = [](char*, int, int, void*) { return 0; };
    return Cms(PEM_read_bio_CMS(source.get(), nullptr, noPassword, nullptr));
  }
  const auto* at = reinterpret_cast<const unsigned char*>(file.data());
  const auto* end = at + file.size();
  Cms cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(file.size())));
  return at == end ? std::move(cms) : nullptr;
}

std::string_view digestName(int nid) {
  switch (nid) {
    case NID_sha256:
      return "sha256";
    case NID_sha384:
      return "sha384";
    case NID_sha512:
      return "sha512";
    default:
      return {};
  }
}

int nidOf(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(object);
}

Bytes bytesOf(const ASN1_STRING* string) {
  const auto* data = reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(string));
  return {data, data + ASN1_STRING_length(string)};
}

// The digest of RSASSA-PSS, when the mask is made with the same one (RFC 8017 §A.2.3); empty otherwise.
std::string_view pssDigest(const X509_ALGOR* algorithm) {
  int type = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return {};
  const auto* encoded = static_cast<const ASN1_STRING*>(value);
  const unsigned char* at = ASN1_STRING_get0_data(encoded);
  const Owned<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free> params(
      d2i_RSA_PSS_PARAMS(nullptr, &at, ASN1_STRING_length(encoded)));
  // What is left out means SHA-1.
  if (!params || params->hashAlgorithm == nullptr || params->maskGenAlgorithm == nullptr) return {};
  if (nidOf(params->maskGenAlgorithm) != NID_mgf1) return {};
  X509_ALGOR_get0(nullptr, &type, &value, params->maskGenAlgorithm);
  if (type != V_ASN1_SEQUENCE) return {};
  const auto* inner = static_cast<const ASN1_STRING*>(value);
  at = ASN1_STRING_get0_data(inner);
  const Owned<X509_ALGOR, X509_ALGOR_free> mask(d2i_X509_ALGOR(nullptr, &at, ASN1_STRING_length(inner)));
  if (!mask || nidOf(mask.get()) != nidOf(params->hashAlgorithm)) return {};
  return digestName(nidOf(params->hashAlgorithm));
}

bool putAlgorithms(CMS_SignerInfo* signer, SignatureFacts& facts) {
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* signature = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
  facts.digestAlgorithm = digestName(nidOf(digest));
  if (facts.digestAlgorithm.empty()) return false;
  const int nid = nidOf(signature);
  if (nid == NID_ED25519) {
    facts.signatureAlgorithm = "ed25519";
    return true;
  }
  if (nid == NID_rsassaPss) {
    facts.signatureAlgorithm = "rsa-pss";
    facts.signatureDigest = pssDigest(signature);
  } else if (nid == NID_rsaEncryption || nid == NID_X9_62_id_ecPublicKey) {
    // The bare key type: the digest is that of the message (RFC 5754 §3.2).
    facts.signatureAlgorithm = nid == NID_rsaEncryption ? "rsa-pkcs1" : "ecdsa";
    facts.signatureDigest = facts.digestAlgorithm;
  } else {
    int digestNid = NID_undef;
    int keyNid = NID_undef;
    if (OBJ_find_sigid_algs(nid, &digestNid, &keyNid) != 1) return false;
    if (keyNid == NID_rsaEncryption) facts.signatureAlgorithm = "rsa-pkcs1";
    if (keyNid == NID_X9_62_id_ecPublicKey) facts.signatureAlgorithm = "ecdsa";
    facts.signatureDigest = digestName(digestNid);
  }
  return !facts.signatureAlgorithm.empty() && !facts.signatureDigest.empty();
}

// SEQUENCE { r, s } -> both big-endian, equally long, one after the other.
bool putEcdsaHalves(SignatureFacts& facts) {
  const auto* at = reinterpret_cast<const unsigned char*>(facts.signature.data());
  const auto* end = at + facts.signature.size();
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(facts.signature.size())));
  if (!pair || at != end) return false;
  const BIGNUM* r = ECDSA_SIG_get0_r(pair.get());
  const BIGNUM* s = ECDSA_SIG_get0_s(pair.get());
  const int half = std::max(BN_num_bytes(r), BN_num_bytes(s));
  if (half == 0 || half > kLongestNumber || BN_is_negative(r) || BN_is_negative(s)) return false;
  facts.signature.assign(2 * static_cast<std::size_t>(half), std::byte{});
  auto* out = reinterpret_cast<unsigned char*>(facts.signature.data());
  return BN_bn2binpad(r, out, half) == half && BN_bn2binpad(s, out + half, half) == half;
}

// As they are hashed: a SET OF in the order received (RFC 5652 §5.4), which for DER is the only order.
bool putAttributes(CMS_SignerInfo* signer, SignatureFacts& facts) {
  const int count = CMS_signed_get_attr_count(signer);
  if (count <= 0) return true;
  Bytes content;
  for (int i = 0; i < count; ++i) {
    X509_ATTRIBUTE* attribute = CMS_signed_get_attr(signer, i);
    const int size = i2d_X509_ATTRIBUTE(attribute, nullptr);
    if (size <= 0 || content.size() + static_cast<std::size_t>(size) > kLongestFact) return false;
    content.resize(content.size() + static_cast<std::size_t>(size));
    auto* out = reinterpret_cast<unsigned char*>(content.data() + content.size()) - size;
    i2d_X509_ATTRIBUTE(attribute, &out);
  }
  crypto::appendDer(facts.signedAttributes, crypto::kDerSet, content);
  return true;
}

bool putSigner(CMS_ContentInfo* cms, CMS_SignerInfo* signer, SignatureFacts& facts) {
  ASN1_OCTET_STRING* keyId = nullptr;
  X509_NAME* issuer = nullptr;
  ASN1_INTEGER* serial = nullptr;
  if (CMS_SignerInfo_get0_signer_id(signer, &keyId, &issuer, &serial) != 1) return false;
  facts.signerId = keyId != nullptr ? bytesOf(keyId) : crypto::issuerAndSerialDer(issuer, serial);
  const std::unique_ptr<STACK_OF(X509), FreeCertificates> certificates(CMS_get1_certs(cms));
  for (int i = 0; i < sk_X509_num(certificates.get()); ++i) {
    X509* certificate = sk_X509_value(certificates.get(), i);
    if (CMS_SignerInfo_cert_cmp(signer, certificate) != 0) continue;
    facts.signerKey.resize(static_cast<std::size_t>(std::max(i2d_X509(certificate, nullptr), 0)));
    auto* out = reinterpret_cast<unsigned char*>(facts.signerKey.data());
    i2d_X509(certificate, &out);
    break;
  }
  return true;
}

std::optional<SignatureFacts> factsOf(CMS_ContentInfo* cms) {
  if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed || CMS_is_detached(cms) != 1 ||
      OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
    return std::nullopt;
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms);
  if (sk_CMS_SignerInfo_num(signers) != 1) return std::nullopt;
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, 0);
  SignatureFacts facts;
  facts.scheme = "cms";
  facts.signature = bytesOf(CMS_SignerInfo_get0_signature(signer));
  if (facts.signature.empty() || !putAlgorithms(signer, facts) || !putAttributes(signer, facts) ||
      !putSigner(cms, signer, facts) || (facts.signatureAlgorithm == "ecdsa" && !putEcdsaHalves(facts)))
    return std::nullopt;
  if (std::max({facts.signature.size(), facts.signedAttributes.size(), facts.signerKey.size(), facts.signerId.size()}) >
      kLongestFact)
    return std::nullopt;
  return facts;
}

}  // namespace

std::optional<SignatureFacts> CmsParser::parse(std::span<const std::byte> signatureFile) noexcept try {
  if (signatureFile.empty() || signatureFile.size() > kLongestFile) return std::nullopt;
  const Cms cms = read(signatureFile);
  std::optional<SignatureFacts> facts = cms ? factsOf(cms.get()) : std::nullopt;
  ERR_clear_error();
  return facts;
} catch (...) {
  ERR_clear_error();
  return std::nullopt;
}

}  // namespace sluis::cms
