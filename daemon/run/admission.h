// Takes one delivery from the spool's incoming/ to queued/ or to its end: sealed, judged, committed, announced.
//
// Every step can be repeated after a crash: the folder a delivery lies in and the state of its row say where to go on.
#pragma once

#include <string>

#include "base/time.h"
#include "postgres/connection.h"
#include "run/installation.h"
#include "run/judgement.h"
#include "spool/spool.h"

namespace sluis::run {

class Admission {
 public:
  Admission(const Installation& installation, spool::Spool& spool, const Clock& clock)
      : installation_(installation), spool_(spool), clock_(clock) {}

  /// The delivery lies whole in incoming/<id>. Its row is made when it is not there yet.
  void admit(postgres::Connection& connection, const std::string& id);
  /// Brings what a crash left in incoming/ and queued/ to where the rows say it belongs. What has not been judged yet
  /// stays in incoming/, for Arrivals to go on with.
  void recover(postgres::Connection& connection);

 private:
  void decide(postgres::Connection& connection, const std::string& id, const spool::Origin& origin);
  bool settleByRow(postgres::Connection& connection, const std::string& id);

  const Installation& installation_;
  spool::Spool& spool_;
  const Clock& clock_;
};

/// What lies sealed in the spool, as Judge wants it.
Arrived arrivedIn(const spool::Spool& spool, const std::string& id, const spool::Sealed& sealed);
/// The name's digest and the name made safe.
Bytes nameDigestOf(const std::string& file);
std::string safeNameOf(const std::string& file);

}  // namespace sluis::run
