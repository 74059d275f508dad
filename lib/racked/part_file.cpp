#include "part_file.h"

#include "wire.h"
#include "file_bytes.h"

#include <racked/v1/results.pb.h>

#include <boost/crc.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

namespace racked {
namespace {

std::uint32_t checksum(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

// The content of the block that stands at the begin of `rest`, which is moved past it.
std::optional<std::string> next_block(std::string_view& rest) {
  std::string_view after = rest;
  const std::optional<wire::Field> field = wire::next_field(after);
  v1::Part::Block block;
  if (!field || field->number != v1::Part::kBlockFieldNumber || field->content.empty() ||
      !block.ParseFromArray(field->content.data(), static_cast<int>(field->content.size())) ||
      !block.has_crc32() || block.crc32() != checksum(block.results()))
    return {};
  rest = after;
  return std::move(*block.mutable_results());
}

}  // namespace

PartWriter::PartWriter(std::filesystem::path file) : file_(std::move(file)) {
  descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    throw std::system_error(errno, std::generic_category(), "cannot write " + file_.string());
}

PartWriter::~PartWriter() { ::close(descriptor_); }

void PartWriter::append(std::string_view block) {
  v1::Part part;
  v1::Part::Block& to = *part.add_block();
  to.set_crc32(checksum(block));
  to.set_results(std::string(block));
  const std::string bytes = part.SerializeAsString();
  try {
    write_all(descriptor_, bytes, file_);
  } catch (...) {
    // If even that is refused, the checksum tells.
    if (::ftruncate(descriptor_, static_cast<::off_t>(size_)) != 0) errno = 0;
    throw;
  }
  size_ += bytes.size();
}

void PartWriter::sync() {
  if (::fdatasync(descriptor_) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot write " + file_.string());
}

void read_part(std::string_view bytes, const std::function<void(std::string_view)>& take,
               const std::function<void(const std::string&)>& damaged) {
  constexpr char kTag = v1::Part::kBlockFieldNumber << 3 | 2;
  const auto place = [&](std::string_view rest) {
    return std::to_string(bytes.size() - rest.size());
  };
  for (std::string_view rest = bytes; !rest.empty();) {
    if (const std::optional<std::string> block = next_block(rest)) {
      take(*block);
      continue;
    }
    const std::string from = place(rest);
    do {
      const std::size_t next = rest.find(kTag, 1);
      rest.remove_prefix(std::min(next, rest.size()));
      std::string_view tried = rest;
      if (rest.empty() || next_block(tried)) break;
    } while (true);
    damaged("byte " + from + " to " + place(rest));
  }
}

}  // namespace racked
