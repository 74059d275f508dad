#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace racked::des {

class ProcessLoop;

namespace process_detail {

/// What a resource, store, level or gate is, behind its names. It belongs to a loop and goes with
/// its last name, or, when somebody still waits for it then or has anything of it, once nobody
/// does, at the latest when the loop is reset or goes. Whoever leaves it may be the last: nothing
/// of it is used afterwards.
struct Owned {
  Owned(ProcessLoop& in, std::string called);
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  virtual ~Owned();

  /// Grants what can be granted to those who wait, until nothing can. See Kernel::serve.
  virtual void serve() {}
  /// Lets go of what stands in it, while all that it may refer to is still there.
  virtual void empty() noexcept {}
  /// Makes it what it was when it was made, at the time of its loop. Precondition: it is empty, and
  /// whoever waited for it is gone.
  virtual void restart() noexcept = 0;
  /// Nobody waits for it, or has anything of it.
  virtual bool idle() const = 0;
  /// It has no name any more, or is idle and has none. O(1).
  void forget() noexcept;
  /// To be called when its loop is being destroyed.
  void leave_loop() noexcept;

  ProcessLoop& loop;
  const std::string name;
  std::size_t names = 0;
  std::size_t place;               // in the loop's list
  Owned* next_to_serve = nullptr;  // when it is to be served
  bool to_be_served = false;
  bool is_out = false;  // of the list: it is being destroyed, or its loop is gone

 private:
  void leave_list() noexcept;
};

/// A name of what a loop owns: a pointer that is counted. What was moved from names nothing. It may
/// go after the loop, but not be used then.
template <class State>
class Name {
 public:
  explicit Name(State* state) : owned_(state) { ++owned_->names; }
  Name(const Name& other) : owned_(other.owned_) {
    if (owned_ != nullptr) ++owned_->names;
  }
  Name(Name&& other) noexcept : owned_(std::exchange(other.owned_, nullptr)) {}
  Name& operator=(Name other) noexcept {
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~Name() {
    if (owned_ != nullptr && --owned_->names == 0) owned_->forget();
  }

  State& operator*() const { return static_cast<State&>(*owned_); }
  State* operator->() const { return static_cast<State*>(owned_); }

 private:
  Owned* owned_;
};

}  // namespace process_detail

}  // namespace racked::des
