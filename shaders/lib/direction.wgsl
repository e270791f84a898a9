// A recurrence that runs one way, or two at once: the second direction's workgroups follow the first's. The directions lie
// side by side in the columns of every tensor, so that one's part of a row is a row of a tensor with twice as many.

// 1 or 2; the second runs against the first.
override DIRECTIONS: u32 = 1u;
var<private> direction: u32;

// Every kernel begins with it: the number, in its direction, of one of as many as each direction has.
fn enterDirection(index: u32, each: u32) -> u32 {
  if (DIRECTIONS == 1u) { return index; }
  direction = index / each;
  return index % each;
}

fn ownRow(row: u32) -> u32 { return row * DIRECTIONS + direction; }
fn ownRows(rows: vec4u) -> vec4u { return rows * DIRECTIONS + direction; }

// Whether this direction's last time step comes first; `reverse` is the first direction's.
fn isReversed(reverse: u32) -> bool { return reverse != direction; }

fn ownSeed(seed: u32, otherSeed: u32) -> u32 { return select(seed, otherSeed, direction == 1u); }

// Positions of a state: 1, or the height times the width of a convolutional one. A row is a position of a sample.
override SPACE: u32 = 1u;

// Where rows' states of time step t lie in [B, T, positions, directions, units], in units.
fn placeAt(rows: vec4u, time: u32, t: u32) -> vec4u {
  return ownRows((rows / SPACE * time + t) * SPACE + rows % SPACE);
}
