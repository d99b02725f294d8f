#include "protect/withheld.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "crypto/digest.h"

namespace sluis::protect {

namespace {

// magic, version, most dimensions, the snapshot's digest, how many ids; the ids; the digest of all that.
constexpr std::string_view kMagic = "SLUISWHD";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kDigest = 32;
constexpr std::size_t kHead = 8 + 4 + 4 + kDigest + 8;
constexpr std::size_t kLargest = std::size_t{1} << 30;

/// Little-endian, whatever the machine.
template <typename Number>
void put(std::string& out, Number value) {
  for (std::size_t i = 0; i < sizeof value; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}
template <typename Number>
Number take(std::string_view& in) {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value |= static_cast<Number>(static_cast<unsigned char>(in[i])) << (8 * i);
  in.remove_prefix(sizeof value);
  return value;
}

[[noreturn]] void refuse(const std::filesystem::path& file, std::string_view why) {
  throw Error(ErrorKind::disk, fmt::format("{}: {}", file.string(), why),
              "figures are not published from this snapshot; make a new one with `sluis report snapshot`");
}

}  // namespace

bool Withheld::contains(std::uint64_t cell) const {
  return std::binary_search(cells.begin(), cells.end(), cell);
}

void writeWithheld(const std::filesystem::path& file, const Withheld& withheld,
                   const std::array<std::byte, 32>& snapshot) {
  std::string content(kMagic);
  content.reserve(kHead + withheld.cells.size() * 8 + kDigest);
  put(content, kVersion);
  put(content, static_cast<std::uint32_t>(withheld.mostDimensions));
  content += asText(snapshot);
  put(content, static_cast<std::uint64_t>(withheld.cells.size()));
  for (const std::uint64_t id : withheld.cells) put(content, id);
  content += asText(crypto::sha256(asBytes(content)));
  writeFileDurably(file, content);
}

Withheld readWithheld(const std::filesystem::path& file, const std::array<std::byte, 32>& snapshot) {
  const std::string content = readFile(file, kLargest);
  std::string_view rest(content);
  if (rest.size() < kHead + kDigest || rest.substr(0, kMagic.size()) != kMagic)
    refuse(file, "not a list of what is withheld, or cut");
  rest.remove_prefix(kMagic.size());
  if (const auto version = take<std::uint32_t>(rest); version != kVersion)
    refuse(file, fmt::format("its version is {}, and this program reads {}", version, kVersion));
  const std::string_view body(content.data(), content.size() - kDigest);
  if (content.substr(body.size()) != asText(crypto::sha256(asBytes(body)))) refuse(file, "cut or damaged");
  Withheld withheld;
  withheld.mostDimensions = static_cast<int>(take<std::uint32_t>(rest));
  if (rest.substr(0, kDigest) != asText(snapshot)) refuse(file, "it belongs to another snapshot");
  rest.remove_prefix(kDigest);
  const auto count = take<std::uint64_t>(rest);
  if (rest.size() != kDigest + 8 * (count & 0xffffffffU) || count > 0xffffffffU) refuse(file, "its length is wrong");
  if (withheld.mostDimensions < 2 || withheld.mostDimensions > 3) refuse(file, "it allows an impossible detail");
  withheld.cells.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) withheld.cells.push_back(take<std::uint64_t>(rest));
  if (!std::is_sorted(withheld.cells.begin(), withheld.cells.end())) refuse(file, "its ids are not in order");
  return withheld;
}

}  // namespace sluis::protect
