// A recurrence that runs in one direction, or in two at once: the second direction's workgroups follow the first's. The
// directions lie side by side in the columns of every tensor, so that one direction's part of a row is itself a row of a tensor
// with twice as many rows.

// 1 or 2; the second runs against the first.
override DIRECTIONS: u32 = 1u;
var<private> direction: u32;

// Sets `direction` from the index of a workgroup or thread, of which each direction has `each`; returns the index within the
// direction. Every kernel calls this first.
fn enterDirection(index: u32, each: u32) -> u32 {
  if (DIRECTIONS == 1u) { return index; }
  direction = index / each;
  return index % each;
}

fn directionRow(row: u32) -> u32 { return row * DIRECTIONS + direction; }
fn directionRows(rows: vec4u) -> vec4u { return rows * DIRECTIONS + direction; }

// Whether this direction processes the last time step first; `reverse` says so of the first direction.
fn isReversed(reverse: u32) -> bool { return reverse != direction; }

fn directionSeed(seed: u32, otherSeed: u32) -> u32 { return select(seed, otherSeed, direction == 1u); }

// Positions of a state: 1, or height · width of a convolutional recurrence. A row is a position of a sample.
override SPACE: u32 = 1u;

// Offsets of the rows' states at time step t in [B, T, positions, directions, units], in units.
fn offsetsAt(rows: vec4u, time: u32, t: u32) -> vec4u {
  return directionRows((rows / SPACE * time + t) * SPACE + rows % SPACE);
}
