#include <racked/files.h>

#include "scenario_text.h"

#include <places.h>

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <system_error>

namespace racked::testing {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

const std::filesystem::path kScenarios = RACKED_SOURCE_DIR "/docs/scenarios";

class Scratch {
 public:
  Scratch() {
    std::string name =
        (std::filesystem::temp_directory_path() / "racked_files_").string() + std::string(6, 'X');
    path_ = ::mkdtemp(name.data());
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

std::string messages(const ScenarioFile& file) {
  std::string all;
  for (const Problem& problem : file.problems) all += to_string(problem) + "\n";
  return all;
}

TEST(Files, ValidTextMeansWhatProtobufSaysItMeans) {
  for (const auto& shipped : std::filesystem::directory_iterator(kScenarios)) {
    const std::filesystem::path& name = shipped.path();
    const std::string text = contents(name);
    v1::Scenario expected;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << name;
    const ScenarioFile file = parse_scenario(text);
    EXPECT_TRUE(file.problems.empty()) << messages(file);
    EXPECT_TRUE(MessageDifferencer::Equals(file.scenario, expected)) << name;
    // The canonical form reads back to the same.
    EXPECT_TRUE(
        MessageDifferencer::Equals(parse_scenario(print_scenario(expected)).scenario, expected))
        << name;
  }
}

TEST(Files, EverySpellingOfTheTextFormatIsRead) {
  const ScenarioFile file = parse_scenario(
      "name: \"a\" 'b'  # strings in a row are one\n"
      "start: '2025\\x2d01-06'; horizon: '2026-01-05',\n"
      "dispatch: 3 campus < id: 'c' pue: 12e-1f building { id: 'b' spacing_days: .5 count: 0x10 "
      "first_number: 010 } >\n"
      "calendar: { id: 'k' working_day: [MONDAY, TUESDAY] working_day: 3 holiday: [] }\n");
  EXPECT_TRUE(file.problems.empty()) << messages(file);
  EXPECT_EQ(file.scenario.name(), "ab");
  EXPECT_EQ(file.scenario.start(), "2025-01-06");
  EXPECT_EQ(file.scenario.dispatch(), v1::SHORTEST);
  EXPECT_EQ(file.scenario.campus(0).pue(), 1.2);
  EXPECT_EQ(file.scenario.campus(0).building(0).count(), 16);
  EXPECT_EQ(file.scenario.campus(0).building(0).first_number(), 8);
  EXPECT_EQ(file.scenario.calendar(0).working_day_size(), 3);
}

TEST(Files, JsonAndBinaryReadToTheSameScenario) {
  const Scratch scratch;
  const ScenarioFile text = read_scenario(kScenarios / "two_halls.textproto");
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(text.scenario, &json, options).ok());
  for (const auto& path : {scratch.write("a.json", json), scratch.write("no_extension", json),
                           scratch.write("a.binpb", text.scenario.SerializeAsString()),
                           scratch.write("unknown", text.scenario.SerializeAsString())}) {
    const ScenarioFile file = read_scenario(path);
    EXPECT_TRUE(file.problems.empty()) << path << messages(file);
    EXPECT_TRUE(MessageDifferencer::Equals(file.scenario, text.scenario)) << path;
    EXPECT_EQ(scenario_hash(file.scenario), scenario_hash(text.scenario));
  }
}

TEST(Files, BytesInHandAreToldApartByWhatTheyLookLike) {
  const Scratch scratch;
  const ScenarioFile text = read_scenario(kScenarios / "two_halls.textproto");
  for (const ScenarioFile& file :
       {parse_bytes(text.scenario.SerializeAsString()), parse_bytes(print_scenario(text.scenario)),
        parse_binary(text.scenario.SerializeAsString())}) {
    EXPECT_EQ(messages(file), "");
    EXPECT_EQ(scenario_hash(file.scenario), scenario_hash(text.scenario));
  }
  // A name of nine letters: its tag is a line feed and its length a tab, like white space.
  v1::Scenario small;
  small.set_name("two_halls");
  EXPECT_EQ(parse_binary(small.SerializeAsString()).scenario.name(), "two_halls");
  EXPECT_THAT(messages(parse_binary("\x07\xff\xff", "f")), HasSubstr("f: is no binary scenario"));
}

TEST(Files, UnknownFieldsAreErrorsInEveryForm) {
  EXPECT_THAT(messages(parse_scenario("nam: 'x'", "f")), HasSubstr("f:1:1: nam: "));
  EXPECT_THAT(messages(parse_scenario("{\n \"nam\": \"x\"}", "f")), HasSubstr("f:2:"));
  v1::Scenario scenario;
  scenario.set_name("x");
  scenario.GetReflection()->MutableUnknownFields(&scenario)->AddVarint(9999, 1);
  const Scratch scratch;
  EXPECT_THAT(messages(read_scenario(scratch.write("a.binpb", scenario.SerializeAsString()))),
              HasSubstr("9999"));
  EXPECT_THAT(messages(read_scenario(scratch.write("b.binpb", "\x07\xff\xff"))),
              HasSubstr("is no binary scenario"));
}

TEST(Files, AfterAMistakeTheRestIsRead) {
  const ScenarioFile file = parse_scenario(
      "name: 'a'\nstart: \nhorizon: 'unfinished\ncrew { id: 'w' headcount: 1 }\ncampus { id: 'c'\n",
      "f");
  EXPECT_EQ(file.scenario.crew_size(), 1);
  const std::string all = messages(file);
  for (const char* place : {"f:2:", "f:3:", "f:5:"}) EXPECT_THAT(all, HasSubstr(place));
}

TEST(Files, HostileTextNeitherCrashesNorGrows) {
  const std::string deep(100'000, '{');
  EXPECT_FALSE(parse_scenario("campus " + deep).problems.empty());
  std::string nested;
  for (int i = 0; i < 5000; ++i) nested += "mixture { component { distribution { ";
  EXPECT_FALSE(parse_scenario("risk_driver { id: 'd' factor { " + nested).problems.empty());
  EXPECT_FALSE(parse_scenario(std::string("name: 'a\0b'", 11)).problems.empty());
  EXPECT_FALSE(parse_scenario("name: '\xff\xfe'").problems.empty());
  // A million mistakes are reported as a thousand.
  std::string many;
  for (int i = 0; i < 200'000; ++i) many += "x:1 ";
  EXPECT_LE(parse_scenario(many).problems.size(), 1001u);
}

TEST(Files, RandomDamageNeverCrashes) {
  const std::string text = contents(kScenarios / "two_halls.textproto");
  std::mt19937_64 random(17);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = text;
    for (int i = 0; i < 3; ++i) {
      const std::size_t at = random() % damaged.size();
      switch (random() % 4) {
        case 0: damaged[at] = static_cast<char>(random()); break;
        case 1: damaged.erase(at, random() % 40); break;
        case 2: damaged.insert(at, damaged.substr(random() % damaged.size(), random() % 40)); break;
        default: damaged.resize(at + 1);
      }
    }
    // Whatever it is now, it is a model or a list of problems, and says the same when read again.
    EXPECT_EQ(problems_of(parse_scenario(damaged)), problems_of(parse_scenario(damaged)));
  }
}

TEST(Files, AFileThatIsTooLargeIsRefusedUnread) {
  const Scratch scratch;
  const auto path = scratch.write("large.textproto", "name: 'x'");
  std::filesystem::resize_file(path, 100'000'000);
  EXPECT_THAT(messages(read_scenario(path)), HasSubstr("larger than 64 MiB"));
}

TEST(Files, WhatCannotBeReadIsNamed) {
  for (const char* path : {"/nowhere/at/all.textproto", "/"}) {
    try {
      read_scenario(path);
      FAIL();
    } catch (const std::system_error& error) {
      EXPECT_THAT(error.what(), HasSubstr(path));
    }
  }
}

TEST(Files, AnOverlayMergesById) {
  ScenarioFile file = parse_scenario(
      "name: 'a' crew { id: 'w' headcount: 1 } crew { id: 'v' headcount: 2 } "
      "calendar { id: 'k' holiday: ['2025-01-01', '2025-02-01'] } "
      "equipment { id: 'm' lead_time_days { uniform { min: 1 max: 2 } driver: 'd' } }");
  merge_overlay(file,
                parse_scenario("crew { id: 'v' headcount: 7 } crew { id: 'new' headcount: 3 } "
                               "calendar { id: 'k' holiday: '2025-03-01' } "
                               "equipment { id: 'm' lead_time_days { fixed: 9 } }",
                               "over"));
  ASSERT_EQ(file.scenario.crew_size(), 3);
  EXPECT_EQ(file.scenario.crew(0).headcount(), 1);
  EXPECT_EQ(file.scenario.crew(1).headcount(), 7);
  EXPECT_EQ(file.scenario.crew(2).id(), "new");
  ASSERT_EQ(file.scenario.calendar(0).holiday_size(), 1);  // a list without ids is replaced
  EXPECT_EQ(file.scenario.equipment(0).lead_time_days().fixed(), 9);
  EXPECT_FALSE(file.scenario.equipment(0).lead_time_days().has_uniform());
  EXPECT_EQ(file.scenario.equipment(0).lead_time_days().driver(0), "d");
  EXPECT_EQ(file.places.find("crew[v].headcount").file, "over");
}

TEST(Files, EditsSetFieldsByPath) {
  const auto edited = [](const std::string& path, const std::string& value) {
    return read_scenario(kScenarios / "two_halls.textproto", {}, {{path, value}});
  };
  EXPECT_EQ(edited("crew[electricians].headcount", "77").scenario.crew(0).headcount(), 77);
  EXPECT_EQ(edited("horizon", "2027-01-01").scenario.horizon(), "2027-01-01");
  EXPECT_EQ(edited("dispatch", "SHORTEST").scenario.dispatch(), v1::SHORTEST);
  EXPECT_EQ(edited("campus[example].delivery[racks].lot[1].racks", "4")
                .scenario.campus(0)
                .delivery(0)
                .lot(1)
                .racks(),
            4);
  EXPECT_EQ(edited("milestone[first_hall].by[0]", "2025-08-01").scenario.milestone(0).by(0),
            "2025-08-01");
  EXPECT_EQ(edited("milestone[first_hall].by", "['2025-08-01']").scenario.milestone(0).by_size(),
            1);
  // A number makes a distribution certain and leaves its drivers.
  const auto lead =
      edited("equipment[transformer].lead_time_days", "300").scenario.equipment(0).lead_time_days();
  EXPECT_EQ(lead.fixed(), 300);
  EXPECT_EQ(lead.driver_size(), 1);
  EXPECT_EQ(edited("equipment[transformer].lead_time_days", "{ lognormal { median: 9 p90: 12 } }")
                .scenario.equipment(0)
                .lead_time_days()
                .lognormal()
                .p90(),
            12);
  EXPECT_EQ(edited("product[gpu_rack].burn_in.hours.uniform.max", "200")
                .scenario.product(0)
                .burn_in()
                .hours()
                .uniform()
                .max(),
            200);
}

TEST(Files, EditsThatFitNothingSaySo) {
  const auto fault = [](const std::string& path, const std::string& value) {
    return messages(read_scenario(kScenarios / "two_halls.textproto", {}, {{path, value}}));
  };
  EXPECT_THAT(fault("crew[electrician].headcount", "7"), HasSubstr("did you mean 'electricians'"));
  EXPECT_THAT(fault("crew[electricians].headcout", "7"), HasSubstr("did you mean 'headcount'"));
  EXPECT_THAT(fault("crew[electricians].headcount", "many"), HasSubstr("cannot be 'many'"));
  EXPECT_THAT(fault("crew.headcount", "7"), HasSubstr("is a list"));
  EXPECT_THAT(fault("name[0]", "7"), HasSubstr("is no list"));
  EXPECT_THAT(fault("crew[", "7"), HasSubstr("is no path"));
  EXPECT_THAT(fault("name.x", "7"), HasSubstr("has no fields"));
}

TEST(Files, WritingReplacesAsAWhole) {
  const Scratch scratch;
  write_file(scratch / "a.txt", "one");
  write_file(scratch / "a.txt", "two");
  EXPECT_EQ(contents(scratch / "a.txt"), "two");
  EXPECT_THROW(write_file(scratch / "missing/a.txt", "x"), std::system_error);
  std::filesystem::create_directory(scratch / "taken");
  std::ofstream(scratch / "taken/inside") << "x";
  EXPECT_THROW(write_file(scratch / "taken", "x"), std::system_error);
  // Nothing half-written is left behind.
  std::size_t left = 0;
  for (const auto& entry : std::filesystem::directory_iterator(scratch / "."))
    left += entry.exists();
  EXPECT_EQ(left, 2u);
}

}  // namespace
}  // namespace racked::testing
