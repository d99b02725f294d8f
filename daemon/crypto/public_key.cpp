#include "crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>

#include "crypto/openssl.h"
#include "crypto/ssh_key.h"

namespace sluis::crypto {

namespace {

using namespace std::string_literals;
using Pkey = Owned<EVP_PKEY, EVP_PKEY_free>;
using PkeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Number = Owned<BIGNUM, BN_free>;

// A longer modulus only serves to make us compute.
constexpr std::size_t kLongestRsaBytes = 16384 / 8;
constexpr std::size_t kLongestCurveBytes = 66;

const unsigned char* raw(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

struct Curve {
  std::string_view ssh;      // RFC 5656 §10.1
  std::string_view openssl;  // as EVP_PKEY_get_group_name() says it
  std::size_t bytes;
  int bits;
};
constexpr std::array kCurves = {Curve{"nistp256", "prime256v1", 32, 256}, Curve{"nistp384", "secp384r1", 48, 384},
                                Curve{"nistp521", "secp521r1", 66, 521}};

const EVP_MD* mdOf(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha256:
      return EVP_sha256();
    case DigestAlgorithm::sha384:
      return EVP_sha384();
    case DigestAlgorithm::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

Pkey keyFrom(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM, OSSL_PARAM_free> params(OSSL_PARAM_BLD_to_param(builder));
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return Pkey(key);
}

Pkey rsaFrom(SshFields& fields) {
  BytesView exponent;
  BytesView modulus;
  if (!fields.string(exponent) || !fields.string(modulus) || !fields.rest().empty()) return nullptr;
  if (exponent.empty() || exponent.size() > 8 || modulus.empty() || modulus.size() > kLongestRsaBytes + 1)
    return nullptr;
  // An mpint with its top bit set is negative (RFC 4251 §5).
  if ((std::to_integer<int>(exponent[0]) & 0x80) != 0 || (std::to_integer<int>(modulus[0]) & 0x80) != 0) return nullptr;
  const Number e(BN_bin2bn(raw(exponent), static_cast<int>(exponent.size()), nullptr));
  const Number n(BN_bin2bn(raw(modulus), static_cast<int>(modulus.size()), nullptr));
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  if (!e || !n || !builder || !BN_is_odd(e.get()) || BN_is_one(e.get()) || !BN_is_odd(n.get())) return nullptr;
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return keyFrom("RSA", builder.get());
}

Pkey ecdsaFrom(SshFields& fields, const Curve& curve) {
  BytesView name;
  BytesView point;
  if (!fields.string(name) || asText(name) != curve.ssh || !fields.string(point) || !fields.rest().empty())
    return nullptr;
  if (point.size() != 1 + 2 * curve.bytes || point[0] != std::byte{0x04}) return nullptr;
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.openssl.data(),
                                      curve.openssl.size()) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  Pkey key = keyFrom("EC", builder.get());
  if (!key) return nullptr;
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!context || EVP_PKEY_public_check(context.get()) != 1) return nullptr;
  return key;
}

Pkey ed25519From(SshFields& fields) {
  BytesView point;
  if (!fields.string(point) || point.size() != 32 || !fields.rest().empty()) return nullptr;
  return Pkey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(point), point.size()));
}

// r and s in two halves -> the DER that OpenSSL wants.
Bytes ecdsaDer(BytesView signature) {
  const std::size_t half = signature.size() / 2;
  if (half == 0 || half > kLongestCurveBytes || signature.size() % 2 != 0) return {};
  Number r(BN_bin2bn(raw(signature), static_cast<int>(half), nullptr));
  Number s(BN_bin2bn(raw(signature.subspan(half)), static_cast<int>(half), nullptr));
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
  if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) throwOpenssl("cannot take a signature");
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)));
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

bool setPadding(EVP_PKEY_CTX* context, const SignatureMethod& method) {
  if (method.kind != KeyKind::rsa) return true;
  if (method.padding == RsaPadding::pkcs1) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  // The salt's length is read back from the signature: it carries no trust.
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_AUTO) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, mdOf(*method.digest)) == 1;
}

// Whatever OpenSSL thinks is wrong with a signature is of no use to the next caller.
bool settled(bool good) {
  ERR_clear_error();
  return good;
}

}  // namespace

