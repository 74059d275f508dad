// The report as a value: what it says, that it needs nothing else, and that no text of a scenario
// is more than text. What it looks like in a browser is tried by report_browser.cmake.
#include <racked/report.h>

#include <racked/experiment.h>
#include <racked/files.h>

#include <places.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace racked {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kEvil = "</script><script>alert(1)</script><img src=x onerror='x'>\"&\xFF";

Results two_halls(std::uint64_t replications, std::uint64_t seed = 7) {
  const Model model = make_model(
      read_scenario(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/two_halls.textproto"));
  ExperimentOptions options;
  options.seed = seed;
  options.last = replications;
  return run(model, options);
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

/// The specs that stand in a page.
std::vector<json> specs_in(const std::string& page) {
  std::vector<json> specs;
  const std::string open = "<script type=\"application/json\"";
  for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const std::size_t begin = page.find('>', at) + 1, end = page.find("</script>", begin);
    specs.push_back(json::parse(page.substr(begin, end - begin)));
  }
  return specs;
}

const json& layer_with(const json& spec, const std::string& mark) {
  for (const json& layer : spec.at("layer"))
    if (layer.contains("mark") && layer.at("mark").at("type") == mark) return layer;
  throw std::out_of_range("no layer of " + mark);
}

TEST(ReportCharts, AreSpecsWithTheirDataInside) {
  const std::vector<Chart> charts = report_charts(two_halls(20));
  std::set<std::string> names;
  for (const Chart& chart : charts) {
    EXPECT_TRUE(names.insert(chart.name).second) << chart.name;
    EXPECT_FALSE(chart.title.empty());
    EXPECT_FALSE(chart.description.empty());
    const json spec = json::parse(chart.spec);
    EXPECT_EQ(spec.at("$schema"), "https://vega.github.io/schema/vega-lite/v5.json");
    EXPECT_EQ(spec.at("description"), chart.description);
    EXPECT_FALSE(spec.at("data").at("values").empty()) << chart.name;
    EXPECT_FALSE(spec.at("data").contains("url"));
  }
  for (const char* name : {"milestones", "probability", "usable_chips", "usable_facility_mw",
                           "missing_chips", "lost_chip_days", "stages", "chips", "schedule",
                           "criticality_first_hall", "criticality_both_halls"})
    EXPECT_TRUE(names.count(name)) << name;
}

TEST(ReportCharts, ShowWhatTheStatisticsSay) {
  const Results results = two_halls(20);
  for (const Chart& chart : report_charts(results)) {
    const json spec = json::parse(chart.spec);
    const json& values = spec.at("data").at("values");
    if (chart.name == "usable_chips") {
      ASSERT_EQ(values.size(), results.report_dates.size());
      for (std::size_t i = 0; i < values.size(); ++i) {
        const Band band = bands(results, i)[static_cast<std::size_t>(Series::usable_chips)];
        EXPECT_EQ(values[i].at("date"), iso_date(results.report_dates[i]));
        EXPECT_DOUBLE_EQ(values[i].at("p10"), band.p10);
        EXPECT_DOUBLE_EQ(values[i].at("p90"), band.p90);
      }
      EXPECT_EQ(layer_with(spec, "area").at("encoding").at("y2").at("field"), "p90");
    }
    if (chart.name == "milestones") {
      EXPECT_EQ(values[1].at("p50"), iso_date(date_of(summarise(results, 1).p50, results.start)));
    }
    // Forty racks of 72 chips in the only building, of 40 × 130 kW × 1.2.
    if (chart.name == "stages") {
      EXPECT_DOUBLE_EQ(values.back().at("announced"), 6.24);
      EXPECT_DOUBLE_EQ(values.back().at("operational_p50"), 6.24);
      EXPECT_DOUBLE_EQ(values.front().at("operational_p50"), 0);
    }
    if (chart.name == "lost_chip_days") {
      double sum = 0, lost = 0;
      for (const json& value : values) sum += value.at("chip_days").get<double>();
      for (const double days : lost_chip_days(results)) lost += days;
      EXPECT_NEAR(sum, lost, 0.01);
    }
  }
}

TEST(ReportCharts, MissingChipsAddUpToWhatIsPlannedAndNotUsable) {
  const Results results = two_halls(20);
  for (const Chart& chart : report_charts(results)) {
    if (chart.name != "missing_chips") continue;
    const json spec = json::parse(chart.spec);
    const auto fields = spec.at("layer")[0].at("transform")[0].at("fold");
    const json& values = spec.at("data").at("values");
    for (std::size_t i = 0; i < values.size(); ++i) {
      // All 2,880 chips are planned from day 0.
      double missing = 0;
      for (const auto& field : fields)
        missing += values[i].at(field.get<std::string>()).get<double>();
      const double usable = bands(results, i)[static_cast<std::size_t>(Series::usable_chips)].mean;
      // A chip of a rack that is usable but for its unit is charged, so nothing is left over.
      EXPECT_NEAR(missing + usable, 2'880, 0.01) << i;
    }
  }
}

// Eight curves can be told apart in a chart; of more milestones there are more charts.
TEST(ReportCharts, ShowEveryMilestoneOrSayWhichAreLeftOut) {
  Results results = two_halls(5);
  const auto of_milestones = [&](std::size_t count) {
    results.milestones.resize(count, results.milestones[0]);
    for (std::size_t i = 0; i < count; ++i) {
      results.milestones[i].name = "m" + std::to_string(i);
      results.milestones[i].title.clear();
    }
    results.reached.assign(count * results.rows(), des::kStart + 30 * des::kDay);
    std::vector<Chart> found;
    for (Chart& chart : report_charts(results))
      if (chart.name.rfind("probability", 0) == 0) found.push_back(std::move(chart));
    return found;
  };
  ASSERT_EQ(of_milestones(8).size(), 1u);
  EXPECT_EQ(of_milestones(8)[0].name, "probability");
  const std::vector<Chart> eleven = of_milestones(11);
  ASSERT_EQ(eleven.size(), 2u);
  EXPECT_EQ(eleven[1].name, "probability_2");
  for (std::size_t i = 0; i < 11; ++i)
    EXPECT_THAT(eleven[i < 5 ? 0 : 1].spec, HasSubstr("\"m" + std::to_string(i) + "\"")) << i;
  EXPECT_THAT(eleven[0].description, Not(HasSubstr("the first")));
  const std::vector<Chart> forty = of_milestones(40);
  ASSERT_EQ(forty.size(), 4u);
  EXPECT_THAT(forty[0].description, HasSubstr("the first 32 of 40 milestones"));
  const std::string page = report_html(results);
  EXPECT_THAT(page, HasSubstr("And 28 more milestones, in the table."));
}

TEST(ReportPage, SaysWhatTheCommandSays) {
  const Results results = two_halls(50);
  const std::string page = report_html(results);
  const MilestoneSummary summary = summarise(results, 0);
  for (const des::Time time : {summary.p10, summary.p50, summary.p90})
    EXPECT_THAT(page, HasSubstr(iso_date(date_of(time, results.start))));
  EXPECT_THAT(page, HasSubstr("First 1,440 chips usable"));
  EXPECT_THAT(page, HasSubstr("by 2025-07-01"));
  EXPECT_THAT(page, HasSubstr("racked run scenario.textproto --replications 0:50 --seed 7"));
  EXPECT_THAT(page, HasSubstr("racked " + results.version));
}

// The chain in words is that of `racked explain`; what takes more runs is told when it is known,
// and otherwise how to get it.
TEST(ReportPage, SaysWhyAsExplainDoes) {
  const Results results = two_halls(30);
  const Model model = make_model(
      read_scenario(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/two_halls.textproto"));
  ExplainOptions options;
  options.seed = 7;
  options.last = 30;
  options.levers = 2;
  const Explanation explanation = explain(model, Id<Milestone>(1), options);
  const std::string page = report_html(results), more = report_html(results, {}, {explanation});
  const std::string command = "racked explain scenario.textproto --milestone ";
  for (const std::string& text : {page, more}) {
    EXPECT_EQ(count(text, "Critical chain of the median replication"), 2u);
    for (const ExplainedLink& link : explanation.median->chain)
      EXPECT_THAT(text, HasSubstr("</span> " + link.words + ".</li>"));
    EXPECT_THAT(text, HasSubstr(command + "first_hall --replications 0:30 --seed 7 --out ."));
  }
  EXPECT_THAT(page, HasSubstr(command + "both_halls"));
  EXPECT_THAT(page, Not(HasSubstr("What would have to be true")));
  EXPECT_THAT(more, Not(HasSubstr(command + "both_halls")));
  EXPECT_THAT(more, HasSubstr("What would have to be true for P50 to be 30 days earlier"));
  for (const Lever& lever : explanation.levers)
    EXPECT_THAT(more, HasSubstr("<li>" + lever.words + ".</li>"));

  // Of another seed it says nothing here.
  Explanation other = explanation;
  other.seed = 8;
  EXPECT_EQ(report_html(results, {}, {other}), page);
}

// A page does not wait for replications of five million events.
TEST(ReportPage, SaysWhichChainsTakeTooLongToTell) {
  Results results = two_halls(10);
  const std::string rest = "and the chains that are not told above";
  EXPECT_THAT(report_html(results), Not(HasSubstr(rest)));
  results.events.assign(results.rows(), 5'000'000);
  const std::string page = report_html(results);
  EXPECT_THAT(page, Not(HasSubstr("Critical chain of the median")));
  EXPECT_THAT(page, HasSubstr(rest));
}

TEST(ReportPage, SaysNotWhyWhereTheScenarioIsNotAll) {
  Results results = two_halls(10);
  results.scenario_hash ^= 1;  // as of a branch
  const std::string page = report_html(results);
  EXPECT_THAT(page, Not(HasSubstr("Critical chain of the median")));
  EXPECT_THAT(page, Not(HasSubstr("racked explain")));
  EXPECT_THAT(page, HasSubstr("A branch, policies or luck of its own come on top."));
  results.resolved.clear();
  EXPECT_THAT(report_html(results), HasSubstr("racked run two_halls.textproto"));
}

TEST(ReportPage, NeedsNothingButItself) {
  const std::string page = report_html(two_halls(10), "var vegaEmbed;");
  // The names of the formats are no addresses to go to.
  EXPECT_EQ(count(page, "https://"),
            count(page, "https://vega.github.io/schema/vega-lite/v5.json"));
  EXPECT_EQ(count(page, "http://"), count(page, "http://www.w3.org/2000/svg"));
  for (const char* what : {"src=", "@import", "url(", "<iframe", "<object", "fetch("})
    EXPECT_THAT(page, Not(HasSubstr(what)));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(ReportPage, TextOfAScenarioIsNeverMoreThanText) {
  Results results = two_halls(10);
  const std::size_t scripts = count(report_html(results), "<script");
  results.title = results.scenario = kEvil;
  results.milestones[0].title = kEvil;
  results.campuses[0] = kEvil;
  results.buildings[0].name = kEvil;
  results.failures = {{99, kEvil}};
  for (Results::CauseSum& cause : results.causes) cause.name = kEvil;
  for (Results::WaitSum& wait : results.waits) wait.waiter = wait.for_name = kEvil;
  Observation point;
  point.series = "usable_chips";
  point.date = results.start;
  point.source = kEvil;
  results.observations = {point};
  const std::string page = report_html(results);
  EXPECT_EQ(count(page, "<script"), scripts);
  EXPECT_EQ(count(page, "</script"), scripts);
  EXPECT_EQ(count(page, "<img"), 0u);
  EXPECT_EQ(count(page, "\xFF"), 0u);
  // It arrives whole, but for the byte that is no UTF-8.
  EXPECT_THAT(page, HasSubstr("<h1>&lt;/script&gt;&lt;script&gt;alert(1)"));
  bool found = false;
  for (const json& spec : specs_in(page))
    if (spec.at("title") == "What " + kEvil.substr(0, kEvil.size() - 1) + "\xEF\xBF\xBD hangs on")
      found = true;
  EXPECT_TRUE(found);
  const std::string both = side_by_side_html({{kEvil, results}, {"b", results}});
  EXPECT_EQ(count(both, "<img"), 0u);
  EXPECT_EQ(count(both, "<script>"), 0u);
}

TEST(ReportPage, ClosesWhatItOpensAndDescribesEveryChart) {
  const std::string page = report_html(two_halls(10));
  for (const std::string tag : {"section", "figure", "details", "table", "div", "ul", "dl", "svg",
                                "main", "header", "tbody", "tr", "p", "h3"})
    EXPECT_EQ(count(page, "<" + tag + ">") + count(page, "<" + tag + " "),
              count(page, "</" + tag + ">"))
        << tag;
  const std::size_t charts = count(page, "<figure");
  EXPECT_EQ(charts, report_charts(two_halls(10)).size());
  EXPECT_EQ(count(page, "role=\"img\" aria-label=\""), charts);
  EXPECT_GE(count(page, "Data of this chart"), charts);
  std::set<std::string> ids;
  for (std::size_t at = page.find(" id=\""); at != std::string::npos;
       at = page.find(" id=\"", at + 1)) {
    const std::string id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
    EXPECT_TRUE(ids.insert(id).second) << id;
  }
}

TEST(ReportPage, SaysWhatIsMissingWithoutScripts) {
  const Results results = two_halls(10);
  EXPECT_THAT(report_html(results), HasSubstr("without the scripts of Vega-Lite"));
  const std::string page = report_html(results, "var vegaEmbed;");
  EXPECT_THAT(page, Not(HasSubstr("without the scripts of Vega-Lite")));
  EXPECT_THAT(page, HasSubstr("<script>var vegaEmbed;</script>"));
}

TEST(ReportPage, DoesNotGrowWithTheReplications) {
  EXPECT_LT(10 * report_html(two_halls(1'000)).size(), 12 * report_html(two_halls(50)).size());
}

TEST(ReportPage, OfNothingSaysSo) {
  Results results = two_halls(1);
  results.replications.clear();
  results.events.clear();
  results.reached.clear();
  results.charges.clear();
  results.samples = {};
  results.stages.clear();
  results.causes.clear();
  results.waits.clear();
  EXPECT_THAT(report_html(results), HasSubstr("No replication came to its end"));
  results.milestones.clear();
  EXPECT_THAT(report_html(results), HasSubstr("asks for no milestone"));
  EXPECT_TRUE(report_charts(results).empty());
}

TEST(ReportSideBySide, ComparesReplicationByReplication) {
  Results a;
  a.start = std::chrono::sys_days(std::chrono::year(2025) / 1 / 6);
  a.horizon = a.start + std::chrono::days(100);
  a.milestones = {{"m", "Some milestone", {}, false}};
  a.replications = {0, 1, 2};
  const auto day = [](int days) { return des::kStart + days * des::kDay; };
  a.reached = {day(10), day(20), day(30)};
  Results b = a;
  b.reached = {day(12), day(16), day(38)};
  // Differences of +2, −4 and +8 days. Mean 2; s² = (0 + 36 + 36) / 2 = 36; t(0.975, 2) = 4.3027;
  // half width 4.3027 · 6 / √3 = 14.905. Medians 20 and 16.
  const std::string page = side_by_side_html({{"before", a}, {"after", b}});
  EXPECT_THAT(page, HasSubstr("<td>Some milestone</td><td>after</td><td class=\"number\">+2 d</td>"
                              "<td class=\"number\">−12.9 d to +16.9 d</td>"
                              "<td class=\"number\">−4 d</td>"));
  b.seed = 1;
  EXPECT_THAT(side_by_side_html({{"before", a}, {"after", b}}),
              HasSubstr("can only be put side by side"));
}

TEST(ReportSideBySide, PutsEverythingOfOneKindTogether) {
  const Results a = two_halls(20), b = two_halls(20, 8);
  const std::string page = side_by_side_html({{"base case", a}, {"other", a}});
  EXPECT_THAT(page, HasSubstr("base case and other"));
  EXPECT_THAT(page, HasSubstr("Replication by replication"));
  EXPECT_THAT(page, HasSubstr("<td class=\"number\">0 d</td>"));
  EXPECT_THAT(side_by_side_html({{"a", a}, {"b", b}}), HasSubstr("can only be put side by side"));
  // What is called alike is told apart.
  EXPECT_THAT(side_by_side_html({{"a", a}, {"a", b}}), HasSubstr("a (2)"));
  EXPECT_THROW(side_by_side_html({{"a", a}}), std::invalid_argument);
}

class ReportFiles : public ::testing::Test {
 protected:
  ReportFiles()
      : directory_(fs::temp_directory_path() / ("racked_report_" + std::to_string(::getpid()))) {
    fs::remove_all(directory_);
  }
  ~ReportFiles() override { fs::remove_all(directory_); }

  std::string content(const fs::path& file) const {
    std::ifstream in(directory_ / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  fs::path directory_;
};

TEST_F(ReportFiles, AreThePageAndItsCharts) {
  const Results results = two_halls(5);
  write_report(results, directory_);
  const std::string page = content("report.html");
  EXPECT_THAT(page, HasSubstr("Two halls of twenty racks"));
  for (const Chart& chart : report_charts(results))
    EXPECT_EQ(content("charts/" + chart.name + ".vl.json"), chart.spec);
  write_report(results, directory_);
  EXPECT_EQ(content("report.html"), page);
  write_side_by_side({{"a", results}, {"b", results}}, directory_ / "sub/comparison.html");
  EXPECT_THAT(content("sub/comparison.html"), HasSubstr("a and b"));
}

TEST_F(ReportFiles, LeaveAForeignPageAlone) {
  fs::create_directories(directory_);
  std::ofstream(directory_ / "report.html") << "<html>my own</html>";
  EXPECT_THROW(write_report(two_halls(2), directory_), std::invalid_argument);
  EXPECT_EQ(content("report.html"), "<html>my own</html>");
}

TEST_F(ReportFiles, OfResultsFromAnywhereStayInTheirFolder) {
  Results results = two_halls(2);
  results.milestones[0].name = "../../escaped";
  write_report(results, directory_);
  EXPECT_FALSE(fs::exists(directory_.parent_path() / "escaped.vl.json"));
  EXPECT_TRUE(fs::exists(directory_ / "charts/criticality_______escaped.vl.json"));
}

}  // namespace
}  // namespace racked
