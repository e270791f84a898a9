// y = an expression of up to six tensors, element by element, each tensor broadcast to the shape of y by strides of 0. A thread
// computes four elements. The overrides are the expression's instructions, of which src/ops/pointwiseCode.ts writes the function
// `evaluate`; the one here stands in for it.

import package::lib::index::elementIndex;

struct Params {
  size: u32,
  // The extents of up to eight axes, outermost first, and for each tensor what one step along each is in it.
  shape: array<vec4u, 2>,
  strides: array<vec4u, 12>,
  constants: array<vec4f, 2>,
}
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read> d: array<f32>;
@group(0) @binding(4) var<storage, read> e: array<f32>;
@group(0) @binding(5) var<storage, read> f: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

override TENSORS: u32 = 1u;
// 0 where all tensors have the shape of y.
override AXES: u32 = 0u;
override INSTRUCTIONS: u32 = 0u;
override INSTRUCTION_0: u32 = 0u;
override INSTRUCTION_1: u32 = 0u;
override INSTRUCTION_2: u32 = 0u;
override INSTRUCTION_3: u32 = 0u;
override INSTRUCTION_4: u32 = 0u;
override INSTRUCTION_5: u32 = 0u;
override INSTRUCTION_6: u32 = 0u;
override INSTRUCTION_7: u32 = 0u;
override INSTRUCTION_8: u32 = 0u;
override INSTRUCTION_9: u32 = 0u;
override INSTRUCTION_10: u32 = 0u;
override INSTRUCTION_11: u32 = 0u;
override INSTRUCTION_12: u32 = 0u;
override INSTRUCTION_13: u32 = 0u;
override INSTRUCTION_14: u32 = 0u;
override INSTRUCTION_15: u32 = 0u;

fn evaluate(a: vec4f, b: vec4f, c: vec4f, d: vec4f, e: vec4f, f: vec4f, k: array<vec4f, 2>) -> vec4f { return a; }

// Where the elements lie in a tensor.
fn placeOf(elements: vec4u, tensor: u32) -> vec4u {
  if (AXES == 0u) { return elements; }
  var rest = elements;
  var place = vec4u(0u);
  for (var axis = AXES; axis > 0u; axis--) {
    let i = axis - 1u;
    let extent = params.shape[i / 4u][i % 4u];
    place += (rest % extent) * params.strides[2u * tensor + i / 4u][i % 4u];
    rest /= extent;
  }
  return place;
}

@compute @workgroup_size(64)
fn pointwise(@builtin(global_invocation_id) id: vec3u) {
  let first = 4u * elementIndex(id);
  if (first >= params.size) { return; }
  let elements = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(params.size - 1u));
  var u = array<vec4f, 6>();
  let p = placeOf(elements, 0u);
  u[0] = vec4f(a[p.x], a[p.y], a[p.z], a[p.w]);
  if (TENSORS > 1u) { let q = placeOf(elements, 1u); u[1] = vec4f(b[q.x], b[q.y], b[q.z], b[q.w]); }
  if (TENSORS > 2u) { let q = placeOf(elements, 2u); u[2] = vec4f(c[q.x], c[q.y], c[q.z], c[q.w]); }
  if (TENSORS > 3u) { let q = placeOf(elements, 3u); u[3] = vec4f(d[q.x], d[q.y], d[q.z], d[q.w]); }
  if (TENSORS > 4u) { let q = placeOf(elements, 4u); u[4] = vec4f(e[q.x], e[q.y], e[q.z], e[q.w]); }
  if (TENSORS > 5u) { let q = placeOf(elements, 5u); u[5] = vec4f(f[q.x], f[q.y], f[q.z], f[q.w]); }
  let result = evaluate(u[0], u[1], u[2], u[3], u[4], u[5], params.constants);
  for (var i = 0u; i < 4u && first + i < params.size; i++) { y[first + i] = result[i]; }
}
