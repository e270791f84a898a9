// Which rows and steps a launch of a recurrence sees, and where they lie. A vec4u holds four batch rows.

import package::lib::direction::{placeAt, isReversed, ownSeed};
import package::lib::recurrence::memory::params;

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
