#include "options.h"

#include <racked/variants.h>

#include <charconv>
#include <map>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace racked::cli {
namespace {

void set_replications(std::uint64_t& first, std::uint64_t& last, const std::string& text) {
  constexpr const char* kOption = "--replications";
  const std::size_t colon = text.find(':');
  const bool range = colon != std::string::npos;
  first = range ? whole_number(kOption, std::string_view(text).substr(0, colon)) : 0;
  last = whole_number(kOption, range ? std::string_view(text).substr(colon + 1) : text);
  if (first >= last) throw CLI::ValidationError(kOption, text + " holds no replication");
}

Edit edit_of(const std::string& text) {
  try {
    return parse_edit(text);
  } catch (const std::invalid_argument& error) {
    throw CLI::ValidationError("--set", error.what());
  }
}

}  // namespace

std::uint64_t whole_number(const char* option, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty())
    throw CLI::ValidationError(option, "'" + std::string(text) + "' is not a whole number");
  return number;
}

void add_format(CLI::App& command, Format& format) {
  command.add_option("--format", format, "What to print")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Format>{{"table", Format::table}, {"json", Format::json}}))
      ->option_text("table|json");
}

void add_input(CLI::App& command, Input& input) {
  command.add_option("FILE", input.scenario, "The scenario")->required()->option_text(" ");
  command
      .add_option_function<std::vector<std::string>>(
          "--set",
          [&](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) input.edits.push_back(edit_of(text));
          },
          "Change one field: 'campus[example].feeder[utility].capacity_mw=12'")
      ->allow_extra_args(false)
      ->option_text("PATH=VALUE");
  command.add_option("--overlay", input.overlays, "Merge this file over the scenario, by ids")
      ->allow_extra_args(false)
      ->option_text("FILE");
}

void add_replications(CLI::App& command, std::uint64_t& first, std::uint64_t& last,
                      const std::string& help) {
  command
      .add_option_function<std::string>(
          "-n,--replications",
          [&](const std::string& text) { set_replications(first, last, text); }, help)
      ->option_text("N|A:B");
}

void add_seed(CLI::App& command, std::uint64_t& seed) {
  command
      .add_option_function<std::string>(
          "-s,--seed", [&](const std::string& text) { seed = whole_number("--seed", text); },
          "Where all luck comes from; default 0")
      ->option_text("S");
}

void add_threads(CLI::App& command, unsigned& threads) {
  command.add_option("-j,--threads", threads, "Default: one for each processor")
      ->check(CLI::Range(1u, 1024u))
      ->option_text("T");
}

void add_progress(CLI::App& command, ProgressStyle& style) {
  command.add_option("--progress", style, "On standard error; auto: a bar on a terminal")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, ProgressStyle>{{"auto", ProgressStyle::automatic},
                                               {"bar", ProgressStyle::bar},
                                               {"json", ProgressStyle::json},
                                               {"none", ProgressStyle::none}}))
      ->option_text("auto|bar|json|none");
}

void add_study(CLI::App& command, Study& study, const std::string& out) {
  add_input(command, study.input);
  add_seed(command, study.seed);
  add_threads(command, study.threads);
  command.add_option("-o,--out", study.out, out)->option_text("DIR");
  add_progress(command, study.progress);
  add_format(command, study.format);
}

}  // namespace racked::cli
