// The asking side of the control socket (run/control.h): one request, its progress, its answer.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace sluis::cli {

/// Sends {"command":…} and waits for the end, however long it takes. Error (system) when nobody listens, and the
/// daemon's own when it refuses.
nlohmann::json askDaemon(const std::filesystem::path& socket, const std::string& command,
                         const std::function<void(const std::string& text)>& progress = {},
                         const nlohmann::json& arguments = nlohmann::json::object());

/// Whether a daemon answers there.
bool daemonAnswers(const std::filesystem::path& socket);

}  // namespace sluis::cli
