// order = the positions in `sorted`, whose blocks of `block` are sorted by id, in blocks twice as long. A thread finds the place of
// its position by binary search in the neighbouring block: of equal ids those of the first block come first.

import package::lib::ids::idOf;
import package::lib::index::elementIndex;

struct Params { size: u32, block: u32, isFloat: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> sorted: array<u32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn mergeIds(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  if (i >= params.size) { return; }
  let block = i / params.block;
  let isFirst = block % 2u == 0u;
  let start = min((block ^ 1u) * params.block, params.size);
  let end = min(start + params.block, params.size);
  let id = idOf(ids[sorted[i]], params.isFloat);
  var low = start;
  var high = end;
  while (low < high) {
    let middle = (low + high) / 2u;
    let other = idOf(ids[sorted[middle]], params.isFloat);
    if (other < id || (other == id && !isFirst)) { low = middle + 1u; } else { high = middle; }
  }
  order[block / 2u * 2u * params.block + i % params.block + low - start] = sorted[i];
}
