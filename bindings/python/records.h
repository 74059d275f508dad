#pragma once

#include "views.h"

#include <racked/timeline.h>

/// How the records of a timeline stand in memory, member by member.
namespace racked::python {

template <>
struct Format<Cause> {
  static py::dtype dtype() {
    return RecordFormat<Cause>()
        .add("record", &Cause::record)
        .add("crew", &Cause::crew)
        .add("kind", &Cause::kind)
        .dtype();
  }
};

template <>
struct Format<TaskRun> {
  static py::dtype dtype() {
    return RecordFormat<TaskRun>()
        .add("task", &TaskRun::task)
        .add("round", &TaskRun::round)
        .add("ready", &TaskRun::ready)
        .add("start", &TaskRun::start)
        .add("finish", &TaskRun::finish)
        .add("duration", &TaskRun::duration)
        .add("cause", &TaskRun::cause)
        .add("finish_cause", &TaskRun::finish_cause)
        .add("failed", &TaskRun::failed)
        .dtype();
  }
};

template <>
struct Format<GoodsArrival> {
  static py::dtype dtype() {
    return RecordFormat<GoodsArrival>()
        .add("kind", &GoodsArrival::kind)
        .add("stock", &GoodsArrival::stock)
        .add("order", &GoodsArrival::order)
        .add("lot", &GoodsArrival::lot)
        .add("pieces", &GoodsArrival::pieces)
        .add("placed", &GoodsArrival::placed)
        .add("arrived", &GoodsArrival::arrived)
        .add("cause", &GoodsArrival::cause)
        .dtype();
  }
};

template <>
struct Format<GoodsLoss> {
  static py::dtype dtype() {
    return RecordFormat<GoodsLoss>()
        .add("stock", &GoodsLoss::stock)
        .add("to", &GoodsLoss::to)
        .add("pieces", &GoodsLoss::pieces)
        .add("at", &GoodsLoss::at)
        .dtype();
  }
};

template <>
struct Format<Energisation> {
  static py::dtype dtype() {
    return RecordFormat<Energisation>()
        .add("feeder", &Energisation::feeder)
        .add("at", &Energisation::at)
        .add("available", &Energisation::available)
        .add("alive", &Energisation::alive)
        .add("cause", &Energisation::cause)
        .dtype();
  }
};

template <>
struct Format<FlowStart> {
  static py::dtype dtype() {
    return RecordFormat<FlowStart>()
        .add("at", &FlowStart::at)
        .add("cause", &FlowStart::cause)
        .dtype();
  }
};

template <>
struct Format<RackLot> {
  static py::dtype dtype() {
    return RecordFormat<RackLot>()
        .add("delivery", &RackLot::delivery)
        .add("line", &RackLot::line)
        .add("stock", &RackLot::stock)
        .add("number", &RackLot::number)
        .add("first_rack", &RackLot::first_rack)
        .add("racks", &RackLot::racks)
        .add("released", &RackLot::released)
        .add("stage_end", &RackLot::stage_end)
        .add("arrived", &RackLot::arrived)
        .dtype();
  }
};

template <>
struct Format<RackRun> {
  static py::dtype dtype() {
    return RecordFormat<RackRun>()
        .add("lot", &RackRun::lot)
        .add("hall", &RackRun::hall)
        .add("position", &RackRun::position)
        .add("failures", &RackRun::failures)
        .add("arrived", &RackRun::arrived)
        .add("assigned", &RackRun::assigned)
        .add("begin", &RackRun::begin)
        .add("end", &RackRun::end)
        .add("accepted", &RackRun::accepted)
        .add("usable", &RackRun::usable)
        .add("assigned_cause", &RackRun::assigned_cause)
        .add("cause", &RackRun::cause)
        .dtype();
  }
};

template <>
struct Format<Repair> {
  static py::dtype dtype() {
    return RecordFormat<Repair>()
        .add("rack", &Repair::rack)
        .add("begun", &Repair::begun)
        .add("failed", &Repair::failed)
        .add("returned", &Repair::returned)
        .dtype();
  }
};

template <>
struct Format<Outage> {
  static py::dtype dtype() {
    return RecordFormat<Outage>()
        .add("rack", &Outage::rack)
        .add("failed", &Outage::failed)
        .add("returned", &Outage::returned)
        .dtype();
  }
};

template <>
struct Format<Darkness> {
  static py::dtype dtype() {
    return RecordFormat<Darkness>()
        .add("rack", &Darkness::rack)
        .add("from", &Darkness::from)
        .add("to", &Darkness::to)
        .add("step", &Darkness::step)
        .add("begun", &Darkness::begun)
        .dtype();
  }
};

template <>
struct Format<RiskStrike> {
  static py::dtype dtype() {
    return RecordFormat<RiskStrike>()
        .add("event", &RiskStrike::event)
        .add("at", &RiskStrike::at)
        .dtype();
  }
};

template <>
struct Format<LostDay> {
  static py::dtype dtype() {
    return RecordFormat<LostDay>()
        .add("weather", &LostDay::weather)
        .add("day", &LostDay::day)
        .dtype();
  }
};

template <>
struct Format<Reached> {
  static py::dtype dtype() {
    return RecordFormat<Reached>().add("at", &Reached::at).add("cause", &Reached::cause).dtype();
  }
};

template <>
struct Format<Wait> {
  static py::dtype dtype() {
    return RecordFormat<Wait>()
        .add("task", &Wait::task)
        .add("hall", &Wait::hall)
        .add("positions", &Wait::positions)
        .add("for_task", &Wait::for_task)
        .add("for_crew", &Wait::for_crew)
        .add("for_goods", &Wait::for_goods)
        .add("for_feeder", &Wait::for_feeder)
        .add("for_charge", &Wait::for_charge)
        .dtype();
  }
};

}  // namespace racked::python
