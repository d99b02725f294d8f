#include "validate/file_rules.h"

#include <algorithm>
#include <cstring>
#include <future>
#include <new>
#include <utility>

#include "base/secret.h"
#include "validate/calendar.h"

namespace sluis::validate {

namespace {

constexpr DayNumber kFirstDay = kCalendar.find(kFirstYear * 10000 + 101);

constexpr unsigned kChildShift = 34;  // key: child 30, form 7, start 17 bits, 10 spare
constexpr unsigned kFormShift = 27;
constexpr unsigned kStartShift = 10;

constexpr unsigned kEndShift = 47;  // rest: end 17, birth 17, sex 2, row 28 bits
constexpr unsigned kBirthShift = 30;
constexpr unsigned kSexShift = 28;
constexpr std::uint64_t kSeventeen = (1U << 17) - 1;
constexpr std::uint64_t kRowBits = (1U << 28) - 1;

constexpr std::uint64_t kRunning = kSeventeen;  // an end that lies after everything
constexpr std::uint64_t kNoEnd = 0;             // unreadable, or before the start: no interval
constexpr std::uint64_t kUnknownBirth = kSeventeen;
constexpr std::uint64_t kNoForm = 127;  // of a record without a key; no list has so many forms

std::uint64_t offset(DayNumber day) {
  return static_cast<std::uint64_t>(day - kFirstDay);
}

std::uint64_t packedBirth(std::uint32_t yyyymmdd) {
  if (yyyymmdd == 0) return 0;  // unborn
  return std::uint64_t{yyyymmdd / 10000 - kFirstYear} << 9 | (yyyymmdd / 100 % 100) << 5 | yyyymmdd % 100;
}

std::uint64_t packedSex(char sex) {
  return sex == 'M' ? 1 : sex == 'V' ? 2 : 0;
}

template <typename Entry>
std::uint32_t rowOf(const Entry& entry) {
  return static_cast<std::uint32_t>(entry.rest & kRowBits);
}
template <typename Entry>
std::uint64_t endOf(const Entry& entry) {
  return entry.rest >> kEndShift;
}
template <typename Entry>
std::uint64_t startOf(const Entry& entry) {
  return entry.key >> kStartShift & kSeventeen;
}

// Birth dates contradict each other where both are known: month or day may be missing in one of them. Keeps the more
// exact.
bool contradicts(std::uint64_t& known, std::uint64_t birth) {
  if (birth == kUnknownBirth || birth == known) return false;
  if (known == kUnknownBirth) {
    known = birth;
    return false;
  }
  if (birth >> 9 != known >> 9) return true;
  const std::uint64_t months[] = {known >> 5 & 15, birth >> 5 & 15};
  const std::uint64_t days[] = {known & 31, birth & 31};
  if (months[0] != months[1] && months[0] != 0 && months[1] != 0) return true;
  if (days[0] != days[1] && days[0] != 0 && days[1] != 0) return true;
  known = std::max(known, birth);
  return false;
}

}  // namespace

template <typename Of>
void FileRules::Heap<Of>::turnPage(Pages& pages) {
  pages_.push_back(pages.take());
  used_ = 0;
}

// Made where it stays: an entry written in parts and copied at once is waited for.
template <typename Of>
template <typename... Parts>
inline void FileRules::Heap<Of>::put(Pages& pages, Parts... parts) {
  if (used_ == kOfPage) [[unlikely]]
    turnPage(pages);
  new (pages_.back() + used_++ * sizeof(Of)) Of{parts...};
}

template <typename Of>
void FileRules::Heap<Of>::moveTo(std::vector<Of>& entries, bool drop) {
  std::size_t at = entries.size();
  entries.resize(at + size());
  for (std::byte* page : pages_) {
    const std::size_t count = std::min(kOfPage, entries.size() - at);
    std::memcpy(entries.data() + at, page, count * sizeof(Of));
    at += count;
    if (drop) Pages::drop(page);
  }
  pages_.clear();
  used_ = kOfPage;
}

void FileRules::add(const Trajectory& record, const Readable& readable) {
  std::uint64_t end = kNoEnd;
  if (readable.end && record.end == kNoDay) end = kRunning;
  if (readable.end && record.end != kNoDay && record.end >= record.start) end = offset(record.end) + 1;
  const std::uint64_t birth = readable.birth ? packedBirth(record.birth) : kUnknownBirth;
  const std::uint64_t sex = readable.sex ? packedSex(record.sex) : 0;
  const std::uint64_t rest = end << kEndShift | birth << kBirthShift | sex << kSexShift | record.row;
  const std::uint64_t form = readable.key ? record.form : kNoForm;
  const std::uint64_t start = readable.key ? offset(record.start) : 0;
  const std::uint64_t formAndStart = form << kFormShift | start << kStartShift;
  if (record.identity != Identity::psn) {
    children_[record.bsn % kHeaps].put(pages_, std::uint64_t{record.bsn} << kChildShift | formAndStart, rest);
    return;
  }
  PsnEntry entry{{},
                 static_cast<std::uint32_t>(rest),
                 static_cast<std::uint32_t>(rest >> 32),
                 static_cast<std::uint32_t>(formAndStart >> kStartShift)};
  std::memcpy(entry.psn.data(), record.psn.data(), record.psn.size());
  const std::uint32_t mixed = (entry.psn[0] ^ entry.psn[1] ^ entry.psn[2] ^ entry.psn[3]) * 0x9E3779B1U;
  psns_[mixed >> 26].put(pages_, entry);
}

void FileRules::addNameless(const Trajectory& record) {
  std::uint64_t place = record.residence;
  if (record.residence == 0) {
    for (int i = 0; i < 4; ++i) place = place * 10 + static_cast<std::uint64_t>(record.postcode[i] - '0');
    for (int i = 4; i < 6; ++i) place = place * 26 + static_cast<std::uint64_t>(record.postcode[i] - 'A');
    place += 10000;  // behind the numbers of municipalities
  }
  const std::uint64_t sex = record.sex == 'O' ? 3 : packedSex(record.sex);
  const Entry entry{
      packedBirth(record.birth) << 47 | std::uint64_t{record.form} << 40 | offset(record.start) << 23 | sex << 21,
      place << 28 | record.row};
  nameless_[(entry.key >> 23 ^ entry.key >> 47 ^ place) % kHeaps].put(pages_, entry);
}

template <typename Of>
FileRules::Queue<Of>::Queue(Heaps<Of>& heaps, Heaps<Of>* others) : heaps(heaps), others(others) {
  for (std::size_t i = 0; i < kHeaps; ++i) {
    const std::size_t size = heaps[i].size() + (others != nullptr ? (*others)[i].size() : 0);
    largest = std::max(largest, size);
    all += size;
  }
}

template <typename Of, typename Judge>
void FileRules::eachHeap(Queue<Of>& queue, Judge&& judge) {
  if (queue.all == 0) return;
  std::vector<Of> entries;
  // Room once and for all: growing would leave numbers in freed memory.
  entries.reserve(queue.largest);
  for (std::size_t i = queue.next++; i < kHeaps; i = queue.next++) {
    Heap<Of>& heap = queue.heaps[i];
    Heap<Of>* other = queue.others != nullptr ? &(*queue.others)[i] : nullptr;
    const bool drop = heap.size() + (other != nullptr ? other->size() : 0) > queue.all / (kHeaps / 4);
    entries.clear();
    heap.moveTo(entries, drop);
    if (other != nullptr) other->moveTo(entries, drop);
    judge(entries);
  }
  entries.resize(entries.capacity());
  wipe(std::as_writable_bytes(std::span(entries)));
}

// Two passes over the 24 bits of the child that differ within a heap. A heap that is far larger than the others (one
// child over and over) is sorted in its place: room for another of its size would break the bound on memory.
void FileRules::sortByChild(std::vector<Entry>& entries, std::vector<Entry>& scratch) {
  // Few are not worth the counting, and a small delivery has few in each of many heaps.
  constexpr std::size_t kFew = 1024;
  if (entries.size() < kFew || entries.size() > scratch.capacity()) {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
    return;
  }
  constexpr unsigned kDigit = 12;
  static_assert(kHeaps == 1U << (30 - 2 * kDigit));
  scratch.resize(entries.size());
  std::span<Entry> from = entries;
  std::span<Entry> to = scratch;
  for (const unsigned shift : {kChildShift + 6, kChildShift + 6 + kDigit}) {
    std::array<std::uint32_t, 1U << kDigit> places{};
    const auto digit = [&](const Entry& entry) { return entry.key >> shift & ((1U << kDigit) - 1); };
    for (const Entry& entry : from) ++places[digit(entry)];
    std::uint32_t before = 0;
    for (std::uint32_t& place : places) before += std::exchange(place, before);
    for (const Entry& entry : from) to[places[digit(entry)]++] = entry;
    std::swap(from, to);
  }
}

void FileRules::judgeChildren(std::vector<Entry>& entries, std::vector<Entry>& scratch, Broken& broken) {
  sortByChild(entries, scratch);
  for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
    for (end = begin + 1; end < entries.size() && entries[end].key >> kChildShift == entries[begin].key >> kChildShift;)
      ++end;
    if (end - begin > 1) judgeChild(std::span(entries).subspan(begin, end - begin), broken);
  }
}

