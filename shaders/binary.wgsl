// y = a ∘ b, elementwise, each broadcast to the shape of y by strides of 0 (at most four axes, outermost first).

import package::lib::index::elementIndex;
import package::lib::nan::exceeds;

struct Params { size: u32, code: u32, shape: vec4u, aStrides: vec4u, bStrides: vec4u }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn binary(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let shape = params.shape;
  let at = vec4u(i / (shape.w * shape.z * shape.y), (i / (shape.w * shape.z)) % shape.y, (i / shape.w) % shape.z, i % shape.w);
  let p = at * params.aStrides;
  let q = at * params.bStrides;
  let u = a[p.x + p.y + p.z + p.w];
  let v = b[q.x + q.y + q.z + q.w];
  var result = u + v;
  switch params.code {
    case 1u: { result = u - v; }
    case 2u: { result = u * v; }
    case 3u: { result = u / v; }
    case 4u: { result = select(v, u, exceeds(u, v)); }
    case 5u: { result = select(v, u, exceeds(-u, -v)); }
    default: {}
  }
  y[i] = result;
}
