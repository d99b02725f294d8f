// What a file in a drop folder is, by its name alone (CONTRACT §3). Content is never looked at here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/period.h"

namespace sluis {

/// "<dataset>_<period>[_<anything>].<csv|asc|txt|xlsx|xls>", case-insensitive; <anything> is [A-Za-z0-9-]{1,32} without
/// eight digits in a row (a name goes into logs and mails, and such a run could be a citizen number).
struct DeliveryName {
  std::string file;     ///< as sent, spelling kept; safe to print
  std::string dataset;  ///< lower case: "jeugdhulp"
  Period period;
  std::string extension;  ///< lower case, no dot: "csv"

  /// nullopt: the name is not understood (NAM).
  static std::optional<DeliveryName> parse(std::string_view file);
};

/// The part a file plays in a delivery.
enum class FileRole { upload, data, sshSignature, cmsSignature };

struct FileKind {
  FileRole role;
  std::string dataFile;  ///< the full name of the data file it belongs to (its own name for data)
};

/// upload = in progress (".part", ".filepart", ".tmp", or a leading dot); ".sig" and ".p7s" name their data file;
/// everything else is data, understood or not.
FileKind kindOf(std::string_view file);

/// ASCII letters in lower case: names that are equal so are one name to a provider.
std::string foldCase(std::string_view file);

/// A name fit for logs, mails and the database: other characters than [A-Za-z0-9._-] become '_', cut to 100; a name
/// with eight or more digits in a row ('.', '_', '-' and spaces between them not counted) becomes "sha256:<first 16
/// hex>", for which the caller passes the digest of the name in hex.
std::string safeFileName(std::string_view file, std::string_view nameDigestHex);
bool couldCarryBsn(std::string_view file);

}  // namespace sluis
