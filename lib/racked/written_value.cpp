#include "written_value.h"

#include "findings.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace racked {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::io::Tokenizer;

namespace {

using Form = SyntaxTree::Form;
using Kind = Written::Kind;

constexpr double kMostExact =
    9007199254740992.0;  // 2^53: whole numbers beyond it are not all doubles

std::string found(const Written& value) {
  if (value.kind == Kind::kBody) return "{ … }";
  if (value.kind == Kind::kList) return "[ … ]";
  return in_quotes(as_written(value));
}

std::string not_this(const std::string& expected, const Written& value) {
  return "must be " + expected + ", not " + found(value);
}

bool is_number(const Written& value) {
  return value.kind == Kind::kInteger || value.kind == Kind::kFloat;
}

// The digits of a whole number in JSON, where it may also stand in quotes (as 64-bit numbers do) or
// be written as 5.0; empty when it is none.
std::string json_digits(const Written& value, bool& negative) {
  std::string digits(value.text);
  if (value.kind == Kind::kString) {
    digits = decoded_json(value.text);
    negative = digits.starts_with('-');
    if (negative) digits.erase(0, 1);
  } else if (value.kind == Kind::kFloat) {
    const double number = Tokenizer::ParseFloat(digits);
    if (number != std::trunc(number) || number > kMostExact) return {};
    digits = std::to_string(static_cast<std::int64_t>(number));
  }
  const bool decimal = !digits.empty() && (digits.size() == 1 || digits.front() != '0') &&
                       digits.find_first_not_of("0123456789") == std::string::npos;
  return decimal ? digits : std::string();
}

// A whole number within the limits of T.
template <class T>
std::string integer(const Written& value, Form form, T& result) {
  using Limits = std::numeric_limits<T>;
  bool negative = value.negative;
  std::string digits;
  if (form == Form::kJson && (is_number(value) || value.kind == Kind::kString))
    digits = json_digits(value, negative);
  else if (value.kind == Kind::kInteger)
    digits = value.text;
  if (digits.empty()) return not_this("a whole number", value);

  const auto most = static_cast<std::uint64_t>(Limits::max());
  std::uint64_t magnitude = 0;
  const bool allowed = !negative || Limits::is_signed;
  if (!allowed || !Tokenizer::ParseInteger(digits, negative ? most + 1 : most, &magnitude))
    return not_this("a whole number from " + std::to_string(Limits::min()) + " to " +
                        std::to_string(Limits::max()),
                    value);
  result = static_cast<T>(negative ? 0 - magnitude : magnitude);
  return {};
}

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return result;
}

std::string real(const Written& value, double& result) {
  if (value.kind == Kind::kWord) {
    const std::string word = lowered(value.text);
    if (word == "inf" || word == "infinity" || word == "nan")
      return not_this("a finite number", value);
  }
  if (!is_number(value)) return not_this("a number", value);
  if (value.kind == Kind::kInteger && value.text.size() > 1 && value.text.front() == '0')
    return not_this("a decimal number without leading zeros", value);
  const double number = Tokenizer::ParseFloat(std::string(value.text));
  if (!std::isfinite(number)) return not_this("a finite number", value);
  result = value.negative ? -number : number;
  return {};
}

std::string truth(const Written& value, Form form, bool& result) {
  const auto is = [&](std::initializer_list<std::string_view> words) {
    return !value.negative && value.kind == Kind::kWord &&
           std::find(words.begin(), words.end(), value.text) != words.end();
  };
  std::uint64_t number = 0;
  if (form == Form::kText && value.kind == Kind::kInteger && !value.negative &&
      Tokenizer::ParseInteger(std::string(value.text), 1, &number)) {
    result = number == 1;
    return {};
  }
  result = is({"true"}) || (form == Form::kText && is({"True", "t"}));
  if (result || is({"false"}) || (form == Form::kText && is({"False", "f"}))) return {};
  return not_this("true or false", value);
}

std::string choice(const Written& value, Form form, const EnumDescriptor& type,
                   const EnumValueDescriptor*& result) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  const std::string allowed = listed(names, "or");

  std::string name(value.text);
  if (value.kind == Kind::kInteger) {
    std::int32_t number = 0;
    if (integer(value, form, number).empty()) result = type.FindValueByNumber(number);
    if (result == nullptr) return not_this("one of " + allowed, value);
    return {};
  }
  if (value.kind == Kind::kString)
    name = form == Form::kJson ? decoded_json(name) : decoded_text(name);
  if (value.kind == Kind::kString && form == Form::kText)
    return type.FindValueByName(name) == nullptr ? not_this("one of " + allowed, value)
                                                 : "must stand without quotes: " + name;
  const bool named = value.kind == (form == Form::kJson ? Kind::kString : Kind::kWord);
  if (!named || value.negative) return not_this("one of " + allowed, value);
  result = type.FindValueByName(name);
  if (result == nullptr) return not_this("one of " + allowed, value) + did_you_mean(name, names);
  return {};
}

std::string words(const Written& value, Form form, const FieldDescriptor& field,
                  std::string& result) {
  const bool bare = value.kind == Kind::kWord || value.kind == Kind::kOdd || is_number(value);
  if (bare) return "must stand in quotes: \"" + as_written(value) + "\"";
  if (value.kind != Kind::kString) return not_this("a string in quotes", value);
  result = form == Form::kJson ? decoded_json(value.text) : decoded_text(value.text);
  if (field.type() == FieldDescriptor::TYPE_STRING && !is_utf8(result))
    return "must be UTF-8; its escapes make bytes that are not";
  return {};
}

}  // namespace

std::string as_written(const Written& value) {
  std::string text = value.negative ? "-" : "";
  return text.append(value.text.substr(0, 100));
}

std::string store(const Written& value, Form form, Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  // Reads into `to`, then sets or adds it.
  const auto put = [&](auto to, auto read, auto set, auto add) {
    std::string wrong = read(to);
    if (wrong.empty()) (reflection.*(field.is_repeated() ? add : set))(&message, &field, to);
    return wrong;
  };
  const auto whole = [&](auto& to) { return integer(value, form, to); };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(std::int32_t{}, whole, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put(std::int64_t{}, whole, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(std::uint32_t{}, whole, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(std::uint64_t{}, whole, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put(
          double{}, [&](double& to) { return real(value, to); }, &Reflection::SetDouble,
          &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT: {
      const auto narrow = [&](float& to) {
        double wide = 0;
        std::string wrong = real(value, wide);
        to = static_cast<float>(wide);
        return wrong;
      };
      return put(float{}, narrow, &Reflection::SetFloat, &Reflection::AddFloat);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(
          bool{}, [&](bool& to) { return truth(value, form, to); }, &Reflection::SetBool,
          &Reflection::AddBool);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto named = [&](const EnumValueDescriptor*& to) {
        return choice(value, form, *field.enum_type(), to);
      };
      const EnumValueDescriptor* none = nullptr;
      return put(none, named, &Reflection::SetEnum, &Reflection::AddEnum);
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return put(
          std::string{}, [&](std::string& to) { return words(value, form, field, to); },
          &Reflection::SetString, &Reflection::AddString);
    case FieldDescriptor::CPPTYPE_MESSAGE: break;
  }
  return "must stand in braces";
}

}  // namespace racked
