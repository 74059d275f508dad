#pragma once

#include <racked/units.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

// A picture as data: what is drawn, of which numbers, apart from how. From one Plot come the
// Vega-Lite spec, a plain drawing for pages without scripts, and the table behind it.
namespace racked::report {

using Day = std::chrono::sys_days;

/// Nothing, a number, a day or text.
using Cell = std::variant<std::monostate, double, Day, std::string>;

struct Column {
  std::string field;  ///< In the spec; a plain identifier.
  std::string title;  ///< For people, with the unit.
};

struct Sheet {
  std::string title;  ///< For people.
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

enum class Mark {
  band,    ///< Between y and y2.
  line,    ///< Through y.
  step,    ///< y holds until the next x.
  stack,   ///< Areas of the columns `stacked` on top of each other; their names are the keys.
  point,   ///< At x, y.
  spread,  ///< A thin line from x to x2, or from y to y2.
  bar,     ///< From x to x2, or from 0 to x.
  note,    ///< The text of `text` at x, y.
};

/// One kind of mark for the rows of one sheet; members name columns.
struct Layer {
  Mark mark = Mark::line;
  std::size_t sheet = 0;
  std::string x, x2, y, y2, text;
  std::string series;  ///< The column that chooses the key …
  std::string key;     ///< … or the key of all.
  std::vector<std::string> stacked;
  double opacity = 1;
};

enum class Scale { number, share, day, category };

/// A colour and what it stands for.
struct Key {
  std::string label;
  std::string colour;  ///< "#0072B2".
  double opacity = 1;
};

struct Plot {
  std::string name;  ///< Of its file.
  std::string title;
  std::string description;  ///< What is to be seen, for those who cannot look.
  std::string x_title, y_title;
  Scale x = Scale::day, y = Scale::number;
  std::vector<Key> keys;
  std::vector<Sheet> sheets;  ///< The first is the main one: its rows are told when pointed at.
  std::vector<Layer> layers;
};

/// The number of a sheet's column; std::logic_error when there is none.
std::size_t column(const Sheet& sheet, const std::string& field);

/// The colour of a key; that of the first when there is none.
const std::string& colour_of(const Plot& plot, const std::string& key);

/// What a layer's row is drawn in.
const std::string& key_of(const Plot& plot, const Layer& layer, const std::vector<Cell>& row);

/// Categories of the y axis in the order in which they first occur.
std::vector<std::string> categories(const Plot& plot);

/// Keys and layers over the column "date": a band of the first sheet; a line or steps; the field's
/// median as a line, within a faint band from its P10 to its P90 (columns FIELD_p50 and so on).
void add_band(Plot& plot, const std::string& low, const std::string& high, const std::string& key,
              const char* colour, double opacity);
void add_curve(Plot& plot, std::size_t sheet, Mark mark, const std::string& y,
               const std::string& key, const char* colour);
void add_spread_curve(Plot& plot, std::size_t sheet, const std::string& field,
                      const std::string& key, const char* colour);

/// A Vega-Lite 5 spec with its data, of a fixed width. No text of the plot is ever an expression.
std::string vega_lite(const Plot& plot);

/// The same as a plain SVG element.
std::string drawing(const Plot& plot);

/// "1,234.5": at most `decimals` digits after the point, none that are zero at the end.
std::string number_text(double value, int decimals = 1);
std::string day_text(Day day);
std::string cell_text(const Cell& cell);

// Colours that people with any colour vision tell apart (Okabe and Ito 2008).
inline constexpr const char* kBlue = "#0072B2";
inline constexpr const char* kSky = "#56B4E9";
inline constexpr const char* kGreen = "#009E73";
inline constexpr const char* kOrange = "#E69F00";
inline constexpr const char* kVermilion = "#D55E00";
inline constexpr const char* kPurple = "#CC79A7";
inline constexpr const char* kYellow = "#F0E442";
inline constexpr const char* kGrey = "#8A8A8A";
inline constexpr const char* kPalette[] = {kBlue, kVermilion, kGreen,  kPurple,
                                           kSky,  kOrange,    kYellow, kGrey};

}  // namespace racked::report
