// Where an affine transform takes the pixels of its result from. Row b of the transforms is [a0, a1, a2, b0, b1, b2]: the pixel at column
// u and row v of image b lies at x = a0·u + a1·v + a2 and y = b0·u + b1·v + b2 of the image that is transformed.

struct Params { size: u32, height: u32, width: u32, channels: u32, mode: u32, linear: u32, value: f32 }

const CONSTANT = 0u;
const WRAP = 2u;
const REFLECT = 3u;

// The entry that stands at a place along an axis. Behind the ends it is −1, for a number (CONSTANT), the last entry, the one from the other
// end on (WRAP), or the one back from the end (REFLECT).
fn entryAt(place: i32, extent: i32, mode: u32) -> i32 {
  if (place >= 0 && place < extent) { return place; }
  if (mode == CONSTANT) { return -1; }
  if (mode < WRAP) { return clamp(place, 0, extent - 1); }
  let period = select(extent, 2 * extent, mode == REFLECT);
  let within = ((place % period) + period) % period;
  return select(within, period - 1 - within, within >= extent);
}

// The entries between which a place along an axis lies, and the share of the second one.
struct Neighbours { first: i32, second: i32, part: f32 }

fn neighboursOf(place: f32, extent: u32, mode: u32, linear: u32) -> Neighbours {
  // The nearest entry, of two that are as near the one further from 0.
  let whole = trunc(place);
  let nearest = whole + select(0.0, sign(place), abs(place - whole) >= 0.5);
  let lower = select(nearest, floor(place), linear == 1u);
  let i = i32(lower);
  let n = i32(extent);
  return Neighbours(entryAt(i, n, mode), entryAt(i + 1, n, mode), select(0.0, place - lower, linear == 1u));
}

// How much of entry i there is at the place.
fn shareOf(neighbours: Neighbours, i: u32) -> f32 {
  return select(0.0, 1.0 - neighbours.part, neighbours.first == i32(i)) + select(0.0, neighbours.part, neighbours.second == i32(i));
}
