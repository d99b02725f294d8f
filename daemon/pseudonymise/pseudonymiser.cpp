#include "pseudonymise/pseudonymiser.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/time.h"
#include "pseudonymise/rekeying.h"

namespace sluis::pseudonymise {

namespace {

using crypto::Key;
using crypto::Keyring;

// Part of what a pseudonym is: changing a label changes every pseudonym.
constexpr std::string_view kNumberLabel = "sluis/pseudonym/bsn:";
constexpr std::string_view kPrePseudonymLabel = "sluis/pseudonym/psn:";
constexpr std::string_view kFallbackLabel = "sluis/pseudonym/none:";

// Large enough that one AES call serves many records, small enough that a batch stays in the processor's cache.
constexpr std::size_t kChunk = 1024;
constexpr std::size_t kBlock = 16;

const Key& stepOneKey(const Keyring& keys) {
  const Key* key = keys.latest(Keyring::kPseudonym);
  if (key == nullptr)
    throw Error(ErrorKind::config, "there is no pseudonym key",
                "put back the copy you keep of it; only on a new system: sluis key new");
  return *key;
}

void putDigits(char* out, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

// The text of one identity, wiped when it goes.
struct IdentityText {
  std::array<char, 32> text{};
  std::size_t size = 0;

  IdentityText() = default;
  IdentityText(const IdentityText&) = delete;
  IdentityText& operator=(const IdentityText&) = delete;
  ~IdentityText() { wipe(std::as_writable_bytes(std::span(text))); }

  std::string_view view() const { return {text.data(), size}; }

  void number(std::uint32_t bsn) {
    // validate/ tells placeholders apart by the dataset's version; one that gets here as a number is a bug, and would
    // make one child out of many.
    if (bsn == 0 || bsn >= 999999999) throw std::logic_error("a placeholder was about to be pseudonymised as a number");
    putDigits(text.data(), bsn, 9);
    size = 9;
  }
  void prePseudonym(const std::array<std::byte, 16>& psn) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t i = 0; i < psn.size(); ++i) {
      text[2 * i] = kDigits[std::to_integer<unsigned>(psn[i]) >> 4];
      text[2 * i + 1] = kDigits[std::to_integer<unsigned>(psn[i]) & 15];
    }
    size = 32;
  }
  // geslacht, geboortedatum, postcode or "GM" and the municipality, datum_aanvang, hulpvorm: all of fixed width.
  void fallback(const Trajectory& record) {
    text[0] = record.sex;
    putDigits(text.data() + 1, record.birth, 8);
    if (record.residence == 0) {
      std::copy(record.postcode.begin(), record.postcode.end(), text.begin() + 9);
    } else {
      text[9] = 'G';
      text[10] = 'M';
      putDigits(text.data() + 11, record.residence, 4);
    }
    const std::chrono::year_month_day start{Day(std::chrono::days(record.start))};
    putDigits(text.data() + 15, static_cast<std::uint32_t>(static_cast<int>(start.year())), 4);
    putDigits(text.data() + 19, static_cast<unsigned>(start.month()), 2);
    putDigits(text.data() + 21, static_cast<unsigned>(start.day()), 2);
    putDigits(text.data() + 23, record.form, 2);
    size = 25;
  }
};

std::int16_t postcode4Of(const Trajectory& record) {
  if (record.residence != 0) return 0;
  int digits = 0;
  for (int i = 0; i < 4; ++i) {
    if (record.postcode[i] < '0' || record.postcode[i] > '9') return 0;
    digits = digits * 10 + (record.postcode[i] - '0');
  }
  return static_cast<std::int16_t>(digits);
}

// Everything but the pseudonym: what is kept, and no more than that.
PseudonymousTrajectory reduced(const Trajectory& record) {
  PseudonymousTrajectory out;
  out.row = record.row;
  out.birthYear = static_cast<std::int16_t>(record.birth / 10000);
  out.birthMonth = static_cast<std::uint8_t>(record.birth / 100 % 100);
  out.postcode4 = postcode4Of(record);
  out.residence = record.residence;
  out.sex = record.sex;
  out.crisis = record.crisis;
  out.municipality = record.municipality;
  out.start = record.start;
  out.end = record.end;
  out.referrer = record.referrer;
  out.form = record.form;
  out.reason = record.reason;
  out.perspective = record.perspective;
  out.productCategory = record.productCategory;
  out.profile = record.profile;
  out.severity = record.severity;
  out.complexity = record.complexity;
  out.measurements = record.measurements;
  return out;
}

}  // namespace

