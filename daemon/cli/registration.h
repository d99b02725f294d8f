// A provider with its keys and certificates, from the files an administrator was given into the register.
//
// What is wrong with a file is an Error (usage) that names the file, never its content.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "office/providers.h"
#include "registry/registry.h"

namespace sluis::cli {

struct Registration {
  registry::Provider provider;
  std::vector<std::filesystem::path> loginKeys;  ///< OpenSSH public keys, one a file
  std::vector<std::filesystem::path> signers;    ///< OpenSSH public keys, or certificates (PEM, DER)
};

/// {code, name, mail: [..], ssh_key: [..], signer: [..]} and optional limits, paths counted from the file's folder.
Registration readRegistration(const std::filesystem::path& yaml, const registry::Provider& defaults);

registry::LoginKey readLoginKey(const std::string& provider, const std::filesystem::path& file);
registry::Signer readSigner(const std::string& provider, const std::filesystem::path& file);

/// The same with what is in those files.
office::NewProvider readKeys(const Registration& registration);

/// A provider's code as it is kept, or Error (usage).
std::string canonicalCode(const std::string& text);

}  // namespace sluis::cli
