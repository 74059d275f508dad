#include <racked/variants.h>

#include "field_path.h"
#include "input_bytes.h"
#include "findings.h"
#include "rules.h"
#include "syntax.h"
#include "text_reader.h"

#include <racked/designs.h>
#include <racked/v1/experiment.pb.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <utility>

namespace racked {
namespace {

SyntaxTree tree_of(std::string_view text) {
  return looks_like_json(text) ? parse_json(text) : parse_text(text);
}

// "new_carlisle.b7.work_days" is called "work_days" in a title.
std::string last_name(const std::string& path) {
  const std::size_t bracket = path.rfind(']');
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos || (bracket != std::string::npos && bracket > dot)) return path;
  return path.substr(dot + 1);
}

// What a design makes of a factor: its values as written.
std::string ranged(const v1::Factor& factor, double u) {
  if (factor.value_size() > 0) {
    const auto index = static_cast<int>(u * factor.value_size());
    return factor.value(std::min(index, factor.value_size() - 1));
  }
  const double width = factor.max() - factor.min();
  if (factor.whole()) return number(factor.min() + std::floor(u * (width + 1)));
  return number(factor.min() + u * width);
}

std::vector<std::string> levels(const v1::Factor& factor) {
  if (factor.value_size() > 0) return {factor.value().begin(), factor.value().end()};
  std::vector<std::string> values;
  const unsigned count = factor.levels();
  for (unsigned i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count - 1);
    const double value = factor.min() + share * (factor.max() - factor.min());
    values.push_back(number(factor.whole() ? std::round(value) : value));
  }
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// Makes an ExperimentFile of the message.
class ExperimentReader {
 public:
  ExperimentReader(const v1::Experiment& written, const Places& places, std::string name)
      : written_(written), places_(places), folder_(std::filesystem::path(name).parent_path()) {}

  ExperimentFile read() {
    if (written_.has_scenario()) file_.scenario = folder_ / written_.scenario();
    add_changes(written_.overlay(), written_.set(), "", file_.overlays, file_.edits);
    for (int i = 0; i < written_.variant_size(); ++i) add_variant(i);
    for (int i = 0; i < written_.design_size(); ++i) add_design(i);
    return std::move(file_);
  }

 private:
  void add(const std::string& path, std::string message) {
    file_.problems.push_back({places_.find(path), path, std::move(message)});
  }

  template <class Strings>
  void add_changes(const Strings& overlays, const Strings& sets, const std::string& path,
                   std::vector<std::filesystem::path>& files, std::vector<Edit>& edits) {
    for (const std::string& overlay : overlays) files.push_back(folder_ / overlay);
    for (int i = 0; i < sets.size(); ++i) {
      const std::string at = element_path(field_path(path, "set"), std::to_string(i));
      try {
        edits.push_back(parse_edit(sets.Get(i)));
        edits.back().place = places_.find(at);
      } catch (const std::invalid_argument& error) {
        add(at, error.what());
      }
    }
  }

  void add_variant(int index) {
    const v1::Variant& written = written_.variant(index);
    const std::string path = element_path("variant", variant_keys_.next(written.id()));
    Variant variant{written.id(), written.title(), {}, {}};
    add_changes(written.overlay(), written.set(), path, variant.overlays, variant.edits);
    keep(std::move(variant), path);
  }

  void keep(Variant variant, const std::string& path) {
    if (variant.name == kBaseline)
      add(path, "may not be called " + in_quotes(kBaseline) + ", which is the scenario itself");
    else if (!names_.insert(variant.name).second)
      add(path, in_quotes(variant.name) + " is the name of another variant");
    else if (file_.variants.size() >= kMostVariants)
      return;
    else
      file_.variants.push_back(std::move(variant));
  }

