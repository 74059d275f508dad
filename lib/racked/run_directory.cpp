#include <racked/run_directory.h>

#include "directory_lock.h"
#include "file_bytes.h"
#include "part_file.h"
#include "results_files.h"
#include "results_merge.h"
#include "results_message.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace racked {
namespace {

namespace fs = std::filesystem;

// "000012.binpb"
std::string part_name(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits + ".binpb";
}

std::set<std::uint64_t> held_by(const Results& results) {
  std::set<std::uint64_t> held(results.replications.begin(), results.replications.end());
  for (const Results::Failure& failure : results.failures) held.insert(failure.replication);
  return held;
}

}  // namespace

RunDirectory::RunDirectory(fs::path directory, const Results& frame, Asked asked)
    : directory_(std::move(directory)), asked_(asked), done_(frame) {
  if (fs::exists(directory_)) check_files(frame, directory_);
  lock_ = std::make_unique<DirectoryLock>(directory_);
  find_results(frame);
  find_parts(frame);
  refuse_fewer();
}

RunDirectory::~RunDirectory() = default;

void RunDirectory::find_results(const Results& frame) {
  check_files(frame, directory_);
  // Who asks for the audit asks for it of every replication; the results do not tell of it.
  if (fs::exists(directory_ / "results.binpb")) {
    done_ = read_results(directory_ / "results.binpb");
    refuse_fewer();
    if (asked_.audit) done_ = frame;
  }
}

void RunDirectory::find_parts(const Results& frame) {
  Results found = frame;
  if (needs_sketch(frame, asked_.last - asked_.first, asked_.most_sample_bytes))
    begin_sketch(found);
  std::set<std::uint64_t> held = held_by(done_);
  for (const fs::path& file : part_files(directory_)) {
    next_part_ = std::stoull(file.stem().string()) + 1;
    const auto damaged = [&](const std::string& place) {
      remarks_.push_back(file.string() + ", " + place +
                         ", is incomplete or damaged; what it held is computed again");
    };
    const auto take = [&](std::string_view bytes) {
      const BlockMessage block = read_block(bytes, frame);
      refuse_other(file, block.results, block.audited, frame);
      std::set<std::uint64_t> more = held_by(block.results);
      // Once the results are written, the parts are in them.
      if (std::any_of(more.begin(), more.end(), [&](auto r) { return held.count(r) != 0; })) return;
      held.merge(more);
      append_unordered(found, block.results);
    };
    read_part(read_all(file), take, damaged);
  }
  done_ = merged({&done_, &found}, asked_.most_sample_bytes);
}

void RunDirectory::refuse_other(const fs::path& file, const Results& block, bool audited,
                                const Results& frame) const {
  std::string why = difference(block, frame);
  if (!why.empty())
    why = "it differs in " + why;
  else if (audited != asked_.audit)
    why = asked_.audit ? "it was not audited" : "it was audited";
  if (!why.empty())
    throw std::invalid_argument(file.string() + " is of another run: " + why +
                                "; give the command that began it, or another folder");
}

void RunDirectory::refuse_fewer() const {
  const std::set<std::uint64_t> held = held_by(done_);
  if (held.empty() || (*held.begin() >= asked_.first && *held.rbegin() < asked_.last)) return;
  throw std::invalid_argument(
      directory_.string() + " holds replications " + replication_ranges(done_) + ", and " +
      std::to_string(asked_.first) + ":" + std::to_string(asked_.last) +
      " leaves some of them out; ask for these, too, or name another folder");
}

void RunDirectory::keep(const Results& finished) {
  if (!part_) {
    const fs::path folder = parts_folder(directory_);
    part_ = std::make_unique<PartWriter>(folder / part_name(next_part_));
    sync_folder(folder);
  }
  part_->append(write_block(finished, asked_.audit));
  const auto now = std::chrono::steady_clock::now();
  if (now - synced_ < kBetweenSyncs) return;
  part_->sync();
  synced_ = now;
}

void RunDirectory::finish(const Results& whole) {
  // The parts are to be there for as long as the results are not.
  if (part_) part_->sync();
  write_files(whole, directory_);
  part_.reset();
  for (const fs::path& file : part_files(directory_)) fs::remove(file);
}

}  // namespace racked
