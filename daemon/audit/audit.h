// The audit log: append-only, gapless, each entry chained to the one before, so that nobody changes it unseen.
//
// An entry is canonical JSON and its leaf hash that of RFC 6962, so that the log can become a Merkle log without being
// rewritten. Content after NEN 7513: what happened, when, to what, by which system and user, on whose responsibility.
// Never: a value out of a delivery. The database role can insert here, not change or delete; what a superuser changes
// is found by verify(), and what is cut off the end by verify() against a head that was kept elsewhere.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "postgres/connection.h"

namespace sluis::audit {

using Hash = std::array<std::byte, 32>;

struct Event {
  std::string what{};         ///< "delivery.accepted"
  Instant at{};               ///< when it happened
  std::string subject{};      ///< to what: delivery id, provider code, …
  std::string system{};       ///< by which system: the program, "sluisd"
  std::string actor{};        ///< by which user: a person's login, or the provider's or the service's name
  std::string responsible{};  ///< on whose responsibility: a provider's code, or "TTP"
  std::map<std::string, std::string> details{};  ///< counts, codes, digests
};

/// The exact text that is hashed: keys sorted, no white space, everything beyond printable ASCII as \uXXXX.
/// Text that is not UTF-8 gets U+FFFD in its place.
std::string canonical(const Event& event);

struct Entry {
  std::int64_t index = 0;
  Hash leafHash{};
  Hash chainHash{};

  bool operator==(const Entry&) const = default;
};

/// Adds one entry to the log, in the caller's transaction. From here to the end of that transaction no other can
/// append: call it last, just before commit(). Several calls in one transaction are fine.
Entry append(postgres::Transaction& transaction, const Event& event);

/// Adds one entry and commits it, as role sluis_figures, which can do nothing else: only "report.viewed" and
/// "report.attacked" by system "sluis-figures". Its index. DatabaseError when it is not in the log; when that
/// isConnectionLost(), it may be.
std::int64_t appendView(postgres::Connection& connection, const Event& event);

/// Adds one entry in the caller's transaction, as role sluis_portal: only what people did at the portal itself, by
/// system "sluis-portal" (audit.append_portal names the events). Its index. Call last before commit(), as append().
std::int64_t appendPortal(postgres::Transaction& transaction, const Event& event);

/// SHA-256(0x00 ‖ entry).
Hash leafHash(std::string_view entry);
/// SHA-256(previous ‖ leaf); the previous of entry 0 is all zero bytes.
Hash chainHash(const Hash& previous, const Hash& leaf);

/// The last entry; nullopt while the log is empty.
std::optional<Entry> head(postgres::Connection& connection);

struct StoredEntry {
  Entry entry{};
  std::string json{};
};
/// Up to `limit` entries from index `from` on, oldest first; with `subject` only those about it.
std::vector<StoredEntry> show(postgres::Connection& connection, std::int64_t from, std::size_t limit,
                              const std::optional<std::string>& subject = std::nullopt);
/// The last `limit` entries, oldest of them first; with `subject` the last ones about it.
std::vector<StoredEntry> latest(postgres::Connection& connection, std::size_t limit,
                                const std::optional<std::string>& subject = std::nullopt);

struct Head {
  std::int64_t index = 0;
  Hash chainHash{};
};

struct Report {
  std::int64_t count = 0;                  ///< entries read
  std::optional<Entry> head{};             ///< the last one read
  std::optional<std::int64_t> firstBad{};  ///< where it goes wrong first
  std::string what{};                      ///< one sentence; empty when good

  bool good() const { return !firstBad; }
};

/// Reads the whole log once, in bounded memory, hashing here and not in the database, and stops at the first entry that
/// is wrong: changed, missing, swapped, added later. `expected`: an entry known from elsewhere (a receipt, a printed
/// head), which must still stand there. `progress` is called now and then with the number of entries read.
Report verify(postgres::Connection& connection, const std::optional<Head>& expected = std::nullopt,
              const std::function<void(std::int64_t)>& progress = {});

}  // namespace sluis::audit
