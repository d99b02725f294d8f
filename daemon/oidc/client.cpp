#include "oidc/client.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/guarded.h"
#include "crypto/digest.h"
#include "crypto/mac.h"
#include "oidc/fetch.h"

namespace sluis::oidc {

namespace {

using namespace std::string_literals;
using nlohmann::json;

constexpr auto kDiscoveryLasts = std::chrono::hours(1);
// A broker that changes its keys names new ones at once; an attacker who names unknown ones may not make us ask on.
constexpr auto kBetweenKeySets = std::chrono::minutes(1);
constexpr auto kKeysLast = std::chrono::hours(1);
constexpr std::size_t kLongestCode = 2048;

struct Metadata {
  std::string authorization;
  std::string token;
  std::string keys;
  bool namesItself = false;  // RFC 9207: answers carry "iss"
};

struct Known {
  std::optional<Metadata> metadata;
  Instant metadataAt{};
  std::vector<Key> keys;
  std::optional<Instant> keysAt;
};

bool isHttps(std::string_view url) {
  return url.starts_with("https://") && url.size() < 2048 &&
         std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string made(std::string_view binding, std::string_view label) {
  std::array<std::byte, 32> mac{};
  const auto key = crypto::sha256(asBytes(binding));
  crypto::Mac(Secret(key), label).compute("", mac);
  return toBase64Url(mac);
}

Metadata metadataFrom(const Answer& answer, const std::string& issuer) {
  const auto refuse = [&](std::string_view why) {
    return Error(ErrorKind::network, fmt::format("the broker's configuration {}", why), "portal.broker.issuer");
  };
  if (answer.status != 200) throw refuse(fmt::format("is not there: status {}", answer.status));
  const json document = json::parse(answer.body, nullptr, false);
  if (!document.is_object()) throw refuse("is not JSON");
  const auto textOf = [&](const char* name) {
    return document.contains(name) && document[name].is_string() ? document[name].get<std::string>() : ""s;
  };
  if (textOf("issuer") != issuer) throw refuse("is of another issuer");
  Metadata metadata{textOf("authorization_endpoint"), textOf("token_endpoint"), textOf("jwks_uri"),
                    document.value("authorization_response_iss_parameter_supported", json()) == json(true)};
  if (!isHttps(metadata.authorization) || !isHttps(metadata.token) || !isHttps(metadata.keys))
    throw refuse("names addresses that are not https");
  return metadata;
}

}  // namespace

struct Client::Parts {
  Settings settings;
  Fetcher fetcher;
  Guarded<Known> known;

  Metadata metadata(Instant now);
  std::vector<Key> keys(const Metadata& metadata, Instant now, const Token& token);
  Result<Token, std::string> tokenFor(const Metadata& metadata, const Flow& flow, const std::string& code);
};

Client::Client(Settings settings) : parts_(nullptr) {
  auto authorities = settings.authorities;
  parts_.reset(new Parts{std::move(settings), Fetcher(authorities), Guarded<Known>()});
}

Client::~Client() = default;

// Asked outside the lock: a broker that is slow must not keep those waiting who only need what is known.
Metadata Client::Parts::metadata(Instant now) {
  const auto kept = known.with(
      [&](Known& it) { return it.metadata && now - it.metadataAt < kDiscoveryLasts ? it.metadata : std::nullopt; });
  if (kept) return *kept;
  std::string base = settings.issuer;
  if (base.ends_with('/')) base.pop_back();
  Metadata fresh = metadataFrom(fetcher.get(base + "/.well-known/openid-configuration"), settings.issuer);
  known.with([&](Known& it) {
    it.metadata = fresh;
    it.metadataAt = now;
  });
  return fresh;
}

std::vector<Key> Client::Parts::keys(const Metadata& metadata, Instant now, const Token& token) {
  const Known kept = known.with([](Known& it) { return it; });
  const bool fresh = kept.keysAt && now - *kept.keysAt < kKeysLast;
  if (fresh && (names(token, kept.keys) || now - *kept.keysAt < kBetweenKeySets)) return kept.keys;
  const Answer answer = fetcher.get(metadata.keys);
  auto set = answer.status == 200 ? parseKeys(answer.body) : failure("status "s + std::to_string(answer.status));
  if (!set) throw Error(ErrorKind::network, fmt::format("the broker's keys cannot be used: {}", set.error()));
  known.with([&](Known& it) {
    it.keys = *set;
    it.keysAt = now;
  });
  return std::move(*set);
}

Result<Token, std::string> Client::Parts::tokenFor(const Metadata& metadata, const Flow& flow,
                                                   const std::string& code) {
  const std::string form = fmt::format("grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
                                       percentEncoded(code), percentEncoded(settings.back), flow.verifier);
  const Answer answer = fetcher.post(metadata.token, form, settings.clientId, settings.clientSecret.revealText());
  if (answer.status != 200) return failure(fmt::format("the broker does not take the code: status {}", answer.status));
  const json document = json::parse(answer.body, nullptr, false);
  if (!document.is_object() || !document.contains("id_token") || !document["id_token"].is_string())
    return failure("the broker gives no ID token"s);
  return parseToken(document["id_token"].get_ref<const std::string&>());
}

std::string Client::addressFor(std::string_view binding, Instant now) {
  const Metadata metadata = parts_->metadata(now);
  const Flow flow = flowOf(binding);
  std::string assurance;
  for (const std::string& one : parts_->settings.assurance) assurance += (assurance.empty() ? "" : " ") + one;
  std::string address = metadata.authorization;
  address += address.find('?') == std::string::npos ? '?' : '&';
  address += fmt::format(
      "response_type=code&client_id={}&redirect_uri={}&scope=openid%20email&state={}&nonce={}&code_challenge={}"
      "&code_challenge_method=S256",
      percentEncoded(parts_->settings.clientId), percentEncoded(parts_->settings.back), flow.state, flow.nonce,
      flow.challenge);
  if (!assurance.empty()) address += "&acr_values=" + percentEncoded(assurance);
  return address;
}

Result<Identity, std::string> Client::finish(std::string_view binding, const Return& back, Instant now) {
  const Flow flow = flowOf(binding);
  if (binding.size() < 43 || !equalInConstantTime(asBytes(back.state), asBytes(flow.state)))
    return failure("the answer is not for this browser"s);
  if (!back.error.empty()) return failure("the broker says that it did not succeed"s);
  if (back.code.empty() || back.code.size() > kLongestCode) return failure("the answer holds no code"s);
  const Metadata metadata = parts_->metadata(now);
  if (back.issuer.empty() ? metadata.namesItself : back.issuer != parts_->settings.issuer)
    return failure("the answer is of another broker"s);
  const auto token = parts_->tokenFor(metadata, flow, back.code);
  if (!token) return failure(token.error());
  return checkIdToken(*token, parts_->keys(metadata, now, *token),
                      {parts_->settings.issuer, parts_->settings.clientId, flow.nonce}, now);
}

Flow flowOf(std::string_view binding) {
  Flow flow{made(binding, "state"), made(binding, "nonce"), made(binding, "verifier"), {}};
  flow.challenge = toBase64Url(crypto::sha256(asBytes(flow.verifier)));
  return flow;
}

}  // namespace sluis::oidc
