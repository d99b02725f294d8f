#include "snapshot/current.h"

#include <cstring>

#include "base/error.h"

namespace sluis::snapshot {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;
constexpr std::uint32_t kFreeBatch = 0xffffffff;
constexpr std::size_t kFirstSlots = 1 << 16;

}  // namespace

CurrentRecords::CurrentRecords(std::vector<std::uint32_t> lines)
    : lines_(std::move(lines)), slots_(kFirstSlots, kNone), firstFree_(kNone) {}

bool CurrentRecords::isSameKey(std::uint32_t record, const Identity& identity, std::uint8_t form) const {
  const auto& there = identities_[record];
  return there.pseudonym == identity.pseudonym && there.start == identity.start &&
         lines_[there.batch] == lines_[identity.batch] && payloads_[record].form == form;
}

// The slot that has this key's first record, or the empty one where it belongs.
std::size_t CurrentRecords::slotOf(const Identity& identity, std::uint8_t form) const {
  // Pseudonyms are random; a child's records differ in the rest, which is spread over all bits. Nobody who delivers can
  // choose pseudonyms, so nobody can have many fall into one place; records with one key hang on one slot.
  std::uint64_t hash = 0;
  std::memcpy(&hash, identity.pseudonym.data(), sizeof(hash));
  hash ^= (static_cast<std::uint64_t>(static_cast<std::uint32_t>(identity.start)) << 32 | lines_[identity.batch] << 8 |
           form) *
          0x9e3779b97f4a7c15;
  hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93;
  hash ^= hash >> 32;
  const std::size_t mask = slots_.size() - 1;
  auto slot = static_cast<std::size_t>(hash) & mask;
  while (slots_[slot] != kNone && !isSameKey(slots_[slot], identity, form)) slot = (slot + 1) & mask;
  return slot;
}

void CurrentRecords::add(const Identity& identity, const Payload& payload) {
  if (keys_ * 4 >= slots_.size() * 3) grow();
  auto& first = slots_[slotOf(identity, payload.form)];
  if (first == kNone) {
    first = store(identity, payload);
    identities_[first].next = kNone;
    ++keys_;
    return;
  }
  const auto batch = identities_[first].batch;
  if (batch > identity.batch) return;
  if (batch < identity.batch) {
    forget(first);
    first = store(identity, payload);
    identities_[first].next = kNone;
    return;
  }
  const auto twin = store(identity, payload);
  identities_[twin].next = identities_[first].next;
  identities_[first].next = twin;
}

std::uint32_t CurrentRecords::store(const Identity& identity, const Payload& payload) {
  if (firstFree_ == kNone) {
    if (identities_.size() >= kNone) throw Error(ErrorKind::system, "more records than a snapshot can hold");
    identities_.push(identity);
    payloads_.push(payload);
    return static_cast<std::uint32_t>(identities_.size() - 1);
  }
  const auto record = firstFree_;
  firstFree_ = identities_[record].next;
  --free_;
  identities_[record] = identity;
  payloads_[record] = payload;
  return record;
}

void CurrentRecords::forget(std::uint32_t record) {
  while (record != kNone) {
    auto& identity = identities_[record];
    const auto next = identity.next;
    identity.batch = kFreeBatch;
    identity.next = firstFree_;
    firstFree_ = record;
    ++free_;
    record = next;
  }
}

void CurrentRecords::grow() {
  const auto old = std::move(slots_);
  slots_.assign(old.size() * 2, kNone);
  for (const auto record : old)
    if (record != kNone) slots_[slotOf(identities_[record], payloads_[record].form)] = record;
}

void CurrentRecords::finish() {
  slots_ = {};
  std::size_t kept = 0;
  for (std::size_t i = 0; i < identities_.size(); ++i) {
    if (identities_[i].batch == kFreeBatch) continue;
    if (kept != i) {
      identities_[kept] = identities_[i];
      payloads_[kept] = payloads_[i];
    }
    ++kept;
  }
  identities_.shrink(kept);
  payloads_.shrink(kept);
  free_ = 0;
}

}  // namespace sluis::snapshot
