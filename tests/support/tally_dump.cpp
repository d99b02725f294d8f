// True figures beside published ones, for the test that compares them with SQL (tests/scenario). Never installed.
//
//   tally_dump SNAPSHOT…     one query a line on stdin, one answer a line on stdout
//
// A query: {"indicator","as","filters":{name:value},"by","rows":[key]}. An answer: {"rows":[{"key","children","units",
// "parts":[n],"marks"}],"published":the outcome's JSON}; or {"error"}.
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "protect/count.h"
#include "protect/engine.h"
#include "report/json.h"

namespace {

using namespace sluis;
using nlohmann::json;

json answerTo(const std::vector<protect::Published>& domains, const json& asked) {
  report::Words words;
  words.indicator = asked.at("indicator");
  words.viewer = asked.value("as", "");
  words.by = asked.value("by", "");
  for (const auto& [name, value] : asked.at("filters").items()) words.filters.emplace_back(name, value);
  const auto query = report::queryFrom(words);
  if (!query) return {{"error", query.error().message}};
  std::vector<report::Value> rows;
  for (const std::string key : asked.at("rows")) rows.push_back({key, key});

  protect::Counting counting{*query, rows};
  if (query->viewer.role == report::Role::provider)
    counting.query.filters[report::Dimension::provider] = query->viewer.code;
  counting.query.viewer = {};
  std::vector<const snapshot::Snapshot*> snapshots;
  for (const auto& domain : domains) snapshots.push_back(domain.snapshot.get());
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  const auto tallies = protect::count(snapshots, counting, threads);

  json result = {{"rows", json::array()}};
  for (std::size_t row = 0; row < rows.size(); ++row) {
    protect::Crowd crowd;
    std::vector<std::uint64_t> parts;
    std::uint64_t marks = 0;
    std::size_t pieces = 0;  // that hold anything
    for (const auto& [tally, own] : tallies) {
      const protect::Layer& layer = *tally.layers[0];
      crowd += layer.crowds[row];
      parts.resize(tally.parts);
      for (std::size_t piece = 0; piece < tally.pieces.size(); ++piece) {
        std::uint64_t units = 0;
        for (std::size_t part = 0; part < tally.parts; ++part) units += tally.sum(layer, piece, row, part).count;
        for (std::size_t part = 0; part < tally.parts; ++part) parts[part] += tally.sum(layer, piece, row, part).count;
        if (!layer.marks.empty()) marks += layer.marks[piece * tally.rows + row].sum;
        pieces += units != 0;
      }
    }
    result["rows"].push_back({{"key", rows[row].key},
                              {"children", crowd.children},
                              {"units", crowd.units},
                              {"parts", parts},
                              {"marks", marks},
                              {"pieces", pieces}});
  }
  result["published"] = json::parse(report::toJson(protect::answer(domains, *query, rows, threads)));
  return result;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    std::vector<protect::Published> domains;
    for (int i = 1; i < count; ++i) domains.push_back(protect::Published::open(arguments[i]));
    for (std::string line; std::getline(std::cin, line);)
      std::cout << answerTo(domains, json::parse(line)).dump() << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "tally_dump: " << error.what() << '\n';
    return 3;
  }
}
