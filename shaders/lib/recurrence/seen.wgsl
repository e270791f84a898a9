// The state before a time step as each gate of the cell sees it: recurrent dropout gives each gate a separate mask.

import package::cell::{Gates, gatesOf};
import package::lib::recurrent_dropout::{DROPS, maskOf};
import package::lib::recurrence::memory::params;

// `bits` come from maskBits.
fn seenByGates(state: vec4f, bits: u32) -> Gates {
  if (DROPS == 0u) { return gatesOf(state, state, state, state); }
  let rate = params.recurrentRate;
  return gatesOf(
    state * maskOf(bits, 0u, rate), state * maskOf(bits, 1u, rate),
    state * maskOf(bits, 2u, rate), state * maskOf(bits, 3u, rate),
  );
}
