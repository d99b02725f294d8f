// What sluis-gate must be told; plain values, filled from the configuration by the program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sluis::gate {

struct Settings {
  /// A numeric address; "::" or "0.0.0.0" for all.
  std::string listenAddress = "127.0.0.1";
  /// 0: any free one.
  std::uint16_t port = 0;
  /// A private Ed25519 key in OpenSSH's format, without passphrase.
  std::filesystem::path hostKey;
  /// Holds <user>/{inbox,test,outbox}/, <user>/.taken/ and <user>/STATUS.txt.
  std::filesystem::path dropFolder;
  /// Holds <user>.roster.
  std::filesystem::path rosterFolder;
  /// When set, the port in use is written to this file once the gate is ready.
  std::filesystem::path portFile;

  /// From the connection to the start of the SFTP subsystem.
  unsigned loginDeadlineSeconds = 30;
  /// Without a request from the client.
  unsigned idleSeconds = 900;
  /// How long sessions may go on after SIGTERM.
  unsigned drainSeconds = 5;
  unsigned maxSessions = 100;
  unsigned maxSessionsPerProvider = 8;
  /// Connections that have not logged in, in all and from one address.
  unsigned maxUnauthenticated = 40;
  unsigned maxUnauthenticatedPerAddress = 10;
  /// Refused attempts in one connection; a client with an agent offers several keys before the right one.
  unsigned maxAttempts = 6;
};

}  // namespace sluis::gate
