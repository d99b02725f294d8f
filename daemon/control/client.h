// A control socket, the asking side (control/server.h): one request, its progress, its answer.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace sluis::control {

/// Who is asked: named in messages.
struct Peer {
  std::string program;  ///< "sluisd"
  std::filesystem::path socket;
};

/// Sends {"command":…} and waits for the end, however long it takes. Error (system) when nobody listens, and the
/// program's own when it refuses (Denied where it says why). Members of the answer keep their order.
nlohmann::ordered_json ask(const Peer& peer, const std::string& command,
                           const std::function<void(const std::string& text)>& progress = {},
                           const nlohmann::json& arguments = nlohmann::json::object());

/// Whether it answers ("status").
bool answers(const Peer& peer);

}  // namespace sluis::control
