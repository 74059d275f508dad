#include "commands.h"
#include "terminal.h"

#include <racked/report.h>

namespace racked::cli {
namespace {

namespace fs = std::filesystem;

// Folders are called by their own names where these tell them apart.
std::vector<Compared> read_all(const std::vector<fs::path>& directories) {
  std::vector<Compared> all;
  bool apart = true;
  for (const fs::path& directory : directories) {
    const fs::path own = directory.has_filename() ? directory : directory.parent_path();
    const std::string name = own.filename().string();
    for (const Compared& other : all) apart = apart && other.label != name;
    apart = apart && name != "." && name != "..";
    all.push_back({name, read_results(directory)});
  }
  for (std::size_t i = 0; i < all.size() && !apart; ++i) all[i].label = directories[i].string();
  return all;
}

}  // namespace

int write_reports(const std::vector<fs::path>& directories, const fs::path& out) {
  if (directories.size() == 1) {
    const fs::path to = out.empty() ? directories[0] : out;
    write_report(read_results(directories[0]), to, read_explanations(directories[0]));
    print((to / "report.html").string() + "\n");
    return kGood;
  }
  const fs::path page = out / "comparison.html";
  write_side_by_side(read_all(directories), page);
  print(page.string() + "\n");
  return kGood;
}

}  // namespace racked::cli
