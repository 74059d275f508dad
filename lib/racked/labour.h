#pragma once

#include "state.h"

/// Crews: workers held by tasks and rack steps.
namespace racked::labour {

void begin(State& state);
/// The headcount is what the steps say of this instant.
void on_headcount_step(State& state, Id<Crew> crew);

/// Schedules what a new model changes of what is still to come.
void replan(State& state);

/// Takes workers that are free.
void seize(State& state, Id<Crew> crew, std::int64_t workers);

/// Gives workers back; `cause` says who did. Asks for a settlement.
void release(State& state, Id<Crew> crew, std::int64_t workers, Cause cause);

/// Lists the crew among those whose rack queues the next settlement looks at.
void mark_changed(State& state, Id<Crew> crew);

}  // namespace racked::labour
