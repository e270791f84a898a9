// The geometry of upsampling, channels-last: x [B, D, H, W, C] → y [B, D·f, H·g, W·h, C]; axes that are missing have an extent and a
// factor of one. y is x where x's entries, each in the middle of those of y that belong to it, are repeated or joined by lines; before
// the first and after the last it is constant.

// 1: lines between entries; 0: entries repeated.
override LINEAR: u32 = 0u;

struct Params {
  size: u32,
  depth: u32, height: u32, width: u32, channels: u32,
  factorDepth: u32, factorHeight: u32, factorWidth: u32,
}

// The place of output o among x's entries, 2·factor from each to the next: whole numbers, so that weights are exact.
fn placeOf(o: u32, factor: u32, extent: u32) -> u32 {
  return min(max(2u * o + 1u, factor) - factor, 2u * factor * (extent - 1u));
}

// How much output o has of entry i of x along an axis.
fn weightOf(o: u32, i: u32, factor: u32, extent: u32) -> f32 {
  if (LINEAR == 0u) { return 1.0; }
  let place = placeOf(o, factor, extent);
  let entry = 2u * factor * i;
  let apart = max(place, entry) - min(place, entry);
  return max(1.0 - f32(apart) / f32(2u * factor), 0.0);
}

// The entries of x along an axis that output o has a part of: from x up to y.
fn entriesOf(o: u32, factor: u32, extent: u32) -> vec2u {
  if (LINEAR == 0u) { return o / factor + vec2u(0u, 1u); }
  let place = placeOf(o, factor, extent);
  let first = place / (2u * factor);
  return first + vec2u(0u, select(1u, 2u, place % (2u * factor) > 0u));
}

// The outputs along an axis that have a part of entry i of x: from x up to y.
fn outputsOf(i: u32, factor: u32, extent: u32) -> vec2u {
  if (LINEAR == 0u) { return (i + vec2u(0u, 1u)) * factor; }
  return vec2u(max(i, 1u) - 1u, min(i + 2u, extent)) * factor;
}
