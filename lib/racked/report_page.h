#pragma once

#include "report_plot.h"

#include <racked/results.h>

#include <string>
#include <string_view>
#include <vector>

// The parts that pages are made of.
namespace racked::report {

/// A table of text. Cells are escaped here.
struct TextTable {
  std::string caption;
  std::vector<std::string> head;
  std::vector<bool> numeric;  ///< Columns set to the right; missing ones are not.
  std::vector<std::vector<std::string>> rows;
};
std::string table_html(const TextTable& table);

/// A plot with its legend, its drawing or spec, and the tables behind it.
std::string figure_html(const Plot& plot);

/// That the charts are plain drawings, and why.
std::string plain_notice();

/// What goes around: head, style, scripts. `body` is HTML.
std::string document_html(const std::string& title, const std::string& body,
                          const std::string& version, std::string_view scripts);

/// "2025-06-12", or "never" as the command says it.
std::string day_or_never(const Results& results, des::Time time);

/// "2026-07-03 ± 5.8 d", or "–".
std::string mean_text(const Results& results, const MilestoneSummary& summary);

/// "16 buildings", "1 building".
std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural = {});

std::string hash_text(std::uint64_t hash);

}  // namespace racked::report