Result<PublicKey, std::string> PublicKey::fromSshBlob(BytesView blob) {
  SshFields fields(blob);
  BytesView typeBytes;
  if (!fields.string(typeBytes)) return failure("Dit is geen publieke SSH-sleutel."s);
  const std::string_view type = asText(typeBytes);
  if (type.starts_with("sk-"))
    return failure("Sleutels op een hardwaretoken (sk-…) worden niet ondersteund; neem ssh-ed25519."s);
  if (type.find("-cert-v") != std::string_view::npos)
    return failure("SSH-certificaten worden niet ondersteund; geef de publieke sleutel zelf."s);
  Pkey key;
  if (type == "ssh-ed25519") {
    key = ed25519From(fields);
  } else if (type == "ssh-rsa") {
    key = rsaFrom(fields);
  } else {
    const Curve* curve = nullptr;
    for (const Curve& one : kCurves)
      if (type.starts_with("ecdsa-sha2-") && type.substr(11) == one.ssh) curve = &one;
    if (curve == nullptr)
      return failure(
          "Deze sleutelsoort wordt niet ondersteund; neem ssh-ed25519, ecdsa-sha2-nistp256/384/521 of ssh-rsa."s);
    key = ecdsaFrom(fields, *curve);
  }
  ERR_clear_error();
  if (!key) return failure("De publieke SSH-sleutel is beschadigd."s);
  return adopt(key.release());
}

Result<PublicKey, std::string> PublicKey::adopt(evp_pkey_st* key) {
  std::shared_ptr<EVP_PKEY> owned(key, EVP_PKEY_free);
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
      return PublicKey(std::move(owned), KeyKind::ed25519, 256);
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      if (bits > static_cast<int>(kLongestRsaBytes * 8)) return failure("De RSA-sleutel is te lang."s);
      return PublicKey(std::move(owned), KeyKind::rsa, bits);
    case EVP_PKEY_EC: {
      std::array<char, 64> name{};
      std::size_t size = 0;
      if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1)
        for (const Curve& curve : kCurves)
          if (std::string_view(name.data(), size) == curve.openssl)
            return PublicKey(std::move(owned), KeyKind::ecdsa, curve.bits);
      ERR_clear_error();
      return failure("Alleen de krommen P-256, P-384 en P-521 worden ondersteund."s);
    }
    default:
      return failure("Deze sleutelsoort wordt niet ondersteund; neem RSA, ECDSA of Ed25519."s);
  }
}

bool PublicKey::verify(BytesView message, BytesView signature, const SignatureMethod& method) const {
  if (method.kind != kind_ || (kind_ != KeyKind::ed25519 && !method.digest)) return false;
  const Bytes der = kind_ == KeyKind::ecdsa ? ecdsaDer(signature) : Bytes();
  if (kind_ == KeyKind::ecdsa) signature = der;
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* inner = nullptr;
  const EVP_MD* md = kind_ == KeyKind::ed25519 ? nullptr : mdOf(*method.digest);
  if (!context) throwOpenssl("cannot check a signature");
  return settled(EVP_DigestVerifyInit(context.get(), &inner, md, nullptr, key_.get()) == 1 &&
                 setPadding(inner, method) &&
                 EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message), message.size()) == 1);
}

bool PublicKey::verifyDigest(BytesView digest, BytesView signature, const SignatureMethod& method) const {
  if (method.kind != kind_ || kind_ == KeyKind::ed25519 || !method.digest || digest.size() != sizeOf(*method.digest))
    return false;
  const Bytes der = kind_ == KeyKind::ecdsa ? ecdsaDer(signature) : Bytes();
  if (kind_ == KeyKind::ecdsa) signature = der;
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  if (!context) throwOpenssl("cannot check a signature");
  // The padding comes before the digest: which digests are allowed depends on it.
  return settled(EVP_PKEY_verify_init(context.get()) == 1 && setPadding(context.get(), method) &&
                 EVP_PKEY_CTX_set_signature_md(context.get(), mdOf(*method.digest)) == 1 &&
                 EVP_PKEY_verify(context.get(), raw(signature), signature.size(), raw(digest), digest.size()) == 1);
}

}  // namespace sluis::crypto
