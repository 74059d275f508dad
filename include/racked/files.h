#pragma once

#include <racked/problem.h>
#include <racked/v1/scenario.pb.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// One change to a scenario: `path` names a field the way error messages do
/// ("campus[new_carlisle].feeder[poi].capacity_mw"), `value` is written as in the text format.
/// A number given for a Distribution makes it certain; `{ … }` replaces a message.
struct Edit {
  std::string path;            ///< A field's.
  std::string value;           ///< As in the text format.
  Place place{"--set", 0, 0};  ///< Where it was written, for messages.
};

/// A scenario as read: the message, where each field stood, and what was wrong with the writing
/// (syntax, unknown fields and names, values of the wrong kind, edits that name nothing). Problems
/// of meaning are found by make_model, which reports both kinds together.
struct ScenarioFile {
  v1::Scenario scenario;          ///< As far as it could be read.
  Places places;                  ///< Of its fields.
  std::vector<Problem> problems;  ///< With the writing.
};

/// Reads a scenario from a file in text, JSON or binary form, told apart by extension (.textproto,
/// .txtpb, .json, .binpb, .pb) or else by content; then merges the overlays in order, then applies
/// the edits in order. Overlays merge messages field by field; repeated elements with an id merge
/// with the element of that id or are appended; repeated fields without ids are replaced as a
/// whole. Errors: std::system_error when a file cannot be read. Everything wrong with the content
/// is a Problem in the result. Files above 64 MiB are refused before they are read in, and nesting
/// beyond 100 levels; memory is bounded by a small multiple of the file's size.
ScenarioFile read_scenario(const std::filesystem::path& file,
                           const std::vector<std::filesystem::path>& overlays = {},
                           const std::vector<Edit>& edits = {});

/// The same for text in hand (text form, or JSON when it begins with '{'); `name` stands for the
/// file in messages.
ScenarioFile parse_scenario(std::string_view text, std::string name = "scenario");

/// The same for a binary message in hand; no place in it has a line.
ScenarioFile parse_binary(std::string_view bytes, std::string name = "scenario");

/// The same for bytes of any of the three forms, told apart by what they look like: white space
/// aside, control characters stand in binary messages only.
ScenarioFile parse_bytes(std::string_view bytes, std::string name = "scenario");

/// Merges `overlay` into `file` as described at read_scenario.
void merge_overlay(ScenarioFile& file, const ScenarioFile& overlay);

/// Applies one edit; a path or value that does not fit becomes a Problem.
void apply_edit(ScenarioFile& file, const Edit& edit);

/// Its deterministic binary form: equal scenarios have equal bytes.
std::string scenario_bytes(const v1::Scenario& scenario);

/// Identifies the content of a scenario: FNV-1a, 64 bits, over scenario_bytes. For
/// telling results apart, not for security.
std::uint64_t scenario_hash(const v1::Scenario& scenario);

/// The canonical text form, with the header lines that editors and tools recognise.
std::string print_scenario(const v1::Scenario& scenario);

/// Writes `content` to `file` so that a reader sees the old content or the new, never a part.
/// Errors: std::system_error naming the file.
void write_file(const std::filesystem::path& file, std::string_view content);

}  // namespace racked
