// Loads the plugins of one directory, once, for the life of the program. A file that is no plugin, was built for
// another interface, or that others than root or this user may write, is an Error: a half-loaded set is worse than
// none.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/channel.h"
#include "plugin/format.h"
#include "plugin/plugin.h"
#include "plugin/signature.h"

namespace sluis::plugin {

struct Loaded {
  std::string kind;
  std::string name;
  std::string version;
  std::filesystem::path file;
};

class Loader {
 public:
  /// Loads "<kind>-<name>.so" files: all of them, or those of `kinds` when given, or the one of them called `only`.
  explicit Loader(const std::filesystem::path& directory, const std::vector<std::string>& kinds = {},
                  std::string_view only = {});

  const std::vector<Loaded>& loaded() const { return loaded_; }
  bool has(std::string_view kind, std::string_view name) const;

  /// A new instance; Error (plugin) when there is no such plugin.
  std::shared_ptr<FormatReader> format(std::string_view name) const;
  std::shared_ptr<SignatureParser> signature(std::string_view name) const;
  std::shared_ptr<Channel> channel(std::string_view name) const;

 private:
  const Descriptor& find(std::string_view kind, std::string_view name) const;

  std::vector<Loaded> loaded_;
  std::vector<const Descriptor*> descriptors_;
};

}  // namespace sluis::plugin
