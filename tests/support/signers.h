// Real keys and signatures for tests, made by the real ssh-keygen and openssl.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "support/command.h"

namespace sluis::test {

/// A new SSH key without a passphrase: <folder>/<name> and <name>.pub. `type` as for ssh-keygen -t.
inline std::filesystem::path makeSshKey(const std::filesystem::path& folder, const std::string& name,
                                        const std::string& type = "ed25519", const std::string& bits = {}) {
  std::vector<std::string> words = {"ssh-keygen", "-q", "-N", "",   "-C",
                                    "test",       "-t", type, "-f", (folder / name).string()};
  if (!bits.empty()) words.insert(words.end(), {"-b", bits});
  runCommand(words);
  return folder / name;
}

/// `ssh-keygen -Y sign`: the signature's text.
inline std::string sshSign(const std::filesystem::path& key, const std::string& nameSpace,
                           const std::filesystem::path& file, const std::string& hash = "sha512") {
  const std::filesystem::path signature = file.string() + ".sig";
  std::filesystem::remove(signature);
  runCommand(
      {"ssh-keygen", "-q", "-Y", "sign", "-f", key.string(), "-n", nameSpace, "-O", "hashalg=" + hash, file.string()});
  return readFile(signature);
}

/// A self-signed certificate and its key: <folder>/<name>.crt and <name>.key. `algorithm` as for openssl req -newkey,
/// with its -pkeyopt when there is one.
inline std::filesystem::path makeCertificate(const std::filesystem::path& folder, const std::string& name,
                                             const std::string& algorithm = "rsa:2048", const std::string& option = {},
                                             const std::string& days = "30") {
  std::vector<std::string> words = {"openssl", "req",
                                    "-x509",   "-newkey",
                                    algorithm, "-nodes",
                                    "-days",   days,
                                    "-subj",   "/O=Zorgaanbieder/CN=" + name,
                                    "-keyout", (folder / (name + ".key")).string(),
                                    "-out",    (folder / (name + ".crt")).string()};
  if (!option.empty()) words.insert(words.end(), {"-pkeyopt", option});
  runCommand(words);
  return folder / (name + ".crt");
}

/// `openssl cms -sign -binary`, detached: the signature's bytes. `more` are further options.
inline std::string cmsSign(const std::filesystem::path& certificate, const std::filesystem::path& file,
                           const std::vector<std::string>& more = {}, const std::string& form = "DER") {
  const std::filesystem::path signature = file.string() + ".p7s";
  std::filesystem::path key = certificate;
  key.replace_extension(".key");
  std::vector<std::string> words = {
      "openssl", "cms",        "-sign",    "-binary", "-in",  file.string(),     "-signer", certificate.string(),
      "-inkey",  key.string(), "-outform", form,      "-out", signature.string()};
  words.insert(words.end(), more.begin(), more.end());
  runCommand(words);
  return readFile(signature);
}

}  // namespace sluis::test
