// The state before a step as the gates of the cell see it: through masks of their own where a layer drops states.

import package::cell::{Gates, gatesOf};
import package::lib::recurrent_dropout::{DROPS, maskOf};
import package::lib::recurrence::memory::params;

// `bits` are those of keptBits.
fn seenByGates(state: vec4f, bits: u32) -> Gates {
  if (DROPS == 0u) { return gatesOf(state, state, state, state); }
  let rate = params.recurrentRate;
  return gatesOf(
    state * maskOf(bits, 0u, rate), state * maskOf(bits, 1u, rate),
    state * maskOf(bits, 2u, rate), state * maskOf(bits, 3u, rate),
  );
}
