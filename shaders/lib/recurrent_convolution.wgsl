// The geometry of a recurrent convolution: stride 1, 'same' padding, on states of HEIGHT × WIDTH positions. A volume's are those of
// all slices, SPACE positions, and its windows have the rows of all their slices, KERNEL_ROWS.

import package::lib::direction::SPACE;

override HEIGHT: u32 = 1u;
override WIDTH: u32 = 1u;
override KERNEL_ROWS: u32 = 1u;
override KERNEL_HEIGHT: u32 = 1u;
override KERNEL_WIDTH: u32 = 1u;

// For each of four rows, the row at one entry of its window; `counts` is 0 where the entry lies in the padding.
struct Neighbors { rows: vec4u, counts: vec4f }

fn isVolume() -> bool { return SPACE * KERNEL_ROWS > HEIGHT * WIDTH * KERNEL_HEIGHT; }

// Slices, rows and columns from the middle of a window to entry (i, j).
fn fromMiddle(i: u32, j: u32) -> vec3u {
  var at = vec3u(0u, i, j);
  if (isVolume()) { at = vec3u(i / KERNEL_HEIGHT, i % KERNEL_HEIGHT, j); }
  return at - (vec3u(KERNEL_ROWS / KERNEL_HEIGHT, KERNEL_HEIGHT, KERNEL_WIDTH) - 1u) / 2u;
}

// The rows that lie so many slices, rows and columns behind `rows`.
fn neighborsAt(rows: vec4u, way: vec3u) -> Neighbors {
  // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
  var inside = (rows / WIDTH % HEIGHT + way.y < vec4u(HEIGHT)) & (rows % WIDTH + way.z < vec4u(WIDTH));
  if (isVolume()) {
    let slice = HEIGHT * WIDTH;
    inside = inside & (rows % SPACE / slice + way.x < vec4u(SPACE / slice));
  }
  return Neighbors(
    select(rows, rows + (way.x * HEIGHT + way.y) * WIDTH + way.z, inside),
    select(vec4f(0.0), vec4f(1.0), inside),
  );
}

// The rows that the windows of `rows` see at entry (i, j).
fn seenAt(rows: vec4u, i: u32, j: u32) -> Neighbors { return neighborsAt(rows, fromMiddle(i, j)); }

// The rows whose windows see `rows` at entry (i, j).
fn seenBy(rows: vec4u, i: u32, j: u32) -> Neighbors { return neighborsAt(rows, vec3u() - fromMiddle(i, j)); }
