#include "overlay.h"

#include "field_path.h"

#include <memory>
#include <string>
#include <vector>

namespace racked {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

Message* element_with_id(Message& message, const FieldDescriptor& list, const std::string& id) {
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, &list); ++i)
    if (id_of(reflection.GetRepeatedMessage(message, &list, i)) == id)
      return reflection.MutableRepeatedMessage(&message, &list, i);
  return nullptr;
}

}  // namespace

void lay_over(Message& into, const Message& from) {
  const Reflection& reflection = *into.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(from, &fields);

  // Scalars, and lists without ids, which are replaced; what is merged element by element is left
  // out.
  const std::unique_ptr<Message> plain(from.New());
  plain->CopyFrom(from);
  for (const FieldDescriptor* field : fields) {
    const bool message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const bool with_ids =
        field->is_repeated() && message && id_field(*field->message_type()) != nullptr;
    if (with_ids || (message && !field->is_repeated()))
      plain->GetReflection()->ClearField(plain.get(), field);
    else if (field->is_repeated())
      reflection.ClearField(&into, field);
  }
  into.MergeFrom(*plain);

  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      lay_over(*reflection.MutableMessage(&into, field), reflection.GetMessage(from, field));
    } else if (id_field(*field->message_type()) != nullptr) {
      for (int i = 0; i < reflection.FieldSize(from, field); ++i) {
        const Message& element = reflection.GetRepeatedMessage(from, field, i);
        const std::string id = id_of(element);
        Message* same = id.empty() ? nullptr : element_with_id(into, *field, id);
        if (same != nullptr)
          lay_over(*same, element);
        else
          reflection.AddMessage(&into, field)->CopyFrom(element);
      }
    }
  }
}

}  // namespace racked
