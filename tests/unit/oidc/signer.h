// A broker's keys, for tests: makes tokens as a broker would, and as an attacker would.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "oidc/token.h"

namespace sluis::oidc::test {

using Json = nlohmann::json;

class Signer {
 public:
  static Signer rsa(std::string id, unsigned bits = 2048) { return Signer(EVP_RSA_gen(bits), std::move(id), "RS256"); }
  static Signer ec(std::string id) { return Signer(EVP_EC_gen("P-256"), std::move(id), "ES256"); }

  Json jwk() const {
    Json jwk = {{"kid", id_}, {"use", "sig"}};
    if (algorithm_ == "ES256") {
      jwk["kty"] = "EC";
      jwk["crv"] = "P-256";
      jwk["x"] = number(OSSL_PKEY_PARAM_EC_PUB_X, 32);
      jwk["y"] = number(OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    } else {
      jwk["kty"] = "RSA";
      jwk["n"] = number(OSSL_PKEY_PARAM_RSA_N, 0);
      jwk["e"] = number(OSSL_PKEY_PARAM_RSA_E, 0);
    }
    return jwk;
  }

  std::string token(const Json& claims, Json head = Json::object()) const {
    if (!head.contains("alg")) head["alg"] = algorithm_;
    if (!head.contains("kid")) head["kid"] = id_;
    const std::string text = toBase64Url(asBytes(head.dump())) + "." + toBase64Url(asBytes(claims.dump()));
    return text + "." + toBase64Url(sign(text, head["alg"] == "PS256"));
  }

  Bytes sign(const std::string& text, bool pss) const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* inner = nullptr;
    std::size_t size = 0;
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    if (EVP_DigestSignInit(context.get(), &inner, EVP_sha256(), nullptr, key_.get()) != 1 ||
        (pss && EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) != 1) ||
        EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) != 1)
      throw std::runtime_error("cannot sign");
    Bytes signature(size);
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data, text.size());
    signature.resize(size);
    return algorithm_ == "ES256" ? halves(signature) : signature;
  }

 private:
  Signer(EVP_PKEY* key, std::string id, std::string algorithm)
      : key_(key, EVP_PKEY_free), id_(std::move(id)), algorithm_(std::move(algorithm)) {}

  static Bytes halves(const Bytes& der) {
    const auto* in = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size()));
    Bytes out(64);
    auto* raw = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
    ECDSA_SIG_free(pair);
    return out;
  }
  std::string number(const char* name, int size) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &value);
    Bytes out(static_cast<std::size_t>(size != 0 ? size : BN_num_bytes(value)));
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
    BN_free(value);
    return toBase64Url(out);
  }

  std::shared_ptr<EVP_PKEY> key_;
  std::string id_;
  std::string algorithm_;
};

}  // namespace sluis::oidc::test