// A child's entries are made over its PsnEntries: room for both would break the bound on memory. The k-th Entry ends
// before the PsnEntry behind the k-th, also when the first is moved by half a word to be aligned.
std::span<FileRules::Entry> FileRules::asEntries(std::span<PsnEntry> child) {
  static_assert(sizeof(PsnEntry) >= sizeof(Entry) + alignof(Entry) - alignof(PsnEntry));
  auto* at = reinterpret_cast<std::byte*>(child.data());
  if (reinterpret_cast<std::uintptr_t>(at) % alignof(Entry) != 0) at += alignof(PsnEntry);
  Entry* first = nullptr;
  for (std::size_t i = 0; i < child.size(); ++i) {
    const PsnEntry from = child[i];
    Entry* made = new (at + i * sizeof(Entry))
        Entry{std::uint64_t{from.formAndStart} << kStartShift, std::uint64_t{from.restHigh} << 32 | from.restLow};
    if (i == 0) first = made;
  }
  return {first, child.size()};
}

void FileRules::judgePsns(std::vector<PsnEntry>& entries, Broken& broken) {
  std::sort(entries.begin(), entries.end(), [](const PsnEntry& a, const PsnEntry& b) { return a.psn < b.psn; });
  for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
    for (end = begin + 1; end < entries.size() && entries[end].psn == entries[begin].psn;) ++end;
    if (end - begin > 1) judgeChild(asEntries(std::span(entries).subspan(begin, end - begin)), broken);
  }
}

