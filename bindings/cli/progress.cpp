#include "progress.h"

#include "terminal.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

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

// With a bar, or on narrow terminals without.
std::string bar_of(const Progress& progress, bool narrow) {
  constexpr std::size_t kWidth = 24;
  const std::size_t filled = static_cast<std::size_t>(progress.done * kWidth / progress.total);
  std::string bar = narrow ? " " : " replications  ";
  for (std::size_t i = 0; i < kWidth && !narrow; ++i) bar += i < filled ? "━" : "─";
  return fmt::format("{}/{}{} {:3} %  {}/s  {} left", grouped(progress.done),
                     grouped(progress.total), bar, progress.done * 100 / progress.total,
                     rate(replications_per_second(progress)), clock(seconds_left(progress)));
}

std::string estimate_text(const Progress& progress, const MilestoneEstimate& estimate) {
  const std::string of = progress.variant.empty() ? "" : progress.variant + ": ";
  std::string text = fmt::format("  {}{} P50 {}", of, estimate.name,
                                 estimate.p50 ? iso_date(*estimate.p50) : std::string("never"));
  if (estimate.half_width_days) text += fmt::format(" ± {:.1f} d", *estimate.half_width_days);
  return text;
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::size_t terminal_columns() {
  winsize size{};
  constexpr std::size_t kUsual = 80;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

}  // namespace

std::string progress_bar(const Progress& progress, std::size_t columns) {
  std::string text = bar_of(progress, /*narrow=*/false);
  if (progress.milestones.empty()) return text;
  const std::size_t first = columns_of(estimate_text(progress, progress.milestones.front()));
  if (columns_of(text) + first > columns) text = bar_of(progress, /*narrow=*/true);
  for (const MilestoneEstimate& estimate : progress.milestones) {
    const std::string more = estimate_text(progress, estimate);
    if (columns_of(text) + columns_of(more) > columns) break;
    text += more;
  }
  return text;
}

std::string progress_json(const Progress& progress) {
  nlohmann::ordered_json milestones = nlohmann::ordered_json::array();
  for (const MilestoneEstimate& estimate : progress.milestones) {
    nlohmann::ordered_json one{{"name", estimate.name},
                               {"replications", estimate.replications},
                               {"reached", estimate.reached},
                               {"p50", nullptr},
                               {"half_width_days", nullptr}};
    if (estimate.p50) one["p50"] = iso_date(*estimate.p50);
    if (estimate.half_width_days) one["half_width_days"] = *estimate.half_width_days;
    milestones.push_back(std::move(one));
  }
  const std::string variant =
      progress.variant.empty()
          ? std::string()
          : fmt::format(R"("variant":{},)",
                        nlohmann::json(progress.variant)
                            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return fmt::format(
      R"({{"done":{},"total":{},"failed":{},"found":{},"events":{},"seconds":{:.3f},)"
      R"("replications_per_second":{:.3f},"events_per_second":{:.0f},"seconds_left":{:.1f},)"
      R"({}"milestones":{}}})",
      progress.done, progress.total, progress.failed, progress.found, progress.events,
      progress.elapsed.count(), replications_per_second(progress), events_per_second(progress),
      seconds_left(progress), variant, milestones.dump());
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
  say(fmt::format("\r{}\x1b[K", progress_bar(progress, terminal_columns())));
  shown_ = true;
}

void ProgressLine::clear() {
  if (shown_) say("\r\x1b[K");
  shown_ = false;
}

}  // namespace racked::cli
