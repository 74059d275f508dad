#include "rules.h"

#include "field_path.h"
#include "findings.h"

#include <racked/calendar.h>

#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace racked {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t kLongestId = 100;

bool is_id(const std::string& text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || text.size() > kLongestId || !letter(text[0])) return false;
  for (const char c : text)
    if (!letter(c) && !(c >= '0' && c <= '9') && c != '_') return false;
  return true;
}

bool is_time_of_day(const std::string& text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return false;
  const int hours = (text[0] - '0') * 10 + text[1] - '0';
  const int minutes = (text[3] - '0') * 10 + text[4] - '0';
  return (hours < 24 && minutes < 60) || (hours == 24 && minutes == 0);
}

// What is wrong with a date; empty when nothing is.
std::string date_fault(const std::string& text) {
  try {
    const Date date = parse_date(text);
    if (date < parse_date("1970-01-01") || date > parse_date("2200-12-31"))
      return "dates lie between 1970-01-01 and 2200-12-31";
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

class Walk {
 public:
  Walk(const Message& message, const Places& places, const std::vector<Problem>& known)
      : message_(message), places_(places) {
    for (const Problem& problem : known) known_.insert(problem.path);
  }

  std::vector<Problem> problems() && {
    check(message_, "");
    return std::move(problems_);
  }

 private:
  void add(const std::string& path, std::string message) {
    problems_.push_back({places_.find(path), path, std::move(message)});
  }

  // Whether a problem of writing stands at the path or inside it.
  bool known_at(const std::string& path) const {
    const auto next = known_.lower_bound(path);
    return next != known_.end() && next->compare(0, path.size(), path) == 0;
  }

  void check(const Message& message, const std::string& path) {
    check_choices(message, path);
    const Descriptor& kind = *message.GetDescriptor();
    for (int i = 0; i < kind.field_count(); ++i) {
      const FieldDescriptor& field = *kind.field(i);
      const std::string at = field_path(path, field.name());
      if (field.is_repeated()) {
        check_repeated(message, field, at);
      } else {
        check_single(message, field, at);
      }
    }
  }

  // Of each group of fields that exclude each other one must be given.
  void check_choices(const Message& message, const std::string& path) {
    const Descriptor& kind = *message.GetDescriptor();
    const auto& options = kind.options();
    for (int i = 0; i < options.ExtensionSize(v1::exactly_one); ++i) {
      std::vector<std::string> names;
      int given = 0;
      bool written_wrong = false;
      const auto count = [&](const FieldDescriptor& field) {
        names.push_back(field.name());
        given += field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                                     : message.GetReflection()->HasField(message, &field);
        written_wrong = written_wrong || known_at(field_path(path, field.name()));
      };
      for (const std::string& name : options.GetExtension(v1::exactly_one, i).field()) {
        if (const auto* oneof = kind.FindOneofByName(name)) {
          for (int j = 0; j < oneof->field_count(); ++j) count(*oneof->field(j));
        } else if (const auto* field = kind.FindFieldByName(name)) {
          count(*field);
        }
      }
      if (given == 1 || (given == 0 && (written_wrong || known_at(path + ".")))) continue;
      add(path, std::string(given == 0 ? "give" : "too many; give") + " exactly one of " +
                    listed(names, "or"));
    }
  }

  void check_repeated(const Message& message, const FieldDescriptor& field,
                      const std::string& path) {
    const v1::Rule& rule = field.options().GetExtension(v1::rule);
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (size == 0 && rule.required() && !known_at(path))
      add(path, "is missing; at least one is needed");
    if (rule.has_max_count() && size > static_cast<int>(rule.max_count()))
      return add(path, "has " + std::to_string(size) + " elements; at most " +
                           std::to_string(rule.max_count()) + " are allowed");
    ElementKeys keys;
    std::map<std::string, std::string> paths_of_ids;
    for (int i = 0; i < size; ++i) {
      if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        check_value(message, field, i, element_path(path, std::to_string(i)), rule);
        continue;
      }
      const Message& element = reflection.GetRepeatedMessage(message, &field, i);
      const std::string id = id_of(element);
      const std::string at = element_path(path, keys.next(id));
      if (!id.empty() && !paths_of_ids.emplace(id, at).second) {
        const Place first = places_.find(paths_of_ids[id]);
        add(field_path(at, "id"),
            "'" + id + "' is taken" +
                (first.line > 0 ? " since line " + std::to_string(first.line) : "") +
                "; ids are unique among their siblings");
      }
      check(element, at);
    }
  }

  void check_single(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const v1::Rule& rule = field.options().GetExtension(v1::rule);
    if (!message.GetReflection()->HasField(message, &field)) {
      if (rule.required() && !known_at(path)) add(path, "is missing");
      return;
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      return check(message.GetReflection()->GetMessage(message, &field), path);
    check_value(message, field, -1, path, rule);
  }

  void check_value(const Message& message, const FieldDescriptor& field, int index,
                   const std::string& path, const v1::Rule& rule) {
    const Reflection& reflection = *message.GetReflection();
    const bool repeated = index >= 0;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return check_number(repeated ? reflection.GetRepeatedDouble(message, &field, index)
                                     : reflection.GetDouble(message, &field),
                            path, rule);
      case FieldDescriptor::CPPTYPE_INT32:
        return check_number(repeated ? reflection.GetRepeatedInt32(message, &field, index)
                                     : reflection.GetInt32(message, &field),
                            path, rule);
      case FieldDescriptor::CPPTYPE_INT64:
        return check_number(
            static_cast<double>(repeated ? reflection.GetRepeatedInt64(message, &field, index)
                                         : reflection.GetInt64(message, &field)),
            path, rule);
      case FieldDescriptor::CPPTYPE_STRING:
        return check_text(repeated ? reflection.GetRepeatedString(message, &field, index)
                                   : reflection.GetString(message, &field),
                          path, rule);
      default: return;
    }
  }

  void check_number(double value, const std::string& path, const v1::Rule& rule) {
    const std::string unit = rule.has_unit() ? " " + rule.unit() : "";
    if (!std::isfinite(value)) return add(path, "must be a finite number");
    if (rule.has_above() && !(value > rule.above()))
      return add(path, "is " + number(value) + unit + "; it must exceed " + number(rule.above()));
    if (rule.has_min() && value < rule.min())
      return add(path,
                 "is " + number(value) + unit + "; at least " + number(rule.min()) + " is allowed");
    if (rule.has_max() && value > rule.max())
      add(path, "is " + number(value) + unit + "; at most " + number(rule.max()) + " is allowed");
  }

  void check_text(const std::string& text, const std::string& path, const v1::Rule& rule) {
    switch (rule.form()) {
      case v1::Rule::PLAIN: return;
      case v1::Rule::ID:
        if (!is_id(text))
          add(path, in_quotes(text) +
                        " is no id; an id begins with a letter and goes on with letters, digits "
                        "and underscores, at most 100");
        return;
      case v1::Rule::DATE:
        if (const std::string fault = date_fault(text); !fault.empty()) add(path, fault);
        return;
      case v1::Rule::TIME_OF_DAY:
        if (!is_time_of_day(text))
          add(path, in_quotes(text) + " is no time of day; write HH:MM, 00:00 to 24:00");
        return;
      case v1::Rule::MONTH_DAY:
        // 2001 had no 29 February.
        if (!date_fault("2001-" + text).empty())
          add(path, in_quotes(text) + " is no day of every year; write MM-DD");
        return;
      case v1::Rule::REFERENCE: return check_reference(text, path, rule.refers_to());
    }
  }

  // Tasks, feeders, orders and halls are looked up by place; the model does that.
  void check_reference(const std::string& name, const std::string& path, const std::string& kind) {
    const FieldDescriptor* list = message_.GetDescriptor()->FindFieldByName(kind);
    if (list == nullptr || !list->is_repeated()) return;
    std::vector<std::string> names;
    if (kind == "calendar") names.emplace_back("always");
    for (int i = 0; i < message_.GetReflection()->FieldSize(message_, list); ++i)
      names.push_back(id_of(message_.GetReflection()->GetRepeatedMessage(message_, list, i)));
    for (const std::string& known : names)
      if (known == name) return;
    add(path, "no " + kind + " is called " + in_quotes(name) + did_you_mean(name, names));
  }

  const Message& message_;
  const Places& places_;
  std::set<std::string, std::less<>> known_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> check_rules(const Message& message, const Places& places,
                                 const std::vector<Problem>& known) {
  return Walk(message, places, known).problems();
}

}  // namespace racked
