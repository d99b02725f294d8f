// One line an event, to stderr: with the journal's level prefix under systemd, with a time elsewhere.
//
// Never: a value out of a delivery. What may appear is a file name made safe, a line number, a field name, a code.
#pragma once

#include <string_view>

#include <fmt/format.h>

namespace sluis::log {

enum class Level { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

/// Names this program in lines outside the journal; once, from main.
void setProgram(std::string_view name);
/// Lines above this level are dropped (default: info).
void setLevel(Level most);

void write(Level level, std::string_view message);

template <typename... Args>
void error(fmt::format_string<Args...> text, Args&&... args) {
  write(Level::error, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void warning(fmt::format_string<Args...> text, Args&&... args) {
  write(Level::warning, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void notice(fmt::format_string<Args...> text, Args&&... args) {
  write(Level::notice, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void info(fmt::format_string<Args...> text, Args&&... args) {
  write(Level::info, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void debug(fmt::format_string<Args...> text, Args&&... args) {
  write(Level::debug, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace sluis::log
