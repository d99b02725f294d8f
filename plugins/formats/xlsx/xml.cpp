#include "xlsx/xml.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>

#include <expat.h>

#include "plugin/format.h"

namespace sluis::xlsx {

namespace {

constexpr int kPiece = 64 << 10;
constexpr int kDeepest = 64;
// Between two events of the parser: what an element start, a comment or an instruction may take.
constexpr std::uint64_t kLongestToken = 256 << 10;
// expat keeps every name it has seen, and a token until it is whole.
constexpr std::size_t kMostMemory = 6 << 20;

constexpr const char* kBroken =
    "Een onderdeel van de werkmap is geen geldige XML; open haar in Excel, sla haar opnieuw op en lever haar opnieuw "
    "aan.";
constexpr const char* kTooComplex =
    "Een onderdeel van de werkmap is onredelijk ingewikkeld; sla alleen de gegevens op in een nieuwe werkmap.";
constexpr const char* kDocumentType =
    "Een onderdeel van de werkmap bevat een documenttype; dat schrijft Excel nooit. Sla de gegevens op in een nieuwe "
    "werkmap.";

// What the parsers of this thread hold: expat gives its memory functions no argument of ours.
thread_local std::size_t held = 0;

void* take(std::size_t size) {
  if (size > kMostMemory - std::min(held, kMostMemory)) return nullptr;
  void* memory = std::malloc(size);
  if (memory != nullptr) held += malloc_usable_size(memory);
  return memory;
}
void give(void* memory) {
  if (memory != nullptr) held -= malloc_usable_size(memory);
  std::free(memory);
}
void* retake(void* memory, std::size_t size) {
  if (size > kMostMemory - std::min(held, kMostMemory)) return nullptr;
  const std::size_t before = memory == nullptr ? 0 : malloc_usable_size(memory);
  void* moved = std::realloc(memory, size);
  if (moved != nullptr) held += malloc_usable_size(moved) - before;
  return moved;
}

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

struct Walk {
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser> parser;
  XmlContent& content;
  int depth = 0;
  std::uint64_t quiet = 0;  // bytes given since the last event
  bool stopped = false;
  std::exception_ptr failed = nullptr;

  // Nothing may be thrown through expat, and it may still call after it was stopped.
  template <typename Do>
  void guarded(Do act) {
    if (stopped) return;
    quiet = 0;
    try {
      act();
    } catch (const plugin::Unreadable& e) {
      failed = std::make_exception_ptr(plugin::Unreadable(e.what(), e.line != 0 ? e.line : content.row()));
    } catch (...) {
      failed = std::current_exception();
    }
    if (failed || content.hasEnough()) {
      stopped = true;
      XML_StopParser(parser.get(), XML_FALSE);
    }
  }
};

void XMLCALL onStart(void* data, const XML_Char* name, const XML_Char** attributes) {
  auto& walk = *static_cast<Walk*>(data);
  walk.guarded([&] {
    if (++walk.depth > kDeepest) throw plugin::Unreadable(kTooComplex);
    const char* colon = std::strchr(name, ':');
    walk.content.start(walk.depth, colon == nullptr ? name : colon + 1, attributes);
  });
}

void XMLCALL onEnd(void* data, const XML_Char*) {
  auto& walk = *static_cast<Walk*>(data);
  walk.guarded([&] { walk.content.end(walk.depth--); });
}

void XMLCALL onText(void* data, const XML_Char* text, int size) {
  auto& walk = *static_cast<Walk*>(data);
  walk.guarded([&] { walk.content.text(text, static_cast<std::size_t>(size)); });
}

void XMLCALL onDocumentType(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<Walk*>(data)->guarded([] { throw plugin::Unreadable(kDocumentType); });
}

[[noreturn]] void refuse(XML_Parser parser, const XmlContent& content) {
  switch (XML_GetErrorCode(parser)) {
    case XML_ERROR_NO_MEMORY:
    case XML_ERROR_AMPLIFICATION_LIMIT_BREACH:
      throw plugin::Unreadable(kTooComplex, content.row());
    default:
      throw plugin::Unreadable(kBroken, content.row());
  }
}

}  // namespace

const char* attributeOf(Attributes attributes, std::string_view name) {
  for (; *attributes != nullptr; attributes += 2)
    if (name == *attributes) return attributes[1];
  return nullptr;
}

const char* prefixedAttributeOf(Attributes attributes, std::string_view name) {
  for (; *attributes != nullptr; attributes += 2)
    if (const char* colon = std::strchr(*attributes, ':'); colon != nullptr && name == colon + 1) return attributes[1];
  return nullptr;
}

bool isTrue(const char* value) {
  const std::string_view text = value == nullptr ? "" : value;
  return text == "1" || text == "true" || text == "on";
}

std::uint32_t numberOr(std::string_view value, std::uint32_t most, std::uint32_t otherwise) {
  if (value.empty()) return otherwise;
  std::uint64_t number = 0;
  for (const char c : value) {
    if (c < '0' || c > '9') return otherwise;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
    if (number > most) return otherwise;
  }
  return static_cast<std::uint32_t>(number);
}

void walkXml(Part& part, XmlContent& content) {
  const XML_Memory_Handling_Suite memory = {take, retake, give};
  Walk walk{.parser = {}, .content = content};
  walk.parser.reset(XML_ParserCreate_MM(nullptr, &memory, nullptr));
  const XML_Parser parser = walk.parser.get();
  if (parser == nullptr) throw std::bad_alloc();
  XML_SetUserData(parser, &walk);
  XML_SetElementHandler(parser, onStart, onEnd);
  XML_SetCharacterDataHandler(parser, onText);
  XML_SetStartDoctypeDeclHandler(parser, onDocumentType);
  for (bool ended = false; !ended;) {
    void* buffer = XML_GetBuffer(parser, kPiece);
    if (buffer == nullptr) refuse(parser, content);
    std::size_t got = 0;
    try {
      got = part.read({static_cast<char*>(buffer), kPiece});
    } catch (const plugin::Unreadable& e) {
      throw plugin::Unreadable(e.what(), e.line != 0 ? e.line : content.row());
    }
    ended = got == 0;
    walk.quiet += got;
    const bool read = XML_ParseBuffer(parser, static_cast<int>(got), ended) != XML_STATUS_ERROR;
    if (walk.failed) std::rethrow_exception(walk.failed);
    if (walk.stopped) return;
    if (!read) refuse(parser, content);
    if (walk.quiet > kLongestToken) throw plugin::Unreadable(kTooComplex, content.row());
  }
}

}  // namespace sluis::xlsx
