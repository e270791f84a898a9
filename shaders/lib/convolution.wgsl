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
  // Which terms of its sums, or of each chunk's, this launch adds to the sums of earlier launches.
  start: u32, until: u32,
}

struct Position { batch: u32, row: u32, column: u32 }

fn positionOf(i: u32, height: u32, width: u32) -> Position {
  return Position(i / (height * width), (i / width) % height, i % width);
}

// The output positions in a chunk of a weight gradient whose terms this launch adds: from x up to y.
fn chunkOf(g: Params, chunk: u32) -> vec2u {
  let positions = g.batch * g.outHeight * g.outWidth;
  let perChunk = (positions + g.chunks - 1u) / g.chunks;
  let first = chunk * perChunk;
  return vec2u(first + g.start, min(first + min(g.until, perChunk), positions));
}

// The offset of an entry in the padding.
const OUTSIDE = 0xffffffffu;

// Offset in x of entry k of the window of an output position; k numbers the entries (i, j, c) of the group. OUTSIDE in the padding
// and past the last entry.
fn seenBy(g: Params, o: Position, k: u32, group: u32) -> u32 {
  let channels = g.channels / g.groups;
  let at = k / channels;
  let h = o.row * g.strideHeight + at / g.kernelWidth * g.dilationHeight - g.paddingTop;
  let w = o.column * g.strideWidth + at % g.kernelWidth * g.dilationWidth - g.paddingLeft;
  // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
  let inside = o.batch < g.batch && at < g.kernelHeight * g.kernelWidth && h < g.height && w < g.width;
  return select(OUTSIDE, ((o.batch * g.height + h) * g.width + w) * g.channels + group * channels + k % channels, inside);
}
