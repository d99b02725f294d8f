// What may stand in the lines of a request's or an answer's head: small questions about characters, without locale.
#pragma once

#include <string>
#include <string_view>

namespace sluis::web {

bool isToken(std::string_view text);                          ///< RFC 9110 token: a method, a header's name
bool isHeaderValue(std::string_view text);                    ///< no control characters (tab excepted)
bool isUnreserved(char byte);                                 ///< RFC 3986: letters, digits, "-_.~"
bool isOwnPath(std::string_view location);                    ///< begins with one '/', visible ASCII, no backslash
bool isHttpsUrl(std::string_view url);                        ///< "https://host…", visible ASCII
bool isAuthority(std::string_view text);                      ///< a Host header: name or address, perhaps a port
std::string inLowerCase(std::string_view text);               ///< ASCII only
std::string_view trimmed(std::string_view text);              ///< without spaces and tabs around
bool sameText(std::string_view one, std::string_view other);  ///< whatever the case, ASCII

/// What a browser says of itself or of a file, fit to show: no control characters, valid UTF-8, at most `most` bytes.
std::string printable(std::string_view text, std::size_t most);

}  // namespace sluis::web
