// The rows and time steps of a recurrence's launch. A vec4u holds the numbers of four batch rows, or their offsets in a tensor.
//   offsetsOf(rows, t)  offsets of the rows at time t in [B, T, positions, directions, units], in units
//   tilesOf(quads)      how many tiles of 4 · quads rows the batch has
//   batchRows(tile)     the four rows of a tile
//   timeOf(s)           index along the input's time axis of the time step that is processed as number s
//   dropoutSeed()       seed of the direction's recurrent dropout

import package::lib::direction::{offsetsAt, isReversed, directionSeed};
import package::lib::recurrence::memory::params;

fn offsetsOf(rows: vec4u, t: u32) -> vec4u { return offsetsAt(rows, params.time, t); }

fn tilesOf(quads: u32) -> u32 { return (params.batch + 4u * quads - 1u) / (4u * quads); }

// Rows past the batch's last repeat it, and their results are not stored.
fn batchRows(tile: u32) -> vec4u {
  return min(tile * 4u + vec4u(0u, 1u, 2u, 3u), vec4u(params.batch - 1u));
}

fn timeOf(s: u32) -> u32 { return select(s, params.time - 1u - s, isReversed(params.reverse)); }

fn dropoutSeed() -> u32 { return directionSeed(params.seed, params.otherSeed); }
