#include <racked/units.h>

#include <cmath>

namespace racked {

Watts watts_of_megawatts(double megawatts) { return {std::llround(megawatts * 1e6)}; }

}  // namespace racked
