// The wording of the mails: one file a kind under config/mail/nl/, so that it can be changed without a build.
//
// A file begins with "Onderwerp: <subject>", an empty line, then the body. {{name}} is replaced by a fact; a line with
// {{?name}} is left out when that fact is empty, and so is one with {{#name}}, which itself shows nothing.
// ondertekening.txt is put under every body and names the helpdesk. A file that is missing, or asks for a fact its kind
// does not have, is an Error at load that names every mistake at once.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace sluis::mail {

using Values = std::map<std::string, std::string, std::less<>>;

struct Wording {
  std::string subject;
  std::string text;  ///< LF; blocks parted by empty lines
};

class Texts {
 public:
  /// Reads all kinds' files under `root`/nl; Error (config) when anything is missing or wrong.
  static Texts load(const std::filesystem::path& root);

  /// std::logic_error for a kind there is none of; a fact that is not in `values` is empty.
  Wording fill(std::string_view kind, const Values& values) const;

 private:
  std::map<std::string, Wording, std::less<>> templates_;
};

}  // namespace sluis::mail
