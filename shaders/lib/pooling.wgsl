// The geometry of pooling, channels-last: x [B, H, W, C] → y [B, OH, OW, C]; one-dimensional pooling has height one. Volumes
// [B, D, H, W, C] are images too, whose rows are those of all slices: row d·H + h of D·H.

// 1 where images are volumes.
override VOLUMES: u32 = 0u;

struct Params {
  size: u32,
  rows: u32, width: u32, channels: u32, outRows: u32, outWidth: u32,
  windowHeight: u32, windowWidth: u32, strideHeight: u32, strideWidth: u32,
  // Rows above and columns before the first; no window counts these.
  paddingTop: u32, paddingLeft: u32,
  // Of volumes: the rows of a slice, and how windows lie along the slices.
  height: u32, outHeight: u32, windowDepth: u32, strideDepth: u32, paddingFront: u32,
  // 1: the mean of a window; 0: its maximum.
  mean: u32,
}

// The places along an axis of x in the window of output o: from x up to y.
fn windowOf(o: u32, stride: u32, window: u32, padding: u32, extent: u32) -> vec2u {
  let start = o * stride;
  return vec2u(max(start, padding) - padding, min(start + window - padding, extent));
}

// The part of x in a window: slices, rows of these and columns, each from x up to y.
struct Window { slices: vec2u, rows: vec2u, columns: vec2u }

// The window of an output, whose row is among those of all slices.
fn windowAt(g: Params, row: u32, column: u32) -> Window {
  let columns = windowOf(column, g.strideWidth, g.windowWidth, g.paddingLeft, g.width);
  if (VOLUMES == 0u) {
    return Window(vec2u(0u, 1u), windowOf(row, g.strideHeight, g.windowHeight, g.paddingTop, g.rows), columns);
  }
  return Window(
    windowOf(row / g.outHeight, g.strideDepth, g.windowDepth, g.paddingFront, g.rows / g.height),
    windowOf(row % g.outHeight, g.strideHeight, g.windowHeight, g.paddingTop, g.height),
    columns,
  );
}

fn sizeOf(window: Window) -> u32 {
  return (window.slices.y - window.slices.x) * (window.rows.y - window.rows.x) * (window.columns.y - window.columns.x);
}

// The offset in x of an entry of channel c.
fn offsetOf(g: Params, b: u32, slice: u32, row: u32, column: u32, c: u32) -> u32 {
  let all = select(row, slice * g.height + row, VOLUMES == 1u);
  return ((b * g.rows + all) * g.width + column) * g.channels + c;
}

// The outputs along an axis whose windows have `place`: from x up to y. Their windows start at most a window's length before it.
fn outputsWith(place: u32, stride: u32, window: u32, padding: u32, outputs: u32) -> vec2u {
  let at = place + padding;
  return vec2u((max(at + 1u, window) - window + stride - 1u) / stride, min(at / stride + 1u, outputs));
}
