// Records under another version of their domain's key: which version is in force, and the long way from one to the
// next while runs go on (docs/pseudonyms.md).
//
// Knows no key: a Recipher is given, and only versions are kept. Rules that make it right at every moment:
//  - A load asks versionsInForce() first. That locks its domains until it commits; beginRotation() waits for the lock.
//    So from the first moment of a rotation nothing of the old version is added.
//  - Who re-keys or removes a delivery's records holds the row of care.batch; the rotation passes by what is locked and
//    comes back.
//  - Who compares records of several deliveries calls bringToForce() on them in the same transaction, and then compares
//    one version. Who only reads (reports) looks whether rotationsUnderWay() is empty in its own snapshot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "postgres/connection.h"

namespace sluis::load {

/// Pseudonyms of a municipality's domain, 16 bytes each, from one version of its key to another, in place.
using Recipher = std::function<void(std::uint16_t municipality, std::uint16_t from, std::uint16_t to,
                                    std::span<std::byte> pseudonyms)>;

/// The version that records of each of these municipalities get, fixed until the transaction ends. `latest` is asked
/// for one that nothing was ever loaded for.
std::map<std::uint16_t, std::uint16_t> versionsInForce(postgres::Transaction& transaction,
                                                       std::span<const std::uint16_t> municipalities,
                                                       const std::function<std::uint16_t(std::uint16_t)>& latest);

/// Brings every record of these deliveries to the version in force, and locks them until the transaction ends; how many
/// there were to bring. Costs one query when there are none.
std::uint64_t bringToForce(postgres::Transaction& transaction, std::vector<std::int64_t> deliveries,
                           const Recipher& recipher);

struct Rotation {
  std::int64_t id = 0;
  std::uint16_t municipality = 0;
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  std::string askedBy;
  Instant started{};
  std::optional<Instant> finished;
  std::uint64_t records = 0;    ///< re-keyed so far
  std::int64_t nextPart = 0;    ///< how far the present pass over care.trajectory has come: of kParts parts,
  std::uint64_t nextBlock = 0;  ///< and in this one
};

/// Those that are not finished, oldest first.
std::vector<Rotation> rotationsUnderWay(postgres::Connection& connection);
std::optional<Rotation> findRotation(postgres::Connection& connection, std::int64_t id);

struct NewRotation {
  std::uint16_t municipality = 0;
  std::uint16_t to = 0;
  std::string askedBy;
  Instant started{};
};
/// From this commit on `to` is in force. Waits for the loads in hand. Error (usage) when a rotation of the domain is
/// under way, or `to` is not newer than what is in force.
Rotation beginRotation(postgres::Transaction& transaction, const NewRotation& wanted);

enum class Pass {
  going,    ///< more to do
  blocked,  ///< a run has some of the records: come back in a moment
  over,     ///< the pass is at its end: see whether remaining() is 0
};
/// The next records, at most some ten thousand; `rotation` moves on with what the transaction writes.
Pass rekeySome(postgres::Transaction& transaction, Rotation& rotation, const Recipher& recipher);

/// Records of the domain that are not of the version in force: one scan of the table.
std::uint64_t remaining(postgres::Connection& connection, const Rotation& rotation);
/// Begins a new pass, over all that there is now.
void startPass(postgres::Transaction& transaction, Rotation& rotation);
void finishRotation(postgres::Transaction& transaction, Rotation& rotation, Instant at);

struct KeyUse {
  std::uint16_t municipality = 0;
  std::uint16_t version = 0;
  std::uint64_t records = 0;
};
/// How many records there are under each version; one scan of the table. Also for sluis_admin.
std::vector<KeyUse> keyUse(postgres::Connection& connection);
/// The version in force of every domain that has one.
std::map<std::uint16_t, std::uint16_t> domains(postgres::Connection& connection);

}  // namespace sluis::load
