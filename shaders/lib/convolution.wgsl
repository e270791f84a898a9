// The geometry that convolution kernels share. Tensors are channels-last, x [B, H, W, C], kernel [KH, KW, C / G, F],
// y [B, OH, OW, F]; one-dimensional convolutions have height one. Groups split channels and filters alike.
//   y[b, p, q, f] = Σ x[b, p·stride + i·dilation − padding, …, c] · kernel[i, j, c, f]
// Volumes [B, D, H, W, C] are images too, whose rows are those of all slices: row d·H + h of D·H. Only which row a window reads
// differs between the two, so that kernels have no loop over slices.

// 1 where images are volumes.
override VOLUMES: u32 = 0u;

struct Params {
  batch: u32, rows: u32, width: u32, channels: u32,
  outRows: u32, outWidth: u32, filters: u32, groups: u32,
  kernelRows: u32, kernelWidth: u32,
  strideHeight: u32, strideWidth: u32, dilationHeight: u32, dilationWidth: u32,
  // Rows above and columns before the first.
  paddingTop: u32, paddingLeft: u32,
  // Of volumes: the rows of a slice, and how windows lie along the slices.
  height: u32, outHeight: u32, kernelHeight: u32,
  strideDepth: u32, dilationDepth: u32, paddingFront: u32,
  hasBias: u32,
  // 1 where sums are normalized by columns, plus 2 with gamma and 4 with beta.
  normalization: u32, epsilon: f32,
  // Chunks into which the sum of a weight gradient is split.
  chunks: u32,
  // Which terms of its sums, or of each chunk's, this launch adds to the sums of earlier launches.
  start: u32, until: u32,
}

struct Position { batch: u32, row: u32, column: u32 }

fn positionOf(i: u32, rows: u32, width: u32) -> Position {
  return Position(i / (rows * width), (i / width) % rows, i % width);
}

// The output positions in a chunk of a weight gradient whose terms this launch adds: from x up to y.
fn chunkOf(g: Params, chunk: u32) -> vec2u {
  let positions = g.batch * g.outRows * g.outWidth;
  let perChunk = (positions + g.chunks - 1u) / g.chunks;
  let first = chunk * perChunk;
  return vec2u(first + g.start, min(first + min(g.until, perChunk), positions));
}

// The offset of an entry in the padding.
const OUTSIDE = 0xffffffffu;

// A place of x that the window reads which starts at `start`; a place below 0 wraps round to a huge number, so that one comparison
// with the extent finds both edges.
fn placeSeen(start: u32, entry: u32, stride: u32, dilation: u32, padding: u32) -> u32 {
  return start * stride + entry * dilation - padding;
}

// The row of x that row i of a window reads, of the windows whose outputs are in `row`; `rows` or more in the padding.
fn rowSeen(g: Params, row: u32, i: u32) -> u32 {
  if (VOLUMES == 0u) { return placeSeen(row, i, g.strideHeight, g.dilationHeight, g.paddingTop); }
  let slice = placeSeen(row / g.outHeight, i / g.kernelHeight, g.strideDepth, g.dilationDepth, g.paddingFront);
  let inSlice = placeSeen(row % g.outHeight, i % g.kernelHeight, g.strideHeight, g.dilationHeight, g.paddingTop);
  return select(OUTSIDE, slice * g.height + inSlice, slice < g.rows / g.height && inSlice < g.height);
}

// The output whose window reads `place` of x at an entry, if there is one, else one past all outputs.
fn outputSeeing(place: u32, entry: u32, stride: u32, dilation: u32, padding: u32) -> u32 {
  let start = place + padding - entry * dilation;
  return select(OUTSIDE, start / stride, start % stride == 0u);
}

// The row of outputs whose windows read row `row` of x at their row i; `outRows` or more if there is none.
fn rowSeeing(g: Params, row: u32, i: u32) -> u32 {
  if (VOLUMES == 0u) { return outputSeeing(row, i, g.strideHeight, g.dilationHeight, g.paddingTop); }
  let slice = outputSeeing(row / g.height, i / g.kernelHeight, g.strideDepth, g.dilationDepth, g.paddingFront);
  let inSlice = outputSeeing(row % g.height, i % g.kernelHeight, g.strideHeight, g.dilationHeight, g.paddingTop);
  return select(OUTSIDE, slice * g.outHeight + inSlice, slice < g.outRows / g.outHeight && inSlice < g.outHeight);
}

// Offset in x of entry k of the window of an output position; k numbers the entries (i, j, c) of the group. OUTSIDE in the padding
// and past the last entry.
fn seenBy(g: Params, o: Position, k: u32, group: u32) -> u32 {
  let channels = g.channels / g.groups;
  let at = k / channels;
  let h = rowSeen(g, o.row, at / g.kernelWidth);
  let w = o.column * g.strideWidth + at % g.kernelWidth * g.dilationWidth - g.paddingLeft;
  // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
  let inside = o.batch < g.batch && at < g.kernelRows * g.kernelWidth && h < g.rows && w < g.width;
  return select(OUTSIDE, ((o.batch * g.rows + h) * g.width + w) * g.channels + group * channels + k % channels, inside);
}