  void add_design(int index) {
    const v1::Design& design = written_.design(index);
    const std::string path = element_path("design", design_keys_.next(design.id()));
    const bool sampled =
        design.kind() == v1::Design::LATIN_HYPERCUBE || design.kind() == v1::Design::SOBOL;
    if (!check_factors(design, path, sampled)) return;
    if (sampled && !design.has_points())
      return add(field_path(path, "points"), "is missing; how many points?");
    if (sampled && (design.points() == 0 || design.points() > kMostVariants))
      return add(field_path(path, "points"), "lies between 1 and " + std::to_string(kMostVariants));
    try {
      points_ = rows_of(design);
    } catch (const std::length_error&) {
      return add(path, "makes more than " + std::to_string(kMostVariants) + " variants");
    }
    const std::size_t width = std::to_string(points_.size()).size();
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const std::string count = std::to_string(i + 1);
      Variant variant{design.id() + "_" + std::string(width - count.size(), '0') + count,
                      {},
                      {},
                      std::move(points_[i])};
      for (Edit& edit : variant.edits) {
        edit.place = places_.find(path);
        if (!variant.title.empty()) variant.title += ", ";
        variant.title += last_name(edit.path) + " " + edit.value;
      }
      keep(std::move(variant), path);
    }
  }

  bool check_factors(const v1::Design& design, const std::string& path, bool sampled) {
    const std::size_t before = file_.problems.size();
    for (int i = 0; i < design.factor_size(); ++i) {
      const v1::Factor& factor = design.factor(i);
      const std::string at = element_path(field_path(path, "factor"), std::to_string(i));
      if (factor.value_size() > 0) {
        if (factor.has_min()) add(field_path(at, "min"), "has no use beside values");
        continue;
      }
      if (!factor.has_max()) continue;  // told by the rules
      if (!factor.has_min())
        add(at, "a range needs min and max");
      else if (factor.min() > factor.max())
        add(at, "min " + number(factor.min()) + " is above max " + number(factor.max()));
      if (!sampled && (factor.levels() < 2 || factor.levels() > kMostVariants))
        add(field_path(at, "levels"),
            "lies between 2 and " + std::to_string(kMostVariants) + ", the range's ends included");
    }
    return file_.problems.size() == before && design.factor_size() > 0;
  }

  std::vector<std::vector<Edit>> rows_of(const v1::Design& design) const {
    const auto factors = static_cast<std::size_t>(design.factor_size());
    const auto factor = [&](std::size_t j) -> const v1::Factor& {
      return design.factor(static_cast<int>(j));
    };
    std::vector<std::vector<Edit>> rows;
    if (design.kind() == v1::Design::LATIN_HYPERCUBE || design.kind() == v1::Design::SOBOL) {
      const auto points = design.kind() == v1::Design::SOBOL
                              ? sobol_points(design.points(), factors, design.seed())
                              : latin_hypercube(design.points(), factors, design.seed());
      for (const Point& point : points) {
        auto& row = rows.emplace_back();
        for (std::size_t j = 0; j < factors; ++j)
          row.push_back({factor(j).path(), ranged(factor(j), point[j])});
      }
      return rows;
    }
    std::vector<std::vector<std::string>> values;
    std::vector<std::size_t> counts;
    for (std::size_t j = 0; j < factors; ++j) {
      values.push_back(levels(factor(j)));
      counts.push_back(values.back().size());
    }
    if (design.kind() == v1::Design::GRID) {
      for (const auto& point : grid(counts, kMostVariants)) {
        auto& row = rows.emplace_back();
        for (std::size_t j = 0; j < factors; ++j)
          row.push_back({factor(j).path(), values[j][point[j]]});
      }
      return rows;
    }
    for (std::size_t j = 0; j < factors; ++j)
      for (const std::string& value : values[j]) rows.push_back({{factor(j).path(), value}});
    if (rows.size() > kMostVariants) throw std::length_error("too many variants");
    return rows;
  }

  const v1::Experiment& written_;
  const Places& places_;
  const std::filesystem::path folder_;
  ExperimentFile file_;
  ElementKeys variant_keys_, design_keys_;
  std::set<std::string> names_;
  std::vector<std::vector<Edit>> points_;
};

}  // namespace

