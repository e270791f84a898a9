// batch = the rows of the data set that the permutation names for this step, all fields (inputs, targets, weights) at once.
// A field is [row length, offset in the batch, 0, 0] in floats; where it starts in the data set, whose size changes from
// call to call, stands in `sources`. x runs along a row, y over rows, z over fields.

import package::lib::step::step;

struct Params { rows: u32, fields: array<vec4u, 16> }
@group(0) @binding(0) var<storage, read> data: array<f32>;
@group(0) @binding(1) var<storage, read> sources: array<u32>;
@group(0) @binding(2) var<storage, read> permutation: array<u32>;
@group(0) @binding(3) var<storage, read_write> batch: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn gather(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) tile: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let field = params.fields[tile.z];
  let length = field.x;
  if (id.x >= length) { return; }
  for (var row = tile.y; row < params.rows; row += workgroups.y) {
    batch[field.y + row * length + id.x] = data[sources[tile.z] + permutation[step.start + row] * length + id.x];
  }
}
