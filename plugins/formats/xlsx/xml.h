// Walks the XML of one part as it streams in. The only user of expat.
//
// Names come without their prefix and namespaces are not looked at, so the strict and the transitional kind, whatever
// their prefixes, read alike. A document type, deep nesting, an element start of unreasonable size, too many distinct
// names and text that is no XML are plugin::Unreadable, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "xlsx/part.h"

namespace sluis::xlsx {

/// `attributes`: names and values by turns, ended by null, as expat gives them.
using Attributes = const char**;

/// The value of an attribute without prefix, null when it is not there.
const char* attributeOf(Attributes attributes, std::string_view name);
/// The value of the attribute with any prefix ("r:id"), null when it is not there.
const char* prefixedAttributeOf(Attributes attributes, std::string_view name);
/// "1", "true" and "on" (ECMA-376 part 1, 22.9.2.7).
bool isTrue(const char* value);
/// Digits only and at most `most`; `otherwise` for all else, also for no attribute.
std::uint32_t numberOr(std::string_view value, std::uint32_t most, std::uint32_t otherwise);
inline std::uint32_t numberOr(const char* value, std::uint32_t most, std::uint32_t otherwise) {
  return value == nullptr ? otherwise : numberOr(std::string_view(value), most, otherwise);
}

/// What is taken of a part as its XML passes by. May throw plugin::Unreadable.
class XmlContent {
 public:
  virtual ~XmlContent() = default;
  /// `depth` is 1 for the root.
  virtual void start(int depth, const char* name, Attributes attributes) = 0;
  virtual void end(int depth) = 0;
  virtual void text(const char*, std::size_t) {}
  /// The sheet's row in hand, for what is wrong with the XML itself; 0 = none.
  virtual std::uint64_t row() const { return 0; }

  bool hasEnough() const { return enough_; }

 protected:
  /// The rest need not be read.
  void enough() { enough_ = true; }

 private:
  bool enough_ = false;
};

/// Reads `part` to its end, or until the content has enough.
void walkXml(Part& part, XmlContent& content);

}  // namespace sluis::xlsx
