#include "ptable/ptable.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "ptable/entropy.h"

namespace sluis::ptable {

namespace {

constexpr std::string_view kMagic = "sluis-ptable 1";
constexpr double kClose = 1e-6;
constexpr double kScale = 4294967296.0;  // keys are fractions of 2^32

/// Counts from here on all have the same noise: the smallest one may lose `bound` and still be above js, or be zero.
std::size_t rowsFor(const Parameters& parameters) {
  const int last = parameters.js == 0 ? parameters.bound : parameters.bound + parameters.js + 1;
  return static_cast<std::size_t>(last) + 1;
}

bool isPublished(int value, const Parameters& parameters) {
  return value == 0 || value > parameters.js;
}

std::vector<int> supportOf(int count, const Parameters& parameters) {
  std::vector<int> support;
  for (int d = -parameters.bound; d <= parameters.bound; ++d)
    if (isPublished(count + d, parameters)) support.push_back(d);
  return support;
}

/// nullopt when they can be; else what is wrong with them.
std::optional<std::string> wrongWith(const Parameters& p) {
  if (p.bound < 1 || p.bound > kMostBound) return fmt::format("the largest change must be 1 to {}", kMostBound);
  if (!(p.variance >= kLeastVariance) || p.variance > static_cast<double>(p.bound) * p.bound)
    return fmt::format("the variance must be {} to the square of the largest change", kLeastVariance);
  if (p.js < 0 || p.js > p.bound) return "js must be 0 to the largest change";
  return std::nullopt;
}

/// FNV-1a: an editor's slip or a cut file, not an attack, is what it finds.
std::uint64_t checksum(std::string_view text) {
  std::uint64_t sum = 0xcbf29ce484222325U;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return sum;
}

[[noreturn]] void throwNoRow(int count, const Parameters& parameters) {
  const VarianceRange range = varianceRange(supportOf(count, parameters));
  std::string hint;
  if (range.least > range.most) {
    hint = "choose a smaller js or a larger maximum";
  } else if (parameters.variance > range.most) {
    hint = fmt::format("choose a variance of at most {}, or a larger maximum", range.most);
  } else {
    hint = fmt::format("choose a variance of at least {}, or a smaller js", range.least);
  }
  throw Error(ErrorKind::usage,
              fmt::format("no noise of mean zero and variance {} exists for a count of {}", parameters.variance, count),
              hint);
}

}  // namespace

PerturbationTable::PerturbationTable(const Parameters& parameters, std::vector<std::vector<double>> rows)
    : parameters_(parameters), rows_(std::move(rows)) {
  for (const std::vector<double>& row : rows_) {
    std::vector<std::uint64_t> thresholds;
    double sum = 0;
    for (const double p : row) {
      sum += p;
      thresholds.push_back(static_cast<std::uint64_t>(std::llround(std::min(sum, 1.0) * kScale)));
    }
    // What rounding left over belongs to the last change that can be, never to one that cannot.
    for (std::size_t i = row.size(); i-- > 0;) {
      thresholds[i] = static_cast<std::uint64_t>(kScale);
      if (row[i] > 0) break;
    }
    thresholds_.push_back(std::move(thresholds));
  }
}

PerturbationTable PerturbationTable::make(const Parameters& parameters) {
  if (const auto wrong = wrongWith(parameters)) throw Error(ErrorKind::usage, *wrong);
  std::vector<std::vector<double>> rows;
  for (std::size_t count = 0; count < rowsFor(parameters); ++count) {
    std::vector<double> row(2 * static_cast<std::size_t>(parameters.bound) + 1);
    if (count == 0) {
      row[static_cast<std::size_t>(parameters.bound)] = 1;
    } else {
      const std::vector<int> support = supportOf(static_cast<int>(count), parameters);
      const auto found = greatestEntropy(support, parameters.variance);
      if (!found) throwNoRow(static_cast<int>(count), parameters);
      for (std::size_t i = 0; i < support.size(); ++i)
        row[static_cast<std::size_t>(support[i] + parameters.bound)] = (*found)[i];
    }
    rows.push_back(std::move(row));
  }
  return {parameters, std::move(rows)};
}

PerturbationTable PerturbationTable::withoutNoise() {
  return {Parameters{0, 0, 0}, {{1.0}}};
}

int PerturbationTable::noise(std::uint64_t count, std::uint32_t key) const {
  const auto& thresholds = thresholds_[std::min<std::uint64_t>(count, thresholds_.size() - 1)];
  int d = -parameters_.bound;
  for (const std::uint64_t threshold : thresholds) {
    if (key < threshold) break;
    ++d;
  }
  return d;
}

std::span<const double> PerturbationTable::row(std::uint64_t count) const {
  return rows_[std::min<std::uint64_t>(count, rows_.size() - 1)];
}

std::string PerturbationTable::text() const {
  std::string text = fmt::format("{}\nmaximum {}\nvariance {}\njs {}\nrows {}\n", kMagic, parameters_.bound,
                                 parameters_.variance, parameters_.js, rows_.size());
  for (std::size_t count = 0; count < rows_.size(); ++count) {
    text += fmt::format("{}", count);
    for (const double p : rows_[count]) text += fmt::format(" {}", p);
    text += '\n';
  }
  return text + fmt::format("checksum {:016x}\n", checksum(text));
}

namespace {

/// The lines of a table one by one, and their numbers for who must mend it.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  [[noreturn]] void refuse(std::string_view why) const {
    throw Error(ErrorKind::config, fmt::format("perturbation table, line {}: {}", number_, why),
                "make one with `sluis report ptable`");
  }
  std::string_view next() {
    ++number_;
    const std::size_t end = text_.find('\n');
    if (end == std::string_view::npos) refuse("the file ends too early");
    const std::string_view line = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return line;
  }
  /// The number after "name ".
  template <typename Number>
  Number named(std::string_view name) {
    const std::string_view line = next();
    if (line.substr(0, name.size()) != name || line.size() <= name.size() || line[name.size()] != ' ')
      refuse(fmt::format("expected \"{} …\"", name));
    return number<Number>(line.substr(name.size() + 1));
  }
  template <typename Number>
  Number number(std::string_view word) const {
    Number value{};
    const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (wrong != std::errc{} || end != word.data() + word.size()) refuse("not a number");
    return value;
  }
  bool atEnd() const { return text_.empty(); }
  std::size_t left() const { return text_.size(); }

