// What a client is told when it does not get what it asked for: a status of the protocol and a sentence.
#pragma once

#include <string>

#include "base/result.h"
#include "gate/sftp_codec.h"

namespace sluis::gate {

struct Refusal {
  Status status = Status::failure;
  std::string text;
  /// Worth a line on the person's terminal: OpenSSH's client shows no status text but "Failure".
  bool tellPerson = false;
};

template <typename T>
using Answer = Result<T, Refusal>;

inline auto refuse(Status status, std::string text) {
  return failure(Refusal{status, std::move(text), false});
}
inline auto refuseAloud(std::string text) {
  return failure(Refusal{Status::failure, std::move(text), true});
}

/// The sentence for a failed system call. What only the machine can be blamed for is logged, without a file name.
Refusal refusalFor(int errnum);

/// "4 GiB", "1.5 MiB", "12 bytes".
std::string sizeText(std::uint64_t bytes);

}  // namespace sluis::gate
