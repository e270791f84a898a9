// flags[w] = 1 where one of the numbers of workgroup w is infinite or NaN, else 0.

import package::lib::index::workgroupIndex;

// `count` is the number of flags.
struct Params { size: u32, count: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> flags: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> found: atomic<u32>;

@compute @workgroup_size(64)
fn overflow(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  workgroupBarrier();
  if (thread == 0u) { atomicStore(&found, 0u); }
  workgroupBarrier();
  var largest = 0u;
  for (var i = 64u * w + thread; i < params.size; i += 64u * params.count) {
    // By the bits, because compilers may assume that no infinities exist.
    largest = max(largest, bitcast<u32>(x[i]) & 0x7fffffffu);
  }
  atomicMax(&found, largest);
  workgroupBarrier();
  if (thread == 0u) { flags[w] = select(0.0, 1.0, atomicLoad(&found) >= 0x7f800000u); }
}
