// The sum of a run of equal ids, of its parts (id_runs.wgsl) in their order.

import package::kernel::{params, sums};
import package::lib::id_runs::{CHUNK, idAt};

fn sumFrom(first: u32, column: u32) -> f32 {
  let id = idAt(first);
  var sum = sums[first * params.columns + column];
  for (var place = (first / CHUNK + 1u) * CHUNK; place < params.count; place += CHUNK) {
    if (idAt(place) != id) { break; }
    sum += sums[place * params.columns + column];
  }
  return sum;
}
