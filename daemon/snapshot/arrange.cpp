#include "snapshot/arrange.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "base/error.h"
#include "crypto/permutation.h"
#include "crypto/random.h"
#include "snapshot/header.h"

namespace sluis::snapshot {

namespace {

constexpr std::size_t kAesKeyBytes = 16;
constexpr std::size_t kBlocksAtOnce = 4096;
// So few records in one bucket that sorting it stays in the processor's cache.
constexpr std::size_t kBucketRecords = 4096;

using Block = std::array<std::uint32_t, 4>;

// In place of each pseudonym a random number, the same for the same and fresh with every snapshot. From here on no
// pseudonym is left in memory.
void shuffle(CurrentRecords& records) {
  const crypto::Permutation128 ofChild(crypto::randomSecret(kAesKeyBytes));
  const crypto::Permutation128 ofRecord(crypto::randomSecret(kAesKeyBytes));
  auto& identities = records.identities();
  std::vector<Block> linked;
  std::vector<Block> unlinked;
  for (std::size_t begin = 0; begin < identities.size(); begin += kBlocksAtOnce) {
    const auto end = std::min(begin + kBlocksAtOnce, identities.size());
    linked.clear();
    unlinked.clear();
    for (std::size_t i = begin; i < end; ++i) {
      linked.push_back(identities[i].pseudonym);
      unlinked.push_back({static_cast<std::uint32_t>(i), 0, 0, 0});
    }
    ofChild.encrypt(std::as_writable_bytes(std::span(linked)));
    ofRecord.encrypt(std::as_writable_bytes(std::span(unlinked)));
    for (std::size_t i = begin; i < end; ++i)
      identities[i].pseudonym = (records.payloads()[i].unlinked ? unlinked : linked)[i - begin];
  }
}

// Records by the first bits of that number.
struct Buckets {
  std::vector<std::uint32_t> order;
  std::vector<std::size_t> ends;
};

Buckets bucketsOf(const Chunked<Identity>& identities) {
  const auto bits = std::min<int>(16, std::bit_width(identities.size() / kBucketRecords));
  const auto bucketOf = [&](std::size_t i) { return identities[i].pseudonym[0] >> 16 >> (16 - bits); };
  Buckets buckets;
  std::vector<std::size_t> at((std::size_t{1} << bits) + 1);
  for (std::size_t i = 0; i < identities.size(); ++i) ++at[bucketOf(i) + 1];
  std::partial_sum(at.begin(), at.end(), at.begin());
  buckets.ends.assign(at.begin() + 1, at.end());
  buckets.order.resize(identities.size());
  for (std::size_t i = 0; i < identities.size(); ++i) buckets.order[at[bucketOf(i)]++] = static_cast<std::uint32_t>(i);
  return buckets;
}

struct Entry {
  Block child;
  std::uint32_t key;
  std::uint32_t record;
  std::int32_t start, end;
  bool unlinked;
};

struct Quarters {
  std::int32_t first = 0;
  std::int32_t last = 0;
};

Quarters quartersOf(const Chunked<Identity>& identities, Day today) {
  const auto now = static_cast<std::int32_t>(today.time_since_epoch().count());
  if (identities.size() == 0) return {quarterOf(now), quarterOf(now)};
  std::int32_t first = INT32_MAX;
  std::int32_t last = INT32_MIN;
  for (std::size_t i = 0; i < identities.size(); ++i) {
    const auto& [pseudonym, start, end, batch, next] = identities[i];
    first = std::min(first, start);
    last = std::max(last, end == kRunning ? start : end);
  }
  const Quarters quarters{quarterOf(first), quarterOf(last)};
  if (quarters.last - quarters.first >= kMostQuarters) {
    throw Error(
        ErrorKind::usage,
        fmt::format("the records reach from {}Q{} to {}Q{}: a snapshot counts at most {} quarters", quarters.first / 4,
                    quarters.first % 4 + 1, quarters.last / 4, quarters.last % 4 + 1, kMostQuarters),
        "a day at one of the two ends is probably wrong: have its provider correct it");
  }
  return quarters;
}

// What is drawn from one child's days, for each of its records.
class Child {
 public:
  Child(std::span<const Entry> entries, std::int32_t today, std::int32_t window)
      : unlinked_(entries.front().unlinked), today_(today), window_(window) {
    if (entries.size() == 1 || unlinked_) return;
    for (const auto& entry : entries) starts_.push_back(entry.start);
    std::ranges::sort(starts_);
  }

  std::uint8_t flagsOf(const Entry& entry) const {
    if (entry.end == kRunning || entry.end > today_ - window_) return 0;
    const auto next = std::ranges::upper_bound(starts_, entry.end);
    const bool renewed = next != starts_.end() && *next <= entry.end + window_;
    return static_cast<std::uint8_t>(kEndedBeforeWindow | (renewed ? kRenewed : 0));
  }

 private:
  bool unlinked_;
  std::int32_t today_;
  std::int32_t window_;
  std::vector<std::int32_t> starts_;
};

class Arranging {
 public:
  Arranging(CurrentRecords& records, Table& table, Day today)
      : records_(records), table_(table), today_(static_cast<std::int32_t>(today.time_since_epoch().count())) {}

