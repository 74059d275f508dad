#include <racked/report.h>

#include "file_bytes.h"

#include <racked/files.h>

#include <dlfcn.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace racked {
namespace {

namespace fs = std::filesystem;

const std::string kExplanation = "explanation_";
constexpr const char* kScripts = "share/racked/report_scripts.js";
constexpr int kFoldersAbove = 4;  ///< <prefix>/lib/x86_64-linux-gnu/, or a folder of a build.

/// By its address the loader tells which file this code is part of.
const char kHere = 0;

// The program or shared library that this code is part of.
fs::path own_file() {
  std::error_code error;
  Dl_info info;
  if (::dladdr(&kHere, &info) != 0 && info.dli_fname != nullptr) {
    // Of the program itself only the name it was called by is known, which need not be a path.
    const fs::path file = fs::canonical(info.dli_fname, error);
    if (!error && fs::path(info.dli_fname).is_absolute()) return file;
  }
  return fs::canonical("/proc/self/exe", error);
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad())
    throw std::system_error(errno != 0 ? errno : EIO, std::generic_category(), file.string());
  return text;
}

std::string installed_scripts() {
  const std::optional<fs::path> file = find_report_scripts();
  return file ? read_text(*file) : std::string();
}

// A page of ours says so in its head.
void require_ours(const fs::path& page) {
  if (!fs::exists(page)) return;
  std::ifstream in(page, std::ios::binary);
  std::string head(400, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  if (head.find("<meta name=\"generator\" content=\"racked") == std::string::npos)
    throw std::invalid_argument(page.string() +
                                " was not written by racked; it is not overwritten");
}

// What a write that was killed has left goes, too.
void replace_file(const fs::path& file, const std::string& content) {
  remove_unfinished(file);
  write_file(file, content);
}

// Names come from results, which may come from anywhere.
std::string plain_name(const std::string& written) {
  std::string name;
  for (const char c : written) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += plain || c == '_' || c == '-' ? c : '_';
  }
  return name;
}

}  // namespace

std::optional<fs::path> find_report_scripts() {
  fs::path folder = own_file().parent_path();
  for (int i = 0; i <= kFoldersAbove && !folder.empty(); ++i, folder = folder.parent_path()) {
    const fs::path file = folder / kScripts;
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) return file;
    if (folder == folder.root_path()) break;
  }
  return std::nullopt;
}

void write_report(const Results& results, const fs::path& directory,
                  const std::vector<Explanation>& explanations) {
  const fs::path page = directory / "report.html";
  require_ours(page);
  fs::create_directories(directory / "charts");
  for (const Chart& chart : report_charts(results))
    replace_file(directory / "charts" / (plain_name(chart.name) + ".vl.json"), chart.spec);
  replace_file(page, report_html(results, installed_scripts(), explanations));
}

void write_explanation(const Explanation& explanation, const fs::path& directory) {
  fs::create_directories(directory);
  replace_file(directory / (kExplanation + plain_name(explanation.milestone) + ".json"),
               explanation_json(explanation));
}

std::vector<Explanation> read_explanations(const fs::path& directory) {
  std::vector<fs::path> files;
  if (fs::is_directory(directory))
    for (const auto& entry : fs::directory_iterator(directory))
      if (entry.path().filename().string().rfind(kExplanation, 0) == 0 &&
          entry.path().extension() == ".json")
        files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Explanation> all;
  for (const fs::path& file : files) try {
      all.push_back(explanation_from_json(read_text(file)));
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(file.string() + ": " + error.what());
    }
  return all;
}

void write_side_by_side(const std::vector<Compared>& all, const fs::path& file) {
  require_ours(file);
  const std::string page = side_by_side_html(all, installed_scripts());
  if (file.has_parent_path()) fs::create_directories(file.parent_path());
  replace_file(file, page);
}

}  // namespace racked
