// The geometry of pooling, channels-last: x [B, H, W, C] → y [B, OH, OW, C]; one-dimensional pooling has height one.

struct Params {
  size: u32,
  height: u32, width: u32, channels: u32, outHeight: u32, outWidth: u32,
  windowHeight: u32, windowWidth: u32, strideHeight: u32, strideWidth: u32,
  // Rows above and columns before the first; no window counts these.
  paddingTop: u32, paddingLeft: u32,
  // 1: the mean of a window; 0: its maximum.
  mean: u32,
}

// The rows or columns of a window that lie in the input: from x up to y.
fn windowOf(o: u32, stride: u32, window: u32, padding: u32, extent: u32) -> vec2u {
  let start = o * stride;
  return vec2u(max(start, padding) - padding, min(start + window - padding, extent));
}
