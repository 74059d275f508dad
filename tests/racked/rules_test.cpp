#include "scenario_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace racked::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using ::testing::HasSubstr;
using ::testing::Not;

// A scenario in which nothing is wrong but what is added.
std::string said_of(const std::string& added) {
  return problems_of(year_2025("calendar { id: 'week' } campus { id: 'c' } " + added));
}

TEST(Rules, SayWhatIsWrongAndWhatIsAllowed) {
  const std::string line =
      "product { id: 'r' chips_per_rack: 1 kw_per_rack: 1 } supply_line { id: 's' product: 'r' "
      "share { campus: 'c' } stage { kind: SHIPPING cycle_days { fixed: 1 } } ";
  const std::vector<std::array<std::string, 2>> cases = {
      {"crew { id: 'w' headcount: -4 }", "crew[w].headcount: is -4; at least 0 is allowed"},
      {"crew { id: 'w' headcount: 1000001 }",
       "crew[w].headcount: is 1000001; at most 1000000 is allowed"},
      {"crew { headcount: 1 }", "crew[0].id: is missing"},
      {"crew { id: '9w' headcount: 1 }", "crew[0].id: '9w' is no id"},
      {"crew { id: 'w' headcount: 1 step { date: '2025-02-29' headcount: 1 } }",
       "crew[w].step[0].date: "},
      {"crew { id: 'w' headcount: 1 step { date: '1969-12-31' headcount: 1 } }",
       "dates lie between 1970-01-01 and 2200-12-31"},
      {"crew { id: 'w' headcount: 1 calendar: 'weak' }",
       "crew[w].calendar: no calendar is called 'weak'; did you mean 'week'?"},
      {"calendar { id: 'x' shift { from: '24:01' hours: 1 } }",
       "calendar[x].shift[0].from: '24:01' is no time of day"},
      {"calendar { id: 'x' shift { from: '08:00' hours: 0 } }",
       "calendar[x].shift[0].hours: is 0 h; it must exceed 0"},
      {"calendar { id: 'week' }", "calendar[week#2].id: 'week' is taken"},
      {"equipment { id: 'e' lead_time_days { } }",
       "equipment[e].lead_time_days: give exactly one of fixed, "},
      {"equipment { id: 'e' lead_time_days { lognormal { median: 1 p90: 2 sigma: 1 } } }",
       "too many; give exactly one of p90 or sigma"},
      {line + "}", "supply_line[s].rate: is missing; at least one is needed"},
      {"risk_driver { id: 'd' factor { fixed: inf } }",
       "risk_driver[d].factor.fixed: must be a finite number"},
  };
  for (const auto& [text, message] : cases) EXPECT_THAT(said_of(text), HasSubstr(message)) << text;
}

TEST(Rules, AllowTheirBounds) {
  EXPECT_EQ(said_of("crew { id: 'w' headcount: 0 } crew { id: 'v' headcount: 1000000 "
                    "step { date: '2200-12-31' headcount: 1 } } "
                    "calendar { id: 'x' shift { from: '00:00' hours: 24 } }"),
            "");
  EXPECT_EQ(said_of("crew { id: '" + std::string(100, 'a') + "' headcount: 0 }"), "");
  EXPECT_NE(said_of("crew { id: '" + std::string(101, 'a') + "' headcount: 0 }"), "");
}

TEST(Rules, TooManyElementsAreRefusedAsAWhole) {
  std::string steps;
  for (int i = 0; i < 1001; ++i) steps += "step { date: '2025-03-01' headcount: -1 } ";
  const std::string said = said_of("crew { id: 'w' headcount: 1 " + steps + "}");
  EXPECT_THAT(said, HasSubstr("crew[w].step: has 1001 elements; at most 1000 are allowed\n"));
  EXPECT_THAT(said, Not(HasSubstr("-1")));
}

// What the schema says of itself.

void visit(const Descriptor& kind, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&kind).second) return;
  for (int i = 0; i < kind.field_count(); ++i)
    if (const Descriptor* inner = kind.field(i)->message_type()) visit(*inner, seen);
}

TEST(Rules, OfTheSchemaFitTheirFields) {
  std::set<const Descriptor*> kinds;
  visit(*v1::Scenario::descriptor(), kinds);
  EXPECT_GT(kinds.size(), 30u);
  for (const Descriptor* kind : kinds) {
    for (int i = 0; i < kind->field_count(); ++i) {
      const FieldDescriptor& field = *kind->field(i);
      const v1::Rule& rule = field.options().GetExtension(v1::rule);
      const bool text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
      const bool distribution = field.message_type() == v1::Distribution::descriptor();
      const bool number = field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
                          field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                          field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
      const auto& name = field.full_name();
      EXPECT_TRUE(text || !rule.has_form()) << name;
      EXPECT_EQ(rule.form() == v1::Rule::REFERENCE, rule.has_refers_to()) << name;
      EXPECT_TRUE(number || distribution || !(rule.has_min() || rule.has_max() || rule.has_above()))
          << name;
      EXPECT_TRUE(!rule.has_min() || !rule.has_max() || rule.min() <= rule.max()) << name;
      EXPECT_EQ(field.is_repeated(), rule.has_max_count()) << name << " must state its most";
      EXPECT_FALSE(field.is_required()) << name;
    }
    const auto& options = kind->options();
    for (int i = 0; i < options.ExtensionSize(v1::exactly_one); ++i)
      for (const std::string& name : options.GetExtension(v1::exactly_one, i).field())
        EXPECT_TRUE(kind->FindFieldByName(name) || kind->FindOneofByName(name)) << name;
  }
}

}  // namespace
}  // namespace racked::testing
