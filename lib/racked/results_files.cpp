#include <racked/results.h>

#include "directory_lock.h"
#include "file_bytes.h"
#include "results_files.h"
#include "results_message.h"

#include <racked/files.h>

#include <stdexcept>
#include <system_error>

namespace racked {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBinary = "results.binpb";

/// A file of the output and what makes its text; without any it is not written.
struct TextFile {
  const char* file;
  std::string (*text)(const Results&);
};

// The summary is last: where it stands, everything stands.
constexpr TextFile kTextFiles[] = {
    {"milestones.csv", milestones_csv},
    {"bands.csv", bands_csv},
    {"stages.csv", stages_csv},
    {"observations.csv", observations_csv},
    {"causes.csv", causes_csv},
    {"waits.csv", waits_csv},
    {"charges.csv", charges_csv},
    {"deals.csv", deals_csv},
    {"commitments.csv", commitments_csv},
    {"deal_bands.csv", deal_bands_csv},
    {"cash.csv", cash_csv},
    {"parties.csv", parties_csv},
    {"idle.csv", idle_csv},
    {"scenario.textproto", resolved_scenario},
    {"summary.json", summary_json},
};

}  // namespace

Results read_results(const fs::path& path) {
  const fs::path file = fs::is_directory(path) ? path / kBinary : path;
  if (!fs::exists(file) && !part_files(path).empty())
    throw std::invalid_argument(path.string() +
                                " holds a run that did not end; the command that began it goes on");
  try {
    return read_message(read_all(file));
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(file.string() +
                                " does not hold results of this format: " + error.what());
  }
}

std::string results_to_bytes(const Results& results) {
  std::string bytes;
  write_message(results, [&](std::string_view piece) { bytes += piece; });
  return bytes;
}

Results results_from_bytes(std::string_view bytes) { return read_message(bytes); }

void check_files(const Results& results, const fs::path& directory) {
  if (fs::exists(directory / kBinary)) {
    const std::string what = difference(read_results(directory), results);
    if (!what.empty())
      throw std::invalid_argument(directory.string() + " holds results that differ in " + what +
                                  "; they are not overwritten");
    return;
  }
  const auto refuse = [&directory](const char* file) {
    if (fs::exists(directory / file))
      throw std::invalid_argument(directory.string() + " holds a " + file +
                                  " of unknown origin; it is not overwritten");
  };
  for (const TextFile& text : kTextFiles) refuse(text.file);
  refuse("report.html");
}

void check_directory(const Results& results, const fs::path& directory) {
  if (!part_files(directory).empty())
    throw std::invalid_argument(directory.string() +
                                " holds a run that did not end; it is not overwritten");
  check_files(results, directory);
}

void write_files(const Results& results, const fs::path& directory) {
  std::vector<fs::path> added;
  const auto place = [&](const char* name) {
    fs::path file = directory / name;
    remove_unfinished(file);
    if (!fs::exists(file)) added.push_back(file);
    return file;
  };
  try {
    WrittenFile binary(place(kBinary));
    write_message(results, [&](std::string_view bytes) { binary.append(bytes); });
    binary.finish();
    for (const TextFile& text : kTextFiles)
      if (const std::string content = text.text(results); !content.empty())
        write_file(place(text.file), content);
    sync_folder(directory);
  } catch (...) {
    for (const fs::path& file : added) {
      std::error_code ignored;
      fs::remove(file, ignored);
    }
    throw;
  }
}

void write_results(const Results& results, const fs::path& directory) {
  check_directory(results, directory);
  const DirectoryLock lock(directory);
  write_files(results, directory);
}

}  // namespace racked
