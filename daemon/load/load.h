// The last step of the records: binary COPY into care.trajectory, and what a replacement means for the earlier rows.
//
// Sees pseudonymous records only, by type. Everything happens in the caller's transaction: nothing of a delivery that
// is not committed can be seen or is left behind. Memory does not grow with the number of records.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/period.h"
#include "model/pseudonymous.h"
#include "postgres/connection.h"
#include "postgres/copy_writer.h"

namespace sluis::load {

struct Batch {
  std::int64_t delivery = 0;  ///< the number in the id
  std::string provider;
  std::string dataset;
  Period period;
  Instant received{};
};

/// An earlier delivery's records against the new one's, by pseudonym, start and form.
struct Replacement {
  std::uint64_t earlier = 0;   ///< records of the earlier delivery
  std::uint64_t replaced = 0;  ///< of those, come again
  std::uint64_t deleted = 0;   ///< of those, absent now
};

class Load {
 public:
  /// Starts the COPY: until finish() or abandon() its connection takes no other statement.
  Load(postgres::Transaction& transaction, std::int64_t delivery);

  /// DatabaseError when the connection breaks; rows are in the order of the file.
  void write(std::span<const PseudonymousTrajectory> records);
  /// Ends the COPY; how many records were loaded.
  std::uint64_t finish();
  /// A `fout` was found midway: no row of this load stays, the transaction is as it was before and can go on. More
  /// write() calls are ignored. A Load that goes out of scope unfinished does the same.
  void abandon();
  bool isAbandoned() const { return abandoned_; }

 private:
  postgres::Savepoint before_;
  std::optional<postgres::CopyWriter> copy_;
  std::int64_t delivery_;
  bool abandoned_ = false;
};

/// Takes records out of a finished load again: wrong ones within a provider's tolerance. How many there were.
std::uint64_t leaveOut(postgres::Transaction& transaction, std::int64_t delivery, std::span<const std::uint32_t> rows);

/// The delivery whose records stand for this provider, dataset and period; nullopt when there are none.
std::optional<std::int64_t> loadedDelivery(postgres::Transaction& transaction, std::string_view provider,
                                           std::string_view dataset, const Period& period);
/// After finish(): one hash join in the database.
Replacement compareWith(postgres::Transaction& transaction, std::int64_t earlier, std::int64_t later);
/// Records of the earlier delivery that were running then and are absent from the later one (JH303).
struct Vanished {
  std::uint64_t count = 0;
  std::vector<std::uint32_t> rows;  ///< their record numbers in the earlier delivery, ascending, the first `most`
};
Vanished vanished(postgres::Transaction& transaction, std::int64_t earlier, std::int64_t later, std::size_t most);
/// Records that stand for that delivery.
std::uint64_t recordsOf(postgres::Transaction& transaction, std::int64_t delivery);
/// Deletes the replaced delivery's records and its batch; how many records.
std::uint64_t removeEarlier(postgres::Transaction& transaction, std::int64_t earlier);
/// Enters the delivery as the one that stands for its period; after removeEarlier(). What reports read.
void enterBatch(postgres::Transaction& transaction, const Batch& batch, std::uint64_t records);

}  // namespace sluis::load
