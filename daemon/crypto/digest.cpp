#include "crypto/digest.h"

#include <openssl/evp.h>

#include <algorithm>

#include "crypto/openssl.h"

namespace sluis::crypto {

namespace {

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

template <std::size_t size>
std::array<std::byte, size> fixed(const Bytes& bytes) {
  std::array<std::byte, size> out{};
  std::copy_n(bytes.begin(), size, out.begin());
  return out;
}

}  // namespace

std::string_view toString(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha256:
      return "sha256";
    case DigestAlgorithm::sha384:
      return "sha384";
    case DigestAlgorithm::sha512:
      return "sha512";
  }
  return "unknown";
}

std::optional<DigestAlgorithm> parseDigestAlgorithm(std::string_view name) {
  for (const auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::sha384, DigestAlgorithm::sha512})
    if (name == toString(algorithm)) return algorithm;
  return std::nullopt;
}

std::size_t sizeOf(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha256:
      return 32;
    case DigestAlgorithm::sha384:
      return 48;
    case DigestAlgorithm::sha512:
      return 64;
  }
  return 0;
}

void Digest::Free::operator()(evp_md_ctx_st* state) const noexcept {
  EVP_MD_CTX_free(state);
}

Digest::Digest(DigestAlgorithm algorithm) : state_(EVP_MD_CTX_new()) {
  if (!state_ || EVP_DigestInit_ex(state_.get(), mdOf(algorithm), nullptr) != 1) throwOpenssl("cannot start a digest");
}

void Digest::update(BytesView bytes) {
  if (EVP_DigestUpdate(state_.get(), bytes.data(), bytes.size()) != 1) throwOpenssl("cannot take a digest");
}

Bytes Digest::finish() {
  Bytes out(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (EVP_DigestFinal_ex(state_.get(), reinterpret_cast<unsigned char*>(out.data()), &size) != 1)
    throwOpenssl("cannot finish a digest");
  out.resize(size);
  return out;
}

Sha256 sha256(BytesView bytes) {
  Digest digest(DigestAlgorithm::sha256);
  digest.update(bytes);
  return fixed<32>(digest.finish());
}

BytesView Digests::of(DigestAlgorithm algorithm) const {
  switch (algorithm) {
    case DigestAlgorithm::sha256:
      return sha256;
    case DigestAlgorithm::sha384:
      return sha384 ? BytesView(*sha384) : BytesView();
    case DigestAlgorithm::sha512:
      return sha512 ? BytesView(*sha512) : BytesView();
  }
  return {};
}

MultiDigest::MultiDigest(bool withSha384, bool withSha512) : sha256_(DigestAlgorithm::sha256) {
  if (withSha384) sha384_.emplace(DigestAlgorithm::sha384);
  if (withSha512) sha512_.emplace(DigestAlgorithm::sha512);
}

void MultiDigest::update(BytesView bytes) {
  sha256_.update(bytes);
  if (sha384_) sha384_->update(bytes);
  if (sha512_) sha512_->update(bytes);
}

Digests MultiDigest::finish() {
  Digests digests;
  digests.sha256 = fixed<32>(sha256_.finish());
  if (sha384_) digests.sha384 = fixed<48>(sha384_->finish());
  if (sha512_) digests.sha512 = fixed<64>(sha512_->finish());
  return digests;
}

}  // namespace sluis::crypto
