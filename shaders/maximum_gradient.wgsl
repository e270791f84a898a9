// da and db, the gradients of y = max(a, b), or of min(a, b), in the shape of y: the one that y is takes dy, and equal ones take
// half each. a and b are broadcast by strides of 0 (at most four axes, outermost first), as in binary.wgsl.

import package::lib::index::elementIndex;

// `kept` has bit 0 if da is stored, and bit 1 if db is.
struct Params { size: u32, isMinimum: u32, kept: u32, shape: vec4u, aStrides: vec4u, bStrides: vec4u }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> da: array<f32>;
@group(0) @binding(4) var<storage, read_write> db: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn maximumGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let shape = params.shape;
  let at = vec4u(i / (shape.w * shape.z * shape.y), (i / (shape.w * shape.z)) % shape.y, (i / shape.w) % shape.z, i % shape.w);
  let p = at * params.aStrides;
  let q = at * params.bStrides;
  let u = a[p.x + p.y + p.z + p.w];
  let v = b[q.x + q.y + q.z + q.w];
  var share = 0.5;
  if (u != v) { share = select(0.0, 1.0, (u > v) == (params.isMinimum == 0u)); }
  if ((params.kept & 1u) == 1u) { da[i] = share * dy[i]; }
  if ((params.kept & 2u) == 2u) { db[i] = (1.0 - share) * dy[i]; }
}
