#pragma once

#include <racked/files.h>
#include <racked/problem.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// Named changes to a scenario: overlays first, then edits, each in order.
struct Variant {
  std::string name;                             ///< Letters, digits, _, - and +.
  std::string title;                            ///< For people; may be empty.
  std::vector<std::filesystem::path> overlays;  ///< Merged in this order.
  std::vector<Edit> edits;                      ///< Applied after them.
};

/// What an unchanged scenario is called among its variants; no variant may have this name.
inline constexpr std::string_view kBaseline = "baseline";

/// Most variants of one experiment.
inline constexpr std::size_t kMostVariants = 10'000;

/// An experiment as read. Its variants are those written one by one, then those of the designs.
/// `problems` holds whatever is wrong with the writing, rules broken, names used twice and designs
/// that make no points included; whether an edit fits the scenario is known once it is applied.
struct ExperimentFile {
  std::filesystem::path scenario;  ///< Relative to where the caller is; empty: not named.
  std::vector<std::filesystem::path> overlays;  ///< Of all variants and the baseline.
  std::vector<Edit> edits;                      ///< Of all variants and the baseline.
  std::vector<Variant> variants;                ///< In their order; without the baseline.
  std::vector<Problem> problems;                ///< Of writing and of rules.
};

/// Reads an experiment (racked/v1/experiment.proto) in text or JSON form. Errors:
/// std::system_error when the file cannot be read; what is wrong with it is told in `problems`.
ExperimentFile read_experiment(const std::filesystem::path& file);

/// The same for text in hand; `name` stands for the file in messages, and its folder is where
/// overlays are looked for.
ExperimentFile parse_experiment(std::string_view text, std::string name = "experiment");

/// Whether a file holds an experiment rather than a scenario: one of its own fields is `variant`,
/// `design` or `scenario`. std::system_error when it cannot be read.
bool is_experiment(const std::filesystem::path& file);

/// "PATH=VALUE", as it is written for `--set`. std::invalid_argument when it is not of that form.
Edit parse_edit(std::string_view text);

/// "NAME:PATH=VALUE,PATH=VALUE": commas within brackets, braces and quotes belong to a value.
/// "NAME:FILE" and "FILE" are an overlay; without a name it is called as the file is, up to its
/// first dot. std::invalid_argument when it is none of these.
Variant parse_variant(std::string_view text);

/// The scenario of a variant. What does not fit becomes a Problem of the result, told with the
/// variant's name. Errors: std::system_error when an overlay cannot be read.
ScenarioFile apply_variant(const ScenarioFile& baseline, const Variant& variant);

}  // namespace racked