ExperimentFile parse_experiment(std::string_view text, std::string name) {
  v1::Experiment written;
  Places places;
  Findings findings;
  read_tree(tree_of(text), name, written, places, findings);
  std::vector<Problem> problems = std::move(findings).sorted();
  const std::vector<Problem> broken = check_rules(written, places, problems);
  problems.insert(problems.end(), broken.begin(), broken.end());
  ExperimentFile file = ExperimentReader(written, places, std::move(name)).read();
  file.problems.insert(file.problems.begin(), problems.begin(), problems.end());
  return file;
}

ExperimentFile read_experiment(const std::filesystem::path& file) {
  bool too_large = false;
  const std::string text = read_bytes(file, too_large);
  if (!too_large) return parse_experiment(text, file.string());
  ExperimentFile refused;
  refused.problems.push_back(
      {{file.string(), 0, 0}, "", "is larger than 64 MiB, the most an experiment may have"});
  return refused;
}

bool is_experiment(const std::filesystem::path& file) {
  bool too_large = false;
  const std::string text = read_bytes(file, too_large);
  if (too_large) return false;
  const SyntaxTree tree = tree_of(text);
  for (int i = tree.nodes[0].first; i >= 0; i = tree.nodes[static_cast<std::size_t>(i)].next) {
    const std::string_view name = tree.nodes[static_cast<std::size_t>(i)].name;
    if (name == "variant" || name == "design" || name == "scenario") return true;
  }
  return false;
}

Edit parse_edit(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    throw std::invalid_argument(in_quotes(text) + " is not of the form PATH=VALUE");
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

namespace {

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+';
  });
}

// Splits at commas that stand outside of brackets, braces and quotes.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  int depth = 0;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == '\\')
        ++i;
      else if (c == quote)
        quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{' || c == '[' || c == '<') {
      ++depth;
    } else if (c == '}' || c == ']' || c == '>') {
      --depth;
    } else if (c == ',' && depth <= 0) {
      parts.push_back(text.substr(from, i - from));
      from = i + 1;
    }
  }
  parts.push_back(text.substr(from));
  return parts;
}

}  // namespace

Variant parse_variant(std::string_view text) {
  const std::size_t colon = text.find(':');
  const bool named = colon != std::string_view::npos && is_name(text.substr(0, colon));
  const std::string_view rest = named ? text.substr(colon + 1) : text;
  Variant variant;
  if (named) variant.name = text.substr(0, colon);
  if (named && rest.find('=') != std::string_view::npos) {
    for (const std::string_view part : split(rest)) {
      variant.edits.push_back(parse_edit(part));
      variant.edits.back().place = {"--variant", 0, 0};
    }
  } else {
    if (rest.find('=') != std::string_view::npos || rest.empty())
      throw std::invalid_argument(in_quotes(text) +
                                  " is no variant; write NAME:PATH=VALUE, NAME:FILE or FILE");
    variant.overlays.emplace_back(rest);
    if (!named) {
      variant.name = variant.overlays.front().filename().string();
      variant.name.erase(std::min(variant.name.find('.'), variant.name.size()));
    }
  }
  if (!is_name(variant.name) || variant.name == kBaseline)
    throw std::invalid_argument(in_quotes(variant.name) + " is no name for a variant");
  return variant;
}

ScenarioFile apply_variant(const ScenarioFile& baseline, const Variant& variant) {
  ScenarioFile file = baseline;
  const std::size_t before = file.problems.size();
  for (const std::filesystem::path& overlay : variant.overlays)
    merge_overlay(file, read_scenario(overlay));
  for (const Edit& edit : variant.edits) apply_edit(file, edit);
  for (std::size_t i = before; i < file.problems.size(); ++i)
    file.problems[i].message += " (variant " + in_quotes(variant.name) + ")";
  return file;
}

}  // namespace racked
