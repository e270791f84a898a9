// A cell of one gate: h' = tanh(z), z = x·W + b + h·R.

const GATES = 1u;
struct Gates { z: vec4f }
struct State { h: vec4f }

fn gatesOf(v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) -> Gates { return Gates(v0); }
fn gateOf(z: Gates, gate: u32) -> vec4f { return z.z; }
fn addGates(a: Gates, b: Gates) -> Gates { return Gates(a.z + b.z); }
fn addWeighted(z: Gates, weights: vec4f, state: vec4f) -> Gates { return Gates(z.z + weights.x * state); }

struct CellGradient { z: Gates, carried: vec4f }
