// Attacking one indicator: its lattice, what is withheld of it, and the five attacks in rounds until nothing is surer
// than the limit. Private to attack*.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protect/attack.h"
#include "protect/attack_cells.h"

namespace sluis::protect {

/// What was found, at one stage.
struct Tried {
  std::array<Attacked, kAttacks.size()> attacks;
  void operator+=(const Tried& other);
};

class Siege {
 public:
  struct Settings {
    const snapshot::Snapshot& now;
    const ptable::PerturbationTable& table;
    const AttackOptions& options;
    unsigned threads = 1;
    std::size_t dimensions = 3;
  };
  Siege(const Settings& settings, const Axes& axes, report::Indicator indicator);

  void run();

  const Tried& tried(Stage stage) const { return tried_[static_cast<std::size_t>(stage)]; }
  const std::array<Share, 4>& shares() const { return shares_; }
  int rounds() const { return rounds_; }
  /// Pairs of cells a child apart that were found before withholding, and how many of them were judged.
  std::uint64_t pairsFound() const { return pairsFound_; }
  std::uint64_t pairsJudged() const { return pairsJudged_; }
  /// idOf() of everything withheld, in no order.
  std::vector<std::uint64_t> withheld() const;

 private:
  struct Combination {
    std::vector<std::size_t> axes;
    std::size_t family = 0;
    std::size_t coarseness = 0;  ///< quarters of its dates, added: the coarse ones come first
  };
  /// All levels of the same dimensions.
  struct Family {
    std::vector<std::size_t> combinations;
    std::size_t dimensions = 0;
  };
  /// Two cells that differ by one unit of one child (for a provider: of others), and what is published of the deeper.
  struct Pair {
    const Cells* outer = nullptr;
    std::size_t outerSlot = 0;
    const Cells* inner = nullptr;  ///< null: of three dimensions, gone; its values follow
    std::size_t innerSlot = 0;
    std::array<std::int32_t, kMostParts + 1> values{};
    std::string words;
    /// What a provider knows of the difference because it is its own; nothing for anybody else.
    std::array<std::int32_t, kMostParts + 1> own{};
    std::string provider;
  };
  struct Violation {
    Cells* cells = nullptr;
    std::size_t slot = 0;
    std::size_t part = 0;
    Attack attack{};
    const Evidence* hidden = nullptr;  ///< what is hidden in this partition was found out
    std::int64_t own = 0;              ///< of the provider that subtracts
  };
  /// What one thread found of one family, or of one combination.
  struct Found {
    Tried before, after;
    std::vector<Violation> violations;
    std::vector<Pair> pairs;
    std::vector<Pair> lasting;  ///< that the nesting of cells does not undo
    std::uint64_t pairsFound = 0;
    std::vector<std::pair<std::size_t, std::uint32_t>> equals;  ///< combination and dense number: to be withheld too
    Share share;
  };

  // What there is.
  void enumerate(std::size_t dimensions);
  void addFamily(const std::vector<report::Dimension>& dimensions);
  std::vector<Ancestor> ancestorsOf(std::size_t combination, const std::map<std::size_t, Cells*>& local) const;
  Ancestor ancestorOf(std::size_t combination, const std::vector<std::size_t>& axes, Cells* cells) const;
  /// nullopt when it has none.
  std::optional<Ancestor> withoutDates(std::size_t combination) const;
  std::unique_ptr<Evidence> evidenceFrom(std::size_t combination) const;
  std::unique_ptr<Cells> counted(std::size_t combination) const;

  // Withholding.
  void nest(Cells& cells, std::size_t combination, const std::vector<Ancestor>& ancestors, Found& found);
  void nestOthers(const Cells& cells, std::size_t combination, const std::vector<Ancestor>& ancestors,
                  Found& found) const;
  void applyFound(Cells& cells, std::size_t combination) const;
  void withhold(std::size_t combination, std::uint32_t dense);
  void resolve(const Violation& violation);
  void withholdItself(const Violation& violation);
  bool withholdSmallest(const Evidence& evidence, std::size_t slot, bool changed);

  // The attacks.
  void judge(Cells& cells, std::size_t slot, Stage stage, Found& found) const;
  void judgeHidden(Cells& cells, std::size_t slot, std::size_t part, const Posterior& whole, Stage stage,
                   Found& found) const;
  Posterior visibleIn(const Cells& cells, std::size_t slot, std::size_t part, const Evidence& evidence,
                      Stage stage) const;
  void judgeGroup(Cells& cells, std::size_t slot, const std::vector<Posterior>& parts, Stage stage, Found& found) const;
  void judgeSubtraction(Cells& cells, std::size_t slot, std::size_t part, const Posterior& posterior, Stage stage,
                        Found& found) const;
  void judgeChange(Cells& cells, std::size_t slot, Stage stage, Found& found) const;
  std::vector<Observation> changesOf(const Cells& cells, std::size_t slot, std::size_t part, Stage stage,
                                     std::vector<const Evidence*>* from = nullptr) const;
  double judgePair(const Pair& pair, Stage stage, Tried& tried) const;
  void judgeLasting(Stage stage, Found& found) const;
  Posterior posteriorOf(const Cells& cells, std::size_t slot, std::size_t part, Stage stage) const;
  void note(Attacked& attacked, double confidence, const std::function<void(Finding&)>& describe) const;
  void describe(Finding& finding, const Cells& cells, std::size_t slot, std::size_t part, Stage stage) const;
  std::string combinationWords(std::size_t combination, const Cells& without) const;
  std::string cellWords(const Cells& cells, std::size_t slot, std::size_t part) const;

  // In order.
  void prepareLows();
  void runFamilies(const std::vector<std::size_t>& families, bool isFirst);
  Found runFamily(std::size_t family, bool isFirst);
  Found judgeLows(Stage stage);
  void parallel(std::size_t count, const std::function<void(std::size_t)>& work) const;

  Settings settings_;
  const Axes& axes_;
  report::Indicator indicator_;
  std::vector<std::string> partKeys_;
  Intruder intruder_;
  Publisher publisher_;
  bool withChange_;
  Units now_, before_, changed_;

  std::vector<Combination> combinations_;
  std::vector<Family> families_;
  std::map<std::vector<std::size_t>, std::size_t> numberOf_;
  std::vector<std::unique_ptr<Cells>> lows_;                  ///< by combination; null for three dimensions
  std::vector<std::map<std::size_t, Evidence*>> evidenceOf_;  ///< by finer combination: of which coarser one
  std::vector<std::set<std::uint32_t>> found_;   ///< by combination: dense numbers withheld by what attacks found
  std::set<std::size_t> dirty_;                  ///< combinations of which more was withheld since they were run
  std::vector<std::vector<std::uint64_t>> ids_;  ///< by combination: what is withheld of it
  std::vector<Share> familyShares_;
  std::vector<Tried> familyAfter_;  ///< by family: what was found last
  std::vector<Pair> lasting_;
  std::vector<Pair> pairsBefore_;
  std::uint64_t pairsFound_ = 0;
  std::uint64_t pairsJudged_ = 0;
  std::array<Tried, kStages> tried_;
  std::array<Share, 4> shares_{};
  int rounds_ = 0;
};

}  // namespace sluis::protect
