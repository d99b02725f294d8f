#include "xlsx/archive.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <zip.h>

namespace sluis::xlsx {

namespace {

constexpr const char* kDamaged =
    "Het bestand is een beschadigde of niet volledig overgebrachte Excel-werkmap; lever het opnieuw aan.";
constexpr const char* kBomb =
    "De werkmap wordt bij het uitpakken onredelijk groot; sla alleen de gegevens op in een nieuwe werkmap.";
constexpr const char* kProtected =
    "De werkmap is beveiligd met een wachtwoord; sla haar op zonder wachtwoord en lever haar opnieuw aan.";
constexpr const char* kTooManyParts =
    "Het zip-bestand heeft te veel onderdelen voor een Excel-werkmap; sla de gegevens op in een nieuwe werkmap.";

// What libzip may read to open a zip: the directory of kMostParts parts with long names, and the search for it.
constexpr std::uint64_t kMostDirectory = 4 << 20;

std::string lowered(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  lower.erase(0, std::min(lower.find_first_not_of('/'), lower.size()));
  return lower;
}

std::uint64_t littleEndian(const char* bytes, int size) {
  std::uint64_t number = 0;
  for (int i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

// libzip makes room for as many parts as the zip says it has, before it has seen any.
void checkStatedParts(plugin::ByteSource& source) {
  std::array<char, (64 << 10) + 64> tail;
  const std::uint64_t size = source.size();
  const std::uint64_t begin = size > tail.size() ? size - tail.size() : 0;
  const std::string_view bytes(tail.data(), source.readAt(begin, tail));
  for (std::size_t at = 0; (at = bytes.find("PK\x06\x07", at)) != std::string_view::npos; ++at) {
    std::array<char, 56> record;
    if (bytes.size() - at < 20 || source.readAt(littleEndian(&bytes[at + 8], 8), record) < record.size()) continue;
    if (std::memcmp(record.data(), "PK\x06\x06", 4) != 0) continue;
    if (std::max(littleEndian(&record[24], 8), littleEndian(&record[32], 8)) > Archive::kMostParts)
      throw plugin::Unreadable(kTooManyParts);
  }
}

}  // namespace

// The packed bytes as libzip wants them, with what it reads ahead kept: it asks for 8 KiB at a time.
class Archive::Packed {
 public:
  explicit Packed(plugin::ByteSource& source) : source_(source), size_(source.size()), ahead_(64 << 10) {
    zip_error_init(&error_);
  }
  ~Packed() { zip_error_fini(&error_); }
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;

  static zip_int64_t callback(void* self, void* data, zip_uint64_t size, zip_source_cmd_t command) {
    return static_cast<Packed*>(self)->answer(data, size, command);
  }
  /// How many bytes were given in all.
  std::uint64_t given() const { return given_; }
  void limit(std::uint64_t given) { mostGiven_ = given; }
  bool limitReached() const { return given_ > mostGiven_; }
  /// What the source threw may not pass through C, so it waits here.
  void rethrow() {
    if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
  }

 private:
  zip_int64_t answer(void* data, zip_uint64_t size, zip_source_cmd_t command) {
    switch (command) {
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                              ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
                                              ZIP_SOURCE_SUPPORTS, -1);
      case ZIP_SOURCE_OPEN:
        at_ = 0;
        return 0;
      case ZIP_SOURCE_READ:
        return read(static_cast<char*>(data), size);
      case ZIP_SOURCE_SEEK: {
        const zip_int64_t to = zip_source_seek_compute_offset(at_, size_, data, size, &error_);
        if (to < 0) return -1;
        at_ = static_cast<std::uint64_t>(to);
        return 0;
      }
      case ZIP_SOURCE_TELL:
        return static_cast<zip_int64_t>(at_);
      case ZIP_SOURCE_STAT: {
        auto* facts = static_cast<zip_stat_t*>(data);
        zip_stat_init(facts);
        facts->size = size_;
        facts->valid = ZIP_STAT_SIZE;
        return sizeof(*facts);
      }
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&error_, data, size);
      case ZIP_SOURCE_CLOSE:
      case ZIP_SOURCE_FREE:
        return 0;
      default:
        zip_error_set(&error_, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
  }

  zip_int64_t read(char* out, zip_uint64_t size) {
    if (given_ > mostGiven_) return fail();
    try {
      if (at_ < begin_ || at_ >= begin_ + filled_) {
        begin_ = at_;
        filled_ = 0;
        filled_ = source_.readAt(at_, ahead_);
      }
    } catch (...) {
      failed_ = std::current_exception();
      return fail();
    }
    const std::uint64_t got = std::min<std::uint64_t>(size, begin_ + filled_ - at_);
    if (got > 0) std::memcpy(out, ahead_.data() + (at_ - begin_), got);
    at_ += got;
    given_ += got;
    return static_cast<zip_int64_t>(got);
  }
  zip_int64_t fail() {
    zip_error_set(&error_, ZIP_ER_READ, 0);
    return -1;
  }

  plugin::ByteSource& source_;
  std::uint64_t size_;
  std::vector<char> ahead_;  // the bytes [begin_, begin_ + filled_) of the zip
  std::uint64_t begin_ = 0;
  std::uint64_t filled_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t given_ = 0;
  std::uint64_t mostGiven_ = kMostDirectory;
  std::exception_ptr failed_;
  zip_error_t error_{};
};

class Archive::Unpacking final : public Part {
 public:
  Unpacking(Archive& archive, std::uint64_t index)
      : archive_(archive), before_(archive.packed_->given()), file_(zip_fopen_index(archive.zip_.get(), index, 0)) {
    archive_.packed_->rethrow();
    if (!file_) throw plugin::Unreadable(kDamaged);
  }
  std::size_t read(std::span<char> buffer) override {
    const zip_int64_t got = zip_fread(file_.get(), buffer.data(), buffer.size());
    archive_.packed_->rethrow();
    if (got < 0) throw plugin::Unreadable(kDamaged);
    unpacked_ += static_cast<std::uint64_t>(got);
    archive_.unpacked_ += static_cast<std::uint64_t>(got);
    const std::uint64_t packed = archive_.packed_->given() - before_;
    if (archive_.unpacked_ > kMostUnpacked || (unpacked_ > kUnjudged && unpacked_ / kMostRatio > packed))
      throw plugin::Unreadable(kBomb);
    return static_cast<std::size_t>(got);
  }

 private:
  struct Close {
    void operator()(zip_file* file) const { zip_fclose(file); }
  };
  Archive& archive_;
  std::uint64_t before_;
  std::uint64_t unpacked_ = 0;
  std::unique_ptr<zip_file, Close> file_;
};

Archive::Archive(plugin::ByteSource& source) : packed_(std::make_unique<Packed>(source)), zip_(nullptr, zip_discard) {
  checkStatedParts(source);
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* bytes = zip_source_function_create(&Packed::callback, packed_.get(), &error);
  if (bytes == nullptr) throw std::bad_alloc();
  zip_.reset(zip_open_from_source(bytes, ZIP_RDONLY, &error));
  if (!zip_) zip_source_free(bytes);
  const int failed = zip_error_code_zip(&error);
  zip_error_fini(&error);
  packed_->rethrow();
  if (failed == ZIP_ER_MEMORY) throw std::bad_alloc();
  if (!zip_) throw plugin::Unreadable(packed_->limitReached() ? kTooManyParts : kDamaged);
  packed_->limit(~std::uint64_t{0});

  const zip_int64_t count = zip_get_num_entries(zip_.get(), 0);
  if (count > static_cast<zip_int64_t>(kMostParts)) throw plugin::Unreadable(kTooManyParts);
  for (zip_int64_t i = 0; i < count; ++i)
    if (const char* name = zip_get_name(zip_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW))
      parts_[lowered(name)].push_back(static_cast<std::uint64_t>(i));
}

Archive::~Archive() = default;

bool Archive::has(std::string_view name) const {
  return parts_.count(lowered(name)) != 0;
}

std::unique_ptr<Part> Archive::open(std::string_view name) {
  const auto found = parts_.find(lowered(name));
  if (found == parts_.end())
    throw plugin::Unreadable(
        "In de werkmap ontbreekt een onderdeel; open haar in Excel, sla haar opnieuw op en lever haar opnieuw aan.");
  if (found->second.size() != 1)
    throw plugin::Unreadable(
        "De werkmap bevat een onderdeel twee keer; open haar in Excel, sla haar opnieuw op en lever haar opnieuw aan.");
  zip_stat_t facts;
  if (zip_stat_index(zip_.get(), found->second.front(), 0, &facts) != 0) throw plugin::Unreadable(kDamaged);
  if ((facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && facts.encryption_method != ZIP_EM_NONE)
    throw plugin::Unreadable(kProtected);
  // Others that libzip may know (lzma, zstd) take memory as the zip tells them to, and no spreadsheet uses them.
  if ((facts.valid & ZIP_STAT_COMP_METHOD) != 0 && facts.comp_method != ZIP_CM_STORE &&
      facts.comp_method != ZIP_CM_DEFLATE)
    throw plugin::Unreadable(
        "De werkmap is ingepakt op een manier die Excel niet gebruikt; open haar in Excel en sla haar opnieuw op.");
  return std::make_unique<Unpacking>(*this, found->second.front());
}

}  // namespace sluis::xlsx
