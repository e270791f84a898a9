// The geometry of a recurrent convolution: stride 1, 'same' padding, on states of HEIGHT × WIDTH positions.

override HEIGHT: u32 = 1u;
override WIDTH: u32 = 1u;
override KERNEL_HEIGHT: u32 = 1u;
override KERNEL_WIDTH: u32 = 1u;

// For each of four rows, the row at one entry of its window; `counts` is 0 where the entry lies in the padding.
struct Neighbors { rows: vec4u, counts: vec4f }

fn neighborsAt(rows: vec4u, down: vec4u, right: vec4u) -> Neighbors {
  let y = rows / WIDTH % HEIGHT;
  let x = rows % WIDTH;
  // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
  let inside = (y + down < vec4u(HEIGHT)) & (x + right < vec4u(WIDTH));
  return Neighbors(
    select(rows, rows + down * WIDTH + right, inside),
    select(vec4f(0.0), vec4f(1.0), inside),
  );
}

// The rows that the windows of `rows` see at entry (i, j).
fn seenAt(rows: vec4u, i: u32, j: u32) -> Neighbors {
  return neighborsAt(rows, vec4u(i - (KERNEL_HEIGHT - 1u) / 2u), vec4u(j - (KERNEL_WIDTH - 1u) / 2u));
}

// The rows whose windows see `rows` at entry (i, j).
fn seenBy(rows: vec4u, i: u32, j: u32) -> Neighbors {
  return neighborsAt(rows, vec4u((KERNEL_HEIGHT - 1u) / 2u - i), vec4u((KERNEL_WIDTH - 1u) / 2u - j));
}
