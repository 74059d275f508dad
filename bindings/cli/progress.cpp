#include "progress.h"

#include "terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace racked::cli {
namespace {

double per_second(std::uint64_t count, const Progress& progress) {
  return static_cast<double>(count) / std::max(1e-9, progress.elapsed.count());
}

// What an earlier run has done took none of this one's time.
double replications_per_second(const Progress& progress) {
  return per_second(progress.done - progress.found, progress);
}

double events_per_second(const Progress& progress) {
  return per_second(progress.events - progress.found_events, progress);
}

double seconds_left(const Progress& progress) {
  const double rate = replications_per_second(progress);
  return rate > 0 ? static_cast<double>(progress.total - progress.done) / rate : 0;
}

// Three digits are enough for a rate.
std::string rate(double value) {
  if (value < 10) return fmt::format("{:.1f}", value);
  return grouped(static_cast<std::uint64_t>(value + 0.5));
}

std::string clock(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

std::string progress_bar(const Progress& progress) {
  constexpr std::size_t kWidth = 24;
  const std::size_t filled = static_cast<std::size_t>(progress.done * kWidth / progress.total);
  std::string bar;
  for (std::size_t i = 0; i < kWidth; ++i) bar += i < filled ? "━" : "─";
  return fmt::format("{}/{} replications  {} {:3} %  {}/s  {} left", grouped(progress.done),
                     grouped(progress.total), bar, progress.done * 100 / progress.total,
                     rate(replications_per_second(progress)), clock(seconds_left(progress)));
}

std::string progress_json(const Progress& progress) {
  return fmt::format(
      R"({{"done":{},"total":{},"failed":{},"found":{},"events":{},"seconds":{:.3f},)"
      R"("replications_per_second":{:.3f},"events_per_second":{:.0f},"seconds_left":{:.1f}}})",
      progress.done, progress.total, progress.failed, progress.found, progress.events,
      progress.elapsed.count(), replications_per_second(progress), events_per_second(progress),
      seconds_left(progress));
}

std::string rates(const Progress& progress) {
  return fmt::format("{} in {:.1f} s: {} a second, {:.1f} million events a second",
                     counted(progress.done - progress.found, "replication"),
                     progress.elapsed.count(), rate(replications_per_second(progress)),
                     events_per_second(progress) / 1e6);
}

ProgressLine::ProgressLine(ProgressStyle style) : style_(style) {
  if (style_ == ProgressStyle::automatic)
    style_ = isatty(STDERR_FILENO) != 0 ? ProgressStyle::bar : ProgressStyle::none;
}

void ProgressLine::show(const Progress& progress) {
  if (style_ == ProgressStyle::json) say(progress_json(progress) + "\n");
  if (style_ != ProgressStyle::bar) return;
  say(fmt::format("\r{}\x1b[K", progress_bar(progress)));
  shown_ = true;
}

void ProgressLine::clear() {
  if (shown_) say("\r\x1b[K");
  shown_ = false;
}

}  // namespace racked::cli
