#pragma once

#include <racked/policies.h>

#include <pybind11/pybind11.h>

#include <memory>
#include <stop_token>

namespace racked::python {

/// Policies whose functions call those of a Python object with `name`, `model` (which they are
/// told) and `dispatch` and `allocate` (None: the scenario's rule). They take the interpreter's
/// lock for each call, or throw without it once `stop` is asked for; what Python raises leaves them
/// as std::runtime_error with its text. Called and made with the lock held; may be destroyed
/// without.
Policies policies_of(const pybind11::object& own, std::shared_ptr<const Model> model,
                     std::stop_token stop = {});

/// Adds the classes that Python's policies are given.
void add_own_rules(pybind11::module_& module);

}  // namespace racked::python
