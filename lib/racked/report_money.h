#pragma once

#include "report_page.h"

#include <racked/results.h>

#include <string>

namespace racked::report {

/// When commitments of deals were met, and what was paid for them; empty without deals.
std::string deals_html(const Results& results);

/// What parties received and paid, and what they had to fund; empty where nothing costs anything.
std::string parties_html(const Results& results);

}  // namespace racked::report