 private:
  std::string_view text_;
  int number_ = 0;
};

std::vector<double> rowFrom(Lines& lines, std::size_t count, std::size_t width) {
  std::string_view line = lines.next();
  std::vector<double> values;
  bool first = true;
  while (!line.empty() || first) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    if (first) {
      if (lines.number<std::size_t>(word) != count) lines.refuse(fmt::format("expected the row of {}", count));
      first = false;
      continue;
    }
    values.push_back(lines.number<double>(word));
    if (!(values.back() >= 0 && values.back() <= 1)) lines.refuse("a probability lies between 0 and 1");
    if (values.size() > width) break;
  }
  if (values.size() != width) lines.refuse(fmt::format("expected {} probabilities", width));
  return values;
}

void checkRow(const Lines& lines, const std::vector<double>& row, int count, const Parameters& parameters) {
  double sum = 0;
  double mean = 0;
  double square = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int d = static_cast<int>(i) - parameters.bound;
    sum += row[i];
    mean += row[i] * d;
    square += row[i] * d * d;
    if (row[i] > 0 && !isPublished(count + d, parameters))
      lines.refuse(fmt::format("{} must not become {}", count, count + d));
  }
  if (std::abs(sum - 1) > kClose) lines.refuse("the probabilities do not add up to 1");
  if (std::abs(mean) > kClose) lines.refuse("the mean is not zero");
  if (std::abs(square - (count == 0 ? 0 : parameters.variance)) > kClose)
    lines.refuse("the variance is not as said above");
}

}  // namespace

PerturbationTable PerturbationTable::parse(std::string_view text) {
  Lines lines(text);
  if (lines.next() != kMagic) lines.refuse(fmt::format("expected \"{}\"", kMagic));
  Parameters parameters;
  parameters.bound = lines.named<int>("maximum");
  parameters.variance = lines.named<double>("variance");
  parameters.js = lines.named<int>("js");
  if (const auto wrong = wrongWith(parameters)) lines.refuse(*wrong);
  if (lines.named<std::size_t>("rows") != rowsFor(parameters))
    lines.refuse(fmt::format("expected {} rows", rowsFor(parameters)));
  std::vector<std::vector<double>> rows;
  for (std::size_t count = 0; count < rowsFor(parameters); ++count) {
    rows.push_back(rowFrom(lines, count, 2 * static_cast<std::size_t>(parameters.bound) + 1));
    checkRow(lines, rows.back(), static_cast<int>(count), parameters);
  }
  const std::string_view sums = text.substr(0, text.size() - lines.left());
  if (lines.next() != fmt::format("checksum {:016x}", checksum(sums)))
    lines.refuse("the checksum is wrong: the table was changed or damaged");
  if (!lines.atEnd()) lines.refuse("there is more after the checksum");
  return {parameters, std::move(rows)};
}

}  // namespace sluis::ptable
