#include "deal_scenario.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

namespace racked::testing {
namespace {

// Day and dollars of every payment of a kind, in order.
using Paid = std::vector<std::pair<double, double>>;
Paid paid(const Timeline& timeline, PaymentKind kind) {
  Paid list;
  for (const Payment& payment : timeline.payments)
    if (payment.kind == kind)
      list.emplace_back(static_cast<double>((payment.at - des::kStart) / des::kDay),
                        static_cast<double>(payment.cents) / 100);
  return list;
}

std::string name_of(const Model& model, Id<Party> party) {
  return party.valid() ? model.parties[party].name : "";
}

TEST(Cash, ATaskCostsAFixedSumAndADailyOne) {
  const Model model =
      model_of(parties() +
               campus("task { id: 't' elapsed_days { fixed: 12 } cost { fixed_usd { fixed: 1000 } "
                      "advance_share: 0.3 usd_per_day { fixed: 50.5 } contractor: 'vendor' } }"));
  const Timeline timeline = audited(model);
  // 30 % of 1000 at the start; the other 700 and 12 · 50.50 = 606 at the finish.
  EXPECT_EQ(paid(timeline, PaymentKind::construction), (Paid{{0, 300}, {12, 1306}}));
  EXPECT_EQ(name_of(model, timeline.payments[0].from), "c");
  EXPECT_EQ(name_of(model, timeline.payments[0].to), "vendor");
}

TEST(Cash, WorkThatIsDoneAgainCostsItsDaysAgain) {
  const Model model =
      model_of("calendar { id: 'week' } " + parties() +
               "campus { id: 'c' calendar: 'week' task { id: 't' work_days { fixed: 4 } "
               "rework { probability: 1 share: 0.5 at_most: 1 } "
               "cost { fixed_usd { fixed: 1000 } usd_per_day { fixed: 100 } } } }");
  // Monday to Thursday, then two days more, Friday and Monday: 17:00 of the eighth day.
  EXPECT_EQ(paid(audited(model), PaymentKind::construction), (Paid{{3, 1400}, {7, 200}}));
}

TEST(Cash, EquipmentIsPaidAtItsOrderAndAfterItsArrival) {
  const Model model = model_of(
      parties() +
      "equipment { id: 'mpt' lead_time_days { fixed: 30 } price_usd { fixed: 1000.01 } "
      "deposit_share: 0.25 balance_days: 10 vendor: 'vendor' } "
      "campus { id: 'c' owner: 'developer' order { id: 'o' equipment: 'mpt' count: 3 lots: 2 "
      "lot_spacing_days: 20 placed: '2025-01-08' } "
      "task { id: 't' not_before: '2025-02-25' need { equipment: 'mpt' count: 3 } } }");
  const Timeline timeline = audited(model);
  // Two pieces are 2000.02, of which a quarter is 500.005, so 500.01; one is 250.0025, so 250.00.
  // Ordered on day 2: 750.01. Lots on days 32 and 52; the rest 1500.01 on day 42, 750.01 on day 62.
  EXPECT_EQ(paid(timeline, PaymentKind::equipment),
            (Paid{{2, 750.01}, {42, 1500.01}, {62, 750.01}}));
  EXPECT_EQ(name_of(model, timeline.payments[0].from), "developer");
  // The task takes all on day 52: the deposit was idle for 50 days, the first rest for ten.
  EXPECT_EQ(timeline.idle[0].equipment,
            (AmountTime{75'001} * 50 + AmountTime{150'001} * 10) * des::kDay.count());
}

TEST(Cash, RacksArePaidAheadOfTheirScheduleAndIdleUntilTheyAreUsable) {
  const Model model = model_of(
      racks_on("c", 4, "lot { date: '2025-02-05' racks: 4 } slip_days { fixed: 6 }",
               "price_usd { fixed: 3000 } deposit_share: 0.5 deposit_days: 20 balance_days: 2 "
               "burn_in { hours { fixed: 96 } }",
               "owner: 'developer' rack_owner: 'cloud'") +
      parties());
  const Timeline timeline = audited(model);
  // Scheduled for day 30: half of 12 000 on day 10. They come on day 36, the rest on day 38.
  EXPECT_EQ(paid(timeline, PaymentKind::racks), (Paid{{10, 6000}, {38, 6000}}));
  EXPECT_EQ(name_of(model, timeline.payments[0].from), "cloud");
  // Usable on day 40: 6000 for 30 days and 6000 for two.
  EXPECT_EQ(timeline.idle[0].racks, AmountTime{600'000} * 32 * des::kDay.count());
}

TEST(Cash, ASupplyLineTakesDepositsWhenItReleasesALot) {
  const Model model = model_of(
      "product { id: 'r' chips_per_rack: 10 kw_per_rack: 100 price_usd { fixed: 1000 } "
      "deposit_share: 0.4 } party { id: 'buyer' } "
      "building_design { id: 'd' feeder { id: 'f' capacity_mw: 9 energised { date: '2025-01-06' } "
      "} "
      "hall { id: 'h' product: 'r' racks: 6 feeder: 'f' } } "
      "campus { id: 'c' building { id: 'b' design: 'd' } } "
      "supply_line { id: 's' product: 'r' buyer: 'buyer' lot_racks: 3 total_chips: 60 "
      "rate { from: '2025-01-06' chips_per_month: 90 } "
      "stage { kind: PACKAGING cycle_days { fixed: 20 } yield { fixed: 0.7 } } "
      "stage { kind: SHIPPING cycle_days { fixed: 5 } } share { campus: 'c' } }");
  const Timeline timeline = audited(model);
  // Three chips a day: lots of 30 on days 10 and 20. Deposits of 0.4 · 3000. Of the first lot
  // 3 · 0.7 = 2.1 racks are good, so two; of the second 2.1 + 0.1, two again: 0.6 · 2000 each.
  EXPECT_EQ(paid(timeline, PaymentKind::racks),
            (Paid{{10, 1200}, {20, 1200}, {35, 1200}, {45, 1200}}));
  EXPECT_EQ(name_of(model, timeline.payments[0].from), "buyer");
  EXPECT_EQ(name_of(model, timeline.payments[2].from), "c");
}

TEST(Cash, PowerAndOperationAreBilledByTheMonth) {
  const Model model = model_of(
      racks_on("c", 10, "lot { date: '2025-01-22' racks: 10 }", "burn_in { hours { fixed: 48 } }",
               "power_price { usd_per_mwh: 60 load_factor: 0.8 usd_per_mw_month: 1000 "
               "utility: 'grid' } operation { usd_per_month: 7305 usd_per_mw_month: 1461 }") +
      parties());
  const Timeline timeline = audited(model);
  // One megawatt draws 0.8 MW from day 16 on, in burn-in at first. To 1 February, day 26: ten days,
  // 0.8 · 240 · 60 = 11 520. February: 0.8 · 28 · 24 · 60 = 32 256.
  const Paid energy = paid(timeline, PaymentKind::energy);
  EXPECT_EQ(energy[0], (std::pair{26.0, 11'520.0}));
  EXPECT_EQ(energy[1], (std::pair{54.0, 32'256.0}));
  // 99 MW are energised from day 0 on; 26 days of 30.4375: 99 · 1000 · 26/30.4375 = 84 566.7351.
  EXPECT_EQ(paid(timeline, PaymentKind::demand)[0], (std::pair{26.0, 84'566.74}));
  // Usable on day 18: eight days, at (7305 + 1461)/30.4375 = 288 a day.
  EXPECT_EQ(paid(timeline, PaymentKind::operation)[0], (std::pair{26.0, 2'304.0}));
  // The last bill is that of the horizon, day 364: from 1 January, day 360, 0.8 · 96 · 60.
  EXPECT_EQ(energy.back(), (std::pair{364.0, 4'608.0}));
}

TEST(Cash, EnergyFollowsThePueOfTheMonthToTheCent) {
  // A megawatt of IT power claims 1.4 MW and draws 1.2 but for July, when it draws 1.4. 1.2/1.4 is
  // no short decimal: February is 1.2 · 28 · 24 · 6000 = 4 838 400, July 1.4 · 31 · 24 · 6000.
  std::string text = racks_on("c", 10, "lot { date: '2025-01-06' racks: 10 }", "",
                              "power_price { usd_per_mwh: 6000 utility: 'grid' }") +
                     parties();
  std::string pue = "pue: 1.4 ";
  for (int month = 1; month <= 12; ++month)
    pue += month == 7 ? "monthly_pue: 1.4 " : "monthly_pue: 1.2 ";
  text.replace(text.find("pue: 1 "), 7, pue);
  const Paid energy = paid(audited(model_of(text)), PaymentKind::energy);
  EXPECT_EQ(energy[1], (std::pair{54.0, 4'838'400.0}));
  EXPECT_EQ(energy[6], (std::pair{207.0, 6'249'600.0}));
}

// Four racks of ten chips on day 10, four on day 30; 60 chips from day 10 on.
std::string deal(const std::string& terms) {
  return racks_on("c", 8,
                  "lot { date: '2025-01-16' racks: 4 } lot { date: '2025-02-05' racks: 4 } ") +
         parties() +
         "deal { id: 'd' tenant: 'lab' provider: 'cloud' product: 'r' "
         "commitment { date: '2025-01-16' chips: 60 } " +
         terms + " } ";
}

TEST(Cash, RentIsBilledForWhatTheTenantHas) {
  const Timeline timeline =
      audited(model_of(deal("usd_per_chip_hour: 1.5 usd_per_kw_month: 30.4375")));
  // From day 10 to 26: 40 chips · 16 · 24 · 1.5 = 23 040, and 400 kW · 16 d · 1 $/kW and day =
  // 6400. February: 4 days of 40 and 24 of 60 chips, (160 + 1440) · 36 = 57 600, and 1600 · 10 = 16
  // 000.
  const Paid rent = paid(timeline, PaymentKind::rent);
  EXPECT_EQ(rent[0], (std::pair{26.0, 29'440.0}));
  EXPECT_EQ(rent[1], (std::pair{54.0, 73'600.0}));
}

TEST(Cash, TakeOrPayIsPaidForWhatIsNotUsed) {
  const Timeline timeline =
      audited(model_of(deal("usd_per_chip_hour: 1 uptake { fixed: 0.5 } take_or_pay: 0.8")));
  // 40 · 16 · 24 = 15 360: half of it is used and paid, three tenths more are paid all the same.
  EXPECT_EQ(paid(timeline, PaymentKind::rent)[0], (std::pair{26.0, 7'680.0}));
  EXPECT_EQ(paid(timeline, PaymentKind::take_or_pay)[0], (std::pair{26.0, 4'608.0}));
}

TEST(Cash, CreditsArePaidForDaysLateAfterTheGrace) {
  const std::string each = "delay_credit { usd_per_day: 2 grace_days: 5 ";
  // 20 of the 60 chips come on day 30. Grace to day 15: 11 days to the first bill, 4 in February.
  EXPECT_EQ(paid(audited(model_of(deal(each + "}"))), PaymentKind::credit),
            (Paid{{26, 440}, {54, 160}}));
  EXPECT_EQ(paid(audited(model_of(deal(each + "cap_usd: 500 }"))), PaymentKind::credit),
            (Paid{{26, 440}, {54, 60}}));
  // Two days of rent, 24 · 0.5 · 2 = 24 dollars a chip and day, without grace: 16 days, then 4.
  EXPECT_EQ(paid(audited(model_of(deal("usd_per_chip_hour: 0.5 delay_credit { rent_days: 2 }"))),
                 PaymentKind::credit),
            (Paid{{26, 7'680}, {54, 1'920}}));
}

TEST(Cash, NothingIsPaidWhereNothingCostsAnything) {
  const Model model = model_of(deal(""));
  const Timeline timeline = audited(model);
  EXPECT_TRUE(timeline.payments.empty());
  EXPECT_TRUE(timeline.idle.empty());
  EXPECT_TRUE(model.billing_dates.empty());
}

TEST(Cash, AuditFindsWhatDoesNotFollowFromARecord) {
  const Model model = model_of(deal("usd_per_chip_hour: 1.5 delay_credit { usd_per_day: 2 }"));
  const Timeline good = audited(model);
  ASSERT_GT(good.payments.size(), 5u);
  const auto speaks = [&](auto change) {
    Timeline timeline = good;
    change(timeline);
    for (const Finding& finding : audit(model, timeline))
      if (finding.rule == "money") return true;
    return false;
  };
  EXPECT_TRUE(speaks([](Timeline& t) { t.payments.erase(t.payments.begin() + 1); }));
  EXPECT_TRUE(speaks([](Timeline& t) { t.payments[0].cents += 5000; }));
  EXPECT_TRUE(speaks([](Timeline& t) { t.payments[0].at += des::kDay; }));
  EXPECT_TRUE(speaks([](Timeline& t) { std::swap(t.payments[0].from, t.payments[0].to); }));

  const Model priced = model_of(
      "equipment { id: 'mpt' lead_time_days { fixed: 30 } price_usd { uniform { min: 10 max: 20 } "
      "} "
      "deposit_share: 0.4 } " +
      campus("order { id: 'o' equipment: 'mpt' placed: '2025-01-06' } "
             "task { id: 't' cost { fixed_usd { fixed: 9 } } }"));
  const Timeline bought = audited(priced);
  ASSERT_EQ(bought.payments.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    Timeline timeline = bought;
    timeline.payments[i].cents += 100;
    EXPECT_FALSE(audit(priced, timeline).empty()) << i;
  }
  // The rest of a purchase that is left out is missed, like the price of a task.
  for (std::size_t i = 0; i < 3; ++i) {
    if (bought.payments[i].in_advance) continue;
    Timeline timeline = bought;
    timeline.payments.erase(timeline.payments.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(audit(priced, timeline).empty()) << i;
  }
}

}  // namespace
}  // namespace racked::testing
