#include "crypto/seal.h"

#include <openssl/evp.h>

#include <stdexcept>

#include "crypto/openssl.h"
#include "crypto/random.h"

namespace sluis::crypto {

namespace {

constexpr std::byte kVersion{1};
constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;
constexpr std::size_t kHead = 1 + kNonce;

using Context = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

const unsigned char* raw(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Context started(const Secret& key, BytesView nonce, std::string_view boundTo, bool sealing) {
  if (key.reveal().size() != 32) throw std::logic_error("a sealing key of 32 bytes is needed");
  Context context(EVP_CIPHER_CTX_new());
  int done = 0;
  if (!context ||
      EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(key.reveal()), raw(nonce), sealing ? 1 : 0) !=
          1 ||
      EVP_CipherUpdate(context.get(), nullptr, &done, raw(asBytes(boundTo)), static_cast<int>(boundTo.size())) != 1)
    throwOpenssl("cannot set up AES-GCM");
  return context;
}

}  // namespace

Bytes seal(const Secret& key, BytesView plain, std::string_view boundTo) {
  Bytes out(kHead + plain.size() + kTag);
  out[0] = kVersion;
  const auto nonce = std::span(out).subspan(1, kNonce);
  fillRandom(nonce);
  const Context context = started(key, nonce, boundTo, true);
  auto* body = reinterpret_cast<unsigned char*>(out.data() + kHead);
  int done = 0;
  int more = 0;
  if (EVP_CipherUpdate(context.get(), body, &done, raw(plain), static_cast<int>(plain.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), body + done, &more) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTag, body + plain.size()) != 1)
    throwOpenssl("cannot seal");
  return out;
}

std::optional<Secret> unseal(const Secret& key, BytesView sealed, std::string_view boundTo) {
  if (sealed.size() < kHead + kTag || sealed[0] != kVersion) return std::nullopt;
  const BytesView body = sealed.subspan(kHead, sealed.size() - kHead - kTag);
  Bytes tag(sealed.end() - kTag, sealed.end());
  const Context context = started(key, sealed.subspan(1, kNonce), boundTo, false);
  Bytes plain(body.size() + 1);  // OpenSSL wants somewhere to write even nothing
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  int done = 0;
  int more = 0;
  if (EVP_CipherUpdate(context.get(), out, &done, raw(body), static_cast<int>(body.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) != 1)
    throwOpenssl("cannot unseal");
  const bool genuine = EVP_CipherFinal_ex(context.get(), out + done, &more) == 1;
  std::optional<Secret> opened;
  if (genuine) opened.emplace(BytesView(plain).first(body.size()));
  wipe(plain);
  return opened;
}

}  // namespace sluis::crypto
