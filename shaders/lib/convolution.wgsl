// The geometry that convolution kernels share. Tensors are channels-last, x [B, H, W, C], kernel [KH, KW, C / G, F],
// y [B, OH, OW, F]; one-dimensional convolutions have height one. Groups split channels and filters alike.
//   y[b, p, q, f] = Σ x[b, p·stride + i·dilation − padding, …, c] · kernel[i, j, c, f]

struct Params {
  batch: u32, height: u32, width: u32, channels: u32,
  outHeight: u32, outWidth: u32, filters: u32, groups: u32,
  kernelHeight: u32, kernelWidth: u32,
  strideHeight: u32, strideWidth: u32, dilationHeight: u32, dilationWidth: u32,
  // Rows above and columns before the first.
  paddingTop: u32, paddingLeft: u32,
  hasBias: u32,
  // Chunks into which the sum of a weight gradient is split.
  chunks: u32,
}

struct Position { batch: u32, row: u32, column: u32 }

fn positionOf(i: u32, height: u32, width: u32) -> Position {
  return Position(i / (height * width), (i / width) % height, i % width);
}
