// What one short MAC costs: our way (crypto/mac.h), the least there could be, and HMAC() for each message.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "crypto/digest.h"
#include "crypto/mac.h"
#include "crypto/permutation.h"
#include "crypto/random.h"

namespace {

using namespace sluis;
using namespace sluis::crypto;

constexpr std::string_view kLabel = "sluis/pseudonym/bsn:";
constexpr std::string_view kMessage = "111222333";

void macByCopiedContexts(benchmark::State& state) {
  const Mac mac(randomSecret(32), kLabel);
  std::array<std::byte, 16> out{};
  for (auto _ : state) {
    mac.compute(kMessage, out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(macByCopiedContexts);

void macByDeprecatedTransform(benchmark::State& state) {
  // The bare cost of the two compressions, saved states copied in and out.
  SHA256_CTX inner;
  SHA256_Init(&inner);
  SHA256_CTX work;
  std::array<unsigned char, 64> block{};
  for (auto _ : state) {
    std::memcpy(block.data(), kLabel.data(), kLabel.size());
    std::memcpy(block.data() + kLabel.size(), kMessage.data(), kMessage.size());
    std::memcpy(work.h, inner.h, sizeof work.h);
    SHA256_Transform(&work, block.data());
    std::memcpy(block.data(), work.h, sizeof work.h);
    std::memcpy(work.h, inner.h, sizeof work.h);
    SHA256_Transform(&work, block.data());
    benchmark::DoNotOptimize(work);
  }
}
BENCHMARK(macByDeprecatedTransform);

void macByOneCall(benchmark::State& state) {
  const std::array<unsigned char, 32> key{};
  std::array<unsigned char, 29> message{};
  std::array<unsigned char, 32> out{};
  for (auto _ : state) {
    HMAC(EVP_sha256(), key.data(), key.size(), message.data(), message.size(), out.data(), nullptr);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(macByOneCall);

void permutation(benchmark::State& state) {
  const Permutation128 permutation(randomSecret(32));
  Bytes blocks(static_cast<std::size_t>(state.range(0)) * 16);
  for (auto _ : state) permutation.encrypt(blocks);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(permutation)->Arg(1)->Arg(1024);

void digest(benchmark::State& state) {
  Bytes bytes(std::size_t{1} << 20);
  MultiDigest digest(false, state.range(0) != 0);
  for (auto _ : state) digest.update(bytes);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(digest)->ArgName("withSha512")->Arg(0)->Arg(1);

}  // namespace

BENCHMARK_MAIN();