// One municipality's key, and the records of the current chunk that wait for it.
struct Pseudonymiser::Domain {
  explicit Domain(const Key& key) : version(key.version), permutation(key.secret) {}

  std::uint16_t version;
  crypto::Permutation128 permutation;
  std::vector<std::uint32_t> waiting;
  Bytes blocks;

  void flush(std::span<PseudonymousTrajectory> records) {
    blocks.resize(waiting.size() * kBlock);
    for (std::size_t i = 0; i < waiting.size(); ++i)
      std::memcpy(blocks.data() + i * kBlock, records[waiting[i]].pseudonym.data(), kBlock);
    permutation.encrypt(blocks);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      std::memcpy(records[waiting[i]].pseudonym.data(), blocks.data() + i * kBlock, kBlock);
      records[waiting[i]].domainVersion = version;
    }
    waiting.clear();
  }
};

Pseudonymiser::Pseudonymiser(const Keyring& keys)
    : keys_(keys),
      stepOneVersion_(stepOneKey(keys).version),
      number_(stepOneKey(keys).secret, kNumberLabel),
      prePseudonym_(stepOneKey(keys).secret, kPrePseudonymLabel),
      fallback_(stepOneKey(keys).secret, kFallbackLabel),
      units_(keys),
      domainIndex_(std::size_t{1} << 16) {}

Pseudonymiser::~Pseudonymiser() = default;

Pseudonymiser::Domain& Pseudonymiser::domainOf(std::uint16_t municipality) {
  std::uint16_t& index = domainIndex_[municipality];
  if (index == 0) {
    domains_.push_back(std::make_unique<Domain>(latestDomainKey(keys_, municipality)));
    index = static_cast<std::uint16_t>(domains_.size());
  }
  return *domains_[index - 1];
}

void Pseudonymiser::use(std::uint16_t municipality, std::uint16_t version) {
  domains_.push_back(std::make_unique<Domain>(domainKey(keys_, municipality, version)));
  domainIndex_[municipality] = static_cast<std::uint16_t>(domains_.size());
}

void Pseudonymiser::needs(std::span<const std::uint16_t> municipalities) {
  for (const std::uint16_t municipality : municipalities) domainOf(municipality);
}

void Pseudonymiser::apply(std::span<const Trajectory> records, std::vector<PseudonymousTrajectory>& out) {
  // Nobody may find in `out` what has been through step 1 only. Not a guard object: g++ 12.2 at -O2 drops the store of
  // its out.clear() on the way out of an exception.
  try {
    make(records, out);
  } catch (...) {
    out.clear();
    for (const auto& domain : domains_) domain->waiting.clear();
    throw;
  }
}

void Pseudonymiser::make(std::span<const Trajectory> records, std::vector<PseudonymousTrajectory>& out) {
  out.resize(records.size());
  IdentityText identity;
  for (std::size_t from = 0; from < records.size(); from += kChunk) {
    const std::span chunk = records.subspan(from, std::min(kChunk, records.size() - from));
    const std::span<PseudonymousTrajectory> made(out.data() + from, chunk.size());
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      const Trajectory& record = chunk[i];
      PseudonymousTrajectory& result = made[i];
      result = reduced(record);
      result.stepOneVersion = stepOneVersion_;
      switch (record.identity) {
        case Identity::bsn:
          identity.number(record.bsn);
          number_.compute(identity.view(), result.pseudonym);
          break;
        case Identity::psn:
          identity.prePseudonym(record.psn);
          prePseudonym_.compute(identity.view(), result.pseudonym);
          result.prePseudonym = true;
          break;
        case Identity::unknown:
        case Identity::unborn:
          identity.fallback(record);
          fallback_.compute(identity.view(), result.pseudonym);
          result.unlinked = true;
          break;
      }
      result.keys = units_.keysOf(result);
      domainOf(record.municipality).waiting.push_back(static_cast<std::uint32_t>(i));
    }
    for (const auto& domain : domains_)
      if (!domain->waiting.empty()) domain->flush(made);
  }
}

}  // namespace sluis::pseudonymise
