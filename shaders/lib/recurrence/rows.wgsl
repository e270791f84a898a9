// Which rows and steps a launch of a recurrence sees, and where they lie. A vec4u holds four batch rows.
//
// The ways to run a recurrence know its cell by these names (shaders/build.ts says which files they are); vec4f are four rows.
//   package::cell     GATES, 1 to 4; Gates, a vector for each; State, with its h; gatesOf and gateOf, from and to vectors;
//                     addGates; addWeighted, z + weights·h; CellGradient { z, carried }, of which `carried` is what goes
//                     back to the step before beside R·dz
//   package::memory   the bindings, with `recurrentKernel` first, and `params` with the names used here, hasState and keepDh0
//     forward         firstState; hiddenBefore and stateBefore at placesBefore; startOf and startGates, what sums begin with;
//                     addProduct, z + h·R of one unit; finishStep from sums to the stored state, or keepGate for each gate and
//                     then finishKept
//     backward        rowVectors, weightsOf and weightAt of a row of R; gradientAt(gradientPlaces), what goes through R;
//                     outerGradient, firstCarried, backwardStep, storeStates

import package::lib::direction::{placeAt, isReversed, ownSeed};
import package::memory::params;

fn placeOf(rows: vec4u, t: u32) -> vec4u { return placeAt(rows, params.time, t); }

// Tiles of so many times four rows that the batch has.
fn tilesOf(quads: u32) -> u32 { return (params.batch + 4u * quads - 1u) / (4u * quads); }

// Rows past the batch compute what the last one does and are not stored.
fn batchRows(tile: u32) -> vec4u {
  return min(tile * 4u + vec4u(0u, 1u, 2u, 3u), vec4u(params.batch - 1u));
}

// The input's time of the step that is processed as number s.
fn timeOf(s: u32) -> u32 { return select(s, params.time - 1u - s, isReversed(params.reverse)); }

fn dropoutSeed() -> u32 { return ownSeed(params.seed, params.otherSeed); }
