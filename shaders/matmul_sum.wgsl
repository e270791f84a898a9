// y = act(Σ parts + bias), columnSums = Σ of the parts' last rows, in the order of the parts: the second launch of
// products whose k is split. Each thread owns four columns of a row.

import package::lib::index::elementIndex;
import package::lib::matmul::{params, parts, enter, store, storeColumnSums};

@compute @workgroup_size(64)
fn matmulSum(@builtin(global_invocation_id) id: vec3u) {
  let index = elementIndex(id);
  let quads = (params.n + 3u) / 4u;
  let rows = params.m + params.hasSums;
  let product = index / (rows * quads);
  if (product >= params.batch) { return; }
  enter(product);
  let row = index / quads % rows;
  let column = index % quads * 4u;
  let columns = min(column + vec4u(0u, 1u, 2u, 3u), vec4u(params.n - 1u));
  var sum = vec4f();
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    let p = ((product * params.chunks + chunk) * (params.m + 1u) + row) * params.n + columns;
    sum += vec4f(parts[p.x], parts[p.y], parts[p.z], parts[p.w]);
  }
  if (row < params.m) { store(row, column, sum); } else { storeColumnSums(column, sum); }
}