  // Fills in child, start, end and flags, and makes `order` that of the rows.
  void children(Buckets& buckets) {
    auto& table = table_;
    for (auto* column : {&table.start, &table.end, &table.flags}) column->reserve(records_.size());
    table.child.reserve(records_.size());
    std::size_t begin = 0;
    std::vector<Entry> entries;
    for (const auto end : buckets.ends) {
      const std::span bucket(buckets.order.data() + begin, end - begin);
      entries.clear();
      for (const auto record : bucket) entries.push_back(entryOf(record));
      std::ranges::sort(entries, {}, [](const Entry& entry) { return std::tie(entry.child, entry.key, entry.record); });
      std::ranges::transform(entries, bucket.begin(), &Entry::record);
      for (auto first = entries.cbegin(); first != entries.cend();) {
        const auto last = std::find_if(first, entries.cend(), [&](const auto& e) { return e.child != first->child; });
        child({first, last});
        first = last;
      }
      begin = end;
    }
  }

  // The rest, once nothing is needed of the identities any more.
  void payloads(const std::vector<std::uint32_t>& order) {
    auto& table = table_;
    for (auto* column : {&table.key, &table.keyYouth, &table.keyParent}) column->reserve(order.size());
    table.provider.reserve(order.size());
    for (auto* column :
         {&table.form, &table.referrer, &table.reason, &table.profile, &table.productCategory, &table.perspective,
          &table.severity, &table.complexity, &table.satisfaction, &table.goOn, &table.goals})
      column->reserve(order.size());
    for (const auto record : order) {
      const auto& payload = records_.payloads()[record];
      table.key.push_back(payload.key);
      table.keyYouth.push_back(payload.keyYouth);
      table.keyParent.push_back(payload.keyParent);
      table.provider.push_back(payload.provider);
      table.form.push_back(payload.form);
      table.referrer.push_back(payload.referrer);
      table.reason.push_back(payload.reason);
      table.profile.push_back(payload.profile);
      table.productCategory.push_back(payload.productCategory);
      table.perspective.push_back(payload.perspective);
      table.severity.push_back(payload.severity);
      table.complexity.push_back(payload.complexity);
      table.satisfaction.push_back(payload.satisfaction);
      table.goOn.push_back(payload.goOn);
      table.goals.push_back(payload.goals);
    }
  }

 private:
  Entry entryOf(std::uint32_t record) const {
    const auto& identity = records_.identities()[record];
    const auto& payload = records_.payloads()[record];
    return {identity.pseudonym, payload.key, record, identity.start, identity.end, payload.unlinked};
  }

  void child(std::span<const Entry> entries) {
    const Child child(entries, today_, table_.facts.windowDays);
    for (const auto& entry : entries) {
      table_.child.push_back(static_cast<std::uint32_t>(table_.facts.children));
      table_.start.push_back(placeOf(entry.start));
      table_.end.push_back(entry.end == kRunning ? std::uint8_t{0} : placeOf(entry.end));
      table_.flags.push_back(child.flagsOf(entry));
    }
    ++table_.facts.children;
  }

  std::uint8_t placeOf(std::int32_t day) const {
    return static_cast<std::uint8_t>(quarterOf(day) - table_.facts.firstQuarter + 1);
  }

  CurrentRecords& records_;
  Table& table_;
  std::int32_t today_;
};

// Those that belong in the list, in order of code, and every row's place in it.
void placeProviders(Table& table, const std::vector<Provider>& providers, std::vector<bool> listed) {
  for (const auto provider : table.provider) listed.at(provider) = true;
  std::map<std::string, std::size_t> byCode;
  for (std::size_t i = 0; i < providers.size(); ++i)
    if (listed[i]) byCode.emplace(providers[i].code, i);
  std::vector<std::uint16_t> places(providers.size());
  for (const auto& [code, from] : byCode) {
    places[from] = static_cast<std::uint16_t>(table.facts.providers.size());
    table.facts.providers.push_back(providers[from]);
  }
  for (auto& provider : table.provider) provider = places[provider];
}

}  // namespace

std::int32_t quarterOf(std::int32_t day) {
  const std::chrono::year_month_day date{Day(std::chrono::days(day))};
  return static_cast<int>(date.year()) * 4 + static_cast<int>(static_cast<unsigned>(date.month()) - 1) / 3;
}

Table arrange(CurrentRecords& records, Facts facts, Day today, const std::vector<Provider>& providers,
              const std::vector<bool>& listed) {
  Table table;
  const auto quarters = quartersOf(records.identities(), today);
  facts.firstQuarter = quarters.first;
  facts.lastQuarter = quarters.last;
  facts.rows = records.size();
  facts.children = 0;
  facts.providers.clear();
  table.facts = std::move(facts);

  shuffle(records);
  auto buckets = bucketsOf(records.identities());
  Arranging arranging(records, table, today);
  arranging.children(buckets);
  records.identities().shrink(0);
  arranging.payloads(buckets.order);
  records.payloads().shrink(0);
  placeProviders(table, providers, listed);
  return table;
}

}  // namespace sluis::snapshot
