// A path as a client writes it, made into one of the few places that exist in a provider's view.
//
// Resolution is by text alone: what comes out is a folder's name and at most one file name, never a path, so that no
// client can name anything outside. Symbolic links are the kernel's matter (ProviderFolder opens with openat2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluis::gate {

enum class Place {
  root,
  inbox,
  test,
  outbox,
  statusFile,
  nowhere,  ///< cannot exist in this view
};

struct ViewPath {
  Place place = Place::root;
  /// A file in inbox, test or outbox; empty for the folder itself.
  std::string file;
  /// Absolute, without "." and ".." and doubled slashes: the answer to realpath.
  std::string text = "/";

  bool isFolder() const { return place != Place::statusFile && place != Place::nowhere && file.empty(); }
  bool isUpload() const { return (place == Place::inbox || place == Place::test) && !file.empty(); }
};

/// Resolves against "/"; nullopt for what no path can hold (NUL) or longer than 4096 bytes.
std::optional<ViewPath> parseViewPath(std::string_view path);

/// The folder's name on disk: "inbox".
std::string_view folderName(Place place);

/// Whether an uploaded file may have this name: 1–200 bytes of UTF-8 without control or direction-changing characters
/// and backslashes, and none of the names that the system uses itself.
bool isUploadNameAllowed(std::string_view name);

/// For a log line.
std::string printableName(std::string_view name);

}  // namespace sluis::gate
