// An OLE2 compound file with one stream: the box that an .xls lies in ([MS-CFB], version 3, sectors of 512 bytes).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluis::sample {

/// A little-endian number of `bytes` bytes behind `text`.
void appendNumber(std::string& text, std::uint64_t value, int bytes);

/// The whole file. `name` is ASCII, at most 31 characters. A stream under 4096 bytes is filled up with zeros, so that
/// no table of small streams is needed.
std::string compoundFile(std::string_view name, std::string stream);

}  // namespace sluis::sample
