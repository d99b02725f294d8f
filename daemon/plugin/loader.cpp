#include "plugin/loader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include <Poco/Exception.h>
#include <Poco/SharedLibrary.h>
#include <fmt/format.h>

#include "base/error.h"

namespace sluis::plugin {

namespace fs = std::filesystem;

namespace {

// Code that runs beside the keys: nobody but root or the owner of this process may be able to change it.
void requireTrusted(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throwErrno(fmt::format("cannot look at plugin {}", path.string()));
  if ((status.st_uid != 0 && status.st_uid != ::geteuid()) || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    throw Error(ErrorKind::plugin, fmt::format("plugin {} can be changed by others", path.string()),
                "make it and its folder owned by root and not writable for group and others");
}

template <typename T>
std::shared_ptr<T> instanceOf(const Descriptor& descriptor) {
  return {static_cast<T*>(descriptor.create()), [destroy = descriptor.destroy](T* instance) { destroy(instance); }};
}

}  // namespace

Loader::Loader(const fs::path& directory, const std::vector<std::string>& kinds, std::string_view only) {
  std::error_code failed;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory, failed))
    if (entry.path().extension() == ".so") files.push_back(entry.path());
  if (failed)
    throw Error(ErrorKind::plugin,
                fmt::format("cannot read the plugin folder {}: {}", directory.string(), failed.message()));
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const std::string stem = file.stem().string();
    const std::string kind = stem.substr(0, stem.find('-'));
    if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) continue;
    if (!only.empty() && stem != fmt::format("{}-{}", kind, only)) continue;
    requireTrusted(file);
    try {
      // Never unloaded, as a plugin's code must outlive every object it made: Poco leaves the library where it is when
      // this object goes.
      Poco::SharedLibrary library(file.string(), Poco::SharedLibrary::SHLIB_LOCAL);
      const auto entry = reinterpret_cast<decltype(&sluis_plugin)>(library.getSymbol("sluis_plugin"));
      const Descriptor* descriptor = entry();
      if (descriptor == nullptr || descriptor->api != kPluginApi)
        throw Error(ErrorKind::plugin, fmt::format("plugin {} was built for another version of Sluis", file.string()),
                    fmt::format("build it again with interface {}", kPluginApi));
      if (fmt::format("{}-{}", descriptor->kind, descriptor->name) != stem)
        throw Error(ErrorKind::plugin,
                    fmt::format("plugin {} calls itself {}-{}", file.string(), descriptor->kind, descriptor->name),
                    "name the file <kind>-<name>.so");
      descriptors_.push_back(descriptor);
      loaded_.push_back({descriptor->kind, descriptor->name, descriptor->version, file});
    } catch (const Poco::Exception& e) {
      throw Error(ErrorKind::plugin, fmt::format("cannot load plugin {}: {}", file.string(), e.displayText()));
    }
  }
}

bool Loader::has(std::string_view kind, std::string_view name) const {
  return std::any_of(descriptors_.begin(), descriptors_.end(),
                     [&](const Descriptor* d) { return d->kind == kind && d->name == name; });
}

const Descriptor& Loader::find(std::string_view kind, std::string_view name) const {
  for (const Descriptor* descriptor : descriptors_)
    if (descriptor->kind == kind && descriptor->name == name) return *descriptor;
  throw Error(ErrorKind::plugin, fmt::format("there is no {} plugin named {}", kind, name),
              "see the folder named by `plugins:` in the configuration");
}

std::shared_ptr<FormatReader> Loader::format(std::string_view name) const {
  return instanceOf<FormatReader>(find("format", name));
}
std::shared_ptr<SignatureParser> Loader::signature(std::string_view name) const {
  return instanceOf<SignatureParser>(find("signature", name));
}
std::shared_ptr<Channel> Loader::channel(std::string_view name) const {
  return instanceOf<Channel>(find("channel", name));
}

}  // namespace sluis::plugin
