#include <racked/resolved.h>

#include <racked/files.h>

namespace racked {

Model resolved_model(std::string_view bytes) { return make_model(parse_binary(bytes)); }

std::string resolved_text(std::string_view bytes) {
  return print_scenario(parse_binary(bytes).scenario);
}

}  // namespace racked
