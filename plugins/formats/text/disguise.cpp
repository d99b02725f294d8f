#include "text/disguise.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sluis::text {

namespace {

bool startsWithoutCase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(), [](char want, char c) {
           return want == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
         });
}

}  // namespace

std::string_view disguise(std::string_view start) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kBinary = {{
      {"PK\x03\x04", "een Excel-werkmap (.xlsx) of ander zipbestand"},
      {"\xD0\xCF\x11\xE0", "een oude Excel-werkmap (.xls) of ander oud Office-bestand"},
      {"%PDF", "een PDF"},
      {"\x1F\x8B", "een gecomprimeerd bestand (gzip)"},
      {"{\\rtf", "een RTF-document"},
  }};
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kMarkup = {{
      {"<!doctype html", "een webpagina (HTML)"},
      {"<html", "een webpagina (HTML)"},
      {"<head", "een webpagina (HTML)"},
      {"<table", "een webpagina (HTML)"},
      {"<meta", "een webpagina (HTML)"},
      {"<?xml", "een XML-bestand"},
  }};
  for (const auto& [magic, name] : kBinary)
    if (start.starts_with(magic)) return name;
  if (start.starts_with("\xEF\xBB\xBF")) start.remove_prefix(3);
  while (!start.empty() &&
         (start.front() == ' ' || start.front() == '\t' || start.front() == '\r' || start.front() == '\n'))
    start.remove_prefix(1);
  for (const auto& [tag, name] : kMarkup)
    if (startsWithoutCase(start, tag)) return name;
  return {};
}

}  // namespace sluis::text
