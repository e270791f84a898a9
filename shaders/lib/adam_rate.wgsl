// Adam's effective rate in this step. With loss scaling only the device knows how many updates were made, so step.rate comes without
// the bias corrections.

import package::kernel::params;
import package::lib::loss_scale::{SCALED, rateOfStep};
import package::lib::step::step;
import package::lib::updates::shareAfterUpdates;

fn rate() -> f32 {
  if (SCALED == 0u) { return step.rate; }
  return rateOfStep() * sqrt(shareAfterUpdates(params.secondShare)) / shareAfterUpdates(params.firstShare);
}
