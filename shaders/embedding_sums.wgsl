// sums [count, columns] = the vectors dy of equal ids added up, in the order of their positions: a thread adds a column of a chunk of
// places, and leaves a sum at the first place of each id in the chunk, zeros at the others. A padding id that fills half of a batch
// is so added by many threads, always in the same order (lib/id_sums.wgsl adds the chunks).

import package::lib::id_runs::{CHUNK, idAt};
import package::lib::index::elementIndex;

// `chunks` is the number of chunks.
struct Params { count: u32, chunks: u32, columns: u32, isFloat: u32, rows: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn embeddingSums(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  if (i >= params.chunks * params.columns) { return; }
  let column = i % params.columns;
  let start = i / params.columns * CHUNK;
  let end = min(start + CHUNK, params.count);
  var first = start;
  var id = idAt(start);
  var sum = 0.0;
  for (var place = start; place < end; place++) {
    let next = idAt(place);
    if (next != id) {
      sums[first * params.columns + column] = sum;
      first = place;
      id = next;
      sum = 0.0;
    }
    if (id >= 0 && u32(id) < params.rows) { sum += dy[order[place] * params.columns + column]; }
    sums[place * params.columns + column] = 0.0;
  }
  sums[first * params.columns + column] = sum;
}
