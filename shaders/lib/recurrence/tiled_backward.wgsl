// R·dz where a thread owns four units of four batch rows: a 4×4 register tile. The dz lie in the workgroup memory of the kernel.

import package::kernel::dz;
import package::lib::recurrence::backward::weightsOf;

const TILE = 4u;
override THREADS: u32 = 64u;

// A row of R has vectors of four columns. Multiplies those from `begin` up to `end` of the rows of four units by the dz of their
// columns, in `dz` from `first` on.
fn rowsTimesGradients(first: u32, begin: u32, end: u32, own: vec4u) -> array<vec4f, TILE> {
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var k = begin; k < end; k++) {
    let p = first + 4u * (k - begin);
    let z = mat4x4f(dz[p], dz[p + 1u], dz[p + 2u], dz[p + 3u]);
    s0 += z * weightsOf(own.x, k);
    s1 += z * weightsOf(own.y, k);
    s2 += z * weightsOf(own.z, k);
    s3 += z * weightsOf(own.w, k);
  }
  return array<vec4f, TILE>(s0, s1, s2, s3);
}