FileRules::Broken FileRules::judgeHeaps(Queues& queues, std::uint64_t records) {
  Broken broken{RowSet(records), RowSet(records), RowSet(records), RowSet(records)};
  std::vector<Entry> scratch;
  scratch.reserve(std::min(queues.children.largest, static_cast<std::size_t>(records / (kHeaps / 4)) + 1024));
  eachHeap(queues.children, [&](std::vector<Entry>& entries) { judgeChildren(entries, scratch, broken); });
  scratch.resize(scratch.capacity());
  wipe(std::as_writable_bytes(std::span(scratch)));
  eachHeap(queues.psns, [&](std::vector<PsnEntry>& entries) { judgePsns(entries, broken); });
  eachHeap(queues.nameless, [&](std::vector<Entry>& entries) { judgeNameless(entries, broken); });
  return broken;
}

FileRules::Broken FileRules::judge(std::uint64_t records, FileRules* others) {
  const auto of = [&](auto FileRules::*heaps) { return others != nullptr ? &(others->*heaps) : nullptr; };
  Queues queues{.children = {children_, of(&FileRules::children_)},
                .psns = {psns_, of(&FileRules::psns_)},
                .nameless = {nameless_, of(&FileRules::nameless_)}};
  if (others == nullptr) return judgeHeaps(queues, records);
  auto elsewhere = std::async(std::launch::async, [&] { return judgeHeaps(queues, records); });
  Broken broken = judgeHeaps(queues, records);
  const Broken theirs = elsewhere.get();
  broken.sameKey.add(theirs.sameKey);
  broken.overlap.add(theirs.overlap);
  broken.contradiction.add(theirs.contradiction);
  broken.sameNameless.add(theirs.sameNameless);
  return broken;
}

