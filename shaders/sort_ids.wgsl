// order = the positions of ids, those of each block of `block` ids sorted by id, equal ones by position. A thread finds the place of
// its position by counting the block's ids that come before it.

import package::lib::ids::idOf;
import package::lib::index::elementIndex;

struct Params { size: u32, block: u32, isFloat: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read_write> order: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn sortIds(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  if (i >= params.size) { return; }
  let start = i / params.block * params.block;
  let end = min(start + params.block, params.size);
  let id = idOf(ids[i], params.isFloat);
  var place = start;
  for (var j = start; j < end; j++) {
    let other = idOf(ids[j], params.isFloat);
    if (other < id || (other == id && j < i)) { place++; }
  }
  order[place] = i;
}
