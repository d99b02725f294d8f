#include "office/providers.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mail/kinds.h"
#include "model/denied.h"
#include "model/mail_address.h"
#include "model/provider_code.h"
#include "outbox/outbox.h"

namespace sluis::office {

namespace {

// As the log shows them.
std::map<std::string, std::string> changeable(const registry::Provider& provider) {
  return {{"name", provider.name},
          {"mail", nlohmann::json(provider.mails).dump()},
          {"max_file_bytes", std::to_string(provider.maxFileBytes)},
          {"quota_bytes", std::to_string(provider.quotaBytes)},
          {"open_periods", std::to_string(provider.openPeriods)},
          {"max_deleted_share", nlohmann::json(provider.maxDeletedShare).dump()},
          {"max_rejected_records", std::to_string(provider.maxRejectedRecords)}};
}

std::map<std::string, std::string> enterKeys(postgres::Transaction& transaction, const NewProvider& wanted) {
  std::map<std::string, std::string> known;
  for (const auto& key : wanted.loginKeys) {
    registry::addLoginKey(transaction, key);
    known.emplace(fmt::format("login_key_{}", known.size() + 1), key.fingerprint);
  }
  for (const auto& signer : wanted.signers) {
    registry::addSigner(transaction, signer);
    known.emplace(fmt::format("signer_{}", known.size() + 1), signer.fingerprint);
  }
  return known;
}

std::vector<std::string> eachOnce(std::vector<std::string> mails) {
  std::vector<std::string> once;
  for (auto& mail : mails)
    if (std::ranges::find(once, mail) == once.end()) once.push_back(std::move(mail));
  return once;
}

void requireMails(const std::vector<std::string>& mails) {
  requireMailAddresses(mails);
  if (mails.empty()) throw Error(ErrorKind::usage, "a provider needs at least one mail address", "give one");
}

void tellOldAndNew(postgres::Transaction& transaction, const registry::Provider& before,
                   const registry::Provider& after, const account::Account& by, const Post& post, Instant at) {
  outbox::NewMessage message;
  message.messageId = mail::messageId(fmt::format("{}-{}", after.code, at.time_since_epoch().count()),
                                      mail::kind::kMailsChanged, post.domain);
  message.kind = mail::kind::kMailsChanged;
  message.provider = after.code;
  message.recipients = before.mails;
  message.recipients.insert(message.recipients.end(), after.mails.begin(), after.mails.end());
  message.recipients = eachOnce(std::move(message.recipients));
  message.facts = {{"aanbieder", after.code},
                   {"aanbiedernaam", after.name},
                   {"moment", toRfc3339(at)},
                   {"door", by.name},
                   {"adressen", fmt::format("{}", fmt::join(after.mails, "\n"))}};
  outbox::enqueue(transaction, message, at);
}

}  // namespace

std::string canonicalCode(const std::string& text) {
  const auto code = ProviderCode::parse(text);
  if (!code)
    throw Denied(why::kProviderCode, text, fmt::format("\"{}\" is no provider code", text),
                 "2 to 16 letters and digits, beginning with a letter: P0001");
  return code->text();
}

registry::Provider providerDefaults(const config::Config& config) {
  registry::Provider provider;
  provider.maxFileBytes = config.limits.fileBytes;
  provider.quotaBytes = config.limits.quotaBytes;
  provider.openPeriods = config.rules.openPeriods;
  provider.maxDeletedShare = config.rules.maxDeletedShare;
  return provider;
}

void requireMailAddresses(const std::vector<std::string>& mails) {
  for (const auto& mail : mails)
    if (!isMailAddress(mail))
      throw Error(ErrorKind::usage, fmt::format("\"{}\" is no mail address", mail), "name@domain, in ASCII");
}

std::map<std::string, std::string> addProvider(postgres::Transaction& transaction, const NewProvider& wanted,
                                               const Occasion& occasion) {
  requireMailAddresses(wanted.provider.mails);
  registry::addProvider(transaction, wanted.provider);
  const auto known = enterKeys(transaction, wanted);
  audit::append(transaction, occasion.event("provider.added", wanted.provider.code, known));
  return known;
}

std::map<std::string, std::string> addKeys(postgres::Transaction& transaction, const NewProvider& wanted,
                                           const Occasion& occasion) {
  if (wanted.loginKeys.empty() && wanted.signers.empty())
    throw Error(ErrorKind::usage, "no key was given", "one to log in with, or one that signs");
  const auto known = enterKeys(transaction, wanted);
  audit::append(transaction, occasion.event("provider.keys-added", wanted.provider.code, known));
  return known;
}

std::map<std::string, std::string> changeProvider(postgres::Transaction& transaction, const registry::Provider& after,
                                                  const Occasion& occasion) {
  const auto before = changeable(registry::provider(transaction.connection(), after.code));
  requireMails(after.mails);
  if (after.quotaBytes < after.maxFileBytes)
    throw Error(ErrorKind::usage, "the quota cannot be less than one file may be");
  std::map<std::string, std::string> changed;
  for (const auto& [name, value] : changeable(after))
    if (before.at(name) != value) changed.emplace(name, value);
  if (changed.empty()) return changed;
  registry::changeProvider(transaction, after);
  audit::append(transaction, occasion.event("provider.changed", after.code, changed));
  return changed;
}

std::map<std::string, std::string> changeMails(postgres::Transaction& transaction, const account::Account& by,
                                               std::vector<std::string> mails, const Post& post,
                                               const Occasion& occasion) {
  if (mails.size() > kMostMails)
    throw Error(ErrorKind::usage, fmt::format("at most {} mail addresses", kMostMails), "use a shared mailbox");
  const auto before = registry::provider(transaction.connection(), by.subject);
  auto after = before;
  after.mails = eachOnce(std::move(mails));
  requireMails(after.mails);
  if (after.mails != before.mails) tellOldAndNew(transaction, before, after, by, post, occasion.at);
  return changeProvider(transaction, after, occasion);
}

bool setSuspended(postgres::Transaction& transaction, const std::string& provider, bool suspended,
                  const Occasion& occasion) {
  const bool changed = registry::setSuspended(transaction, provider, suspended);
  if (changed)
    audit::append(transaction, occasion.event(suspended ? "provider.suspended" : "provider.resumed", provider));
  return changed;
}

}  // namespace sluis::office