void FileRules::judgeChild(std::span<Entry> child, Broken& broken) {
  std::uint64_t birth = kUnknownBirth;
  std::uint64_t sexes = 0;
  bool contradicted = false;
  for (const Entry& entry : child) {
    contradicted |= contradicts(birth, entry.rest >> kBirthShift & kSeventeen);
    sexes |= entry.rest >> kSexShift & 3;
  }
  if (contradicted || sexes == 3)
    for (const Entry& entry : child) broken.contradiction.put(rowOf(entry));

  std::sort(child.begin(), child.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  // Those without a key come last.
  while (!child.empty() && (child.back().key >> kFormShift & kNoForm) == kNoForm) child = child.first(child.size() - 1);
  for (std::size_t i = 0; i < child.size(); ++i)
    if ((i > 0 && child[i - 1].key == child[i].key) || (i + 1 < child.size() && child[i + 1].key == child[i].key))
      broken.sameKey.put(rowOf(child[i]));
  for (std::size_t begin = 0, end = 0; begin < child.size(); begin = end) {
    for (end = begin + 1; end < child.size() && child[end].key >> kFormShift == child[begin].key >> kFormShift;) ++end;
    if (end - begin > 1) judgeOverlap(child.subspan(begin, end - begin), broken);
  }
}

// In order of start. Records with the same start are JH201 among themselves: only other starts count here.
void FileRules::judgeOverlap(std::span<const Entry> sameForm, Broken& broken) {
  std::uint64_t latestEnd = kNoEnd;
  for (std::size_t begin = 0, end = 0; begin < sameForm.size(); begin = end) {
    const std::uint64_t start = startOf(sameForm[begin]);
    for (end = begin + 1; end < sameForm.size() && startOf(sameForm[end]) == start;) ++end;
    // The next start that has an interval at all.
    std::size_t next = end;
    while (next < sameForm.size() && endOf(sameForm[next]) == kNoEnd) ++next;
    std::uint64_t latestHere = kNoEnd;
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint64_t until = endOf(sameForm[i]);
      if (until == kNoEnd) continue;
      // Ends are counted from 1, starts from 0.
      const bool before = latestEnd > start;
      const bool after = next < sameForm.size() && until > startOf(sameForm[next]);
      if (before || after) broken.overlap.put(rowOf(sameForm[i]));
      latestHere = std::max(latestHere, until);
    }
    latestEnd = std::max(latestEnd, latestHere);
  }
}

void FileRules::judgeNameless(std::vector<Entry>& entries, Broken& broken) {
  const auto place = [](const Entry& entry) { return entry.rest >> 28; };
  const auto same = [&](const Entry& a, const Entry& b) { return a.key == b.key && place(a) == place(b); };
  std::sort(entries.begin(), entries.end(),
            [&](const Entry& a, const Entry& b) { return a.key != b.key ? a.key < b.key : place(a) < place(b); });
  for (std::size_t i = 0; i < entries.size(); ++i)
    if ((i > 0 && same(entries[i - 1], entries[i])) || (i + 1 < entries.size() && same(entries[i + 1], entries[i])))
      broken.sameNameless.put(rowOf(entries[i]));
}

}  // namespace sluis::validate
