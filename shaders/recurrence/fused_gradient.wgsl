// One time step of a recurrence backward, fused with its product R·dz, for any number of units: a workgroup owns 16 units of up to
// 16 batch rows, a thread four units of four rows. dz of the time step processed after is staged in workgroup memory;
// neighbouring threads take turns along the rows of R and add up their sums. Launches pass the cell's carried gradients on
// through dInitial. No dropout.

import package::cell::{GATES, gradientOffsets, gradientAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{rowVectors, weightsOf, outerGradient, firstCarried, firstHandedOn, handedOn, receivedBy, timestepGradient, leaveGradients};
import package::lib::recurrence::memory::{MASKED, params};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf};

const UNITS = 16u;
const THREADS = 256u;
// Vectors of four rows of a workgroup: 1, 2 or 4.
override QUADS: u32 = 4u;
// First dz, columns 4k + i side by side for each i, as neighbouring threads read them; then each thread's sums.
var<workgroup> staged: array<vec4f, 4u * THREADS>;

// R·dz, valid in the first threads, which have one unit of four rows each; all threads must call this, since it has barriers.
fn recurrentGradient(thread: u32, firstUnit: u32, first: u32, t: u32) -> vec4f {
  let units = params.units;
  let turns = 64u / QUADS;
  let quad = thread / turns % QUADS;
  let own = min(firstUnit + thread / 64u * 4u + vec4u(0u, 1u, 2u, 3u), vec4u(units - 1u));
  let depth = THREADS / QUADS;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var start = 0u; start < rowVectors(); start += depth) {
    let end = min(depth, rowVectors() - start);
    workgroupBarrier();
    for (var e = thread; e < 4u * THREADS; e += THREADS) {
      let column = e % (4u * depth);
      let q = e / (4u * depth);
      if (column >= 4u * end) { continue; }
      // The last vector of a row may end past it.
      var z = vec4f();
      if (4u * start + column < GATES * units) {
        z = gradientAt(gradientOffsets(offsetsOf(batchRows(first + q), t)), 4u * start + column);
      }
      staged[column % 4u * THREADS + q * depth + column / 4u] = z;
    }
    workgroupBarrier();
    for (var k = thread % turns; k < end; k += turns) {
      let p = quad * depth + k;
      let z = mat4x4f(staged[p], staged[p + THREADS], staged[p + 2u * THREADS], staged[p + 3u * THREADS]);
      s0 += z * weightsOf(own.x, start + k);
      s1 += z * weightsOf(own.y, start + k);
      s2 += z * weightsOf(own.z, start + k);
      s3 += z * weightsOf(own.w, start + k);
    }
  }
  workgroupBarrier();
  staged[thread] = s0;
  staged[thread + THREADS] = s1;
  staged[thread + 2u * THREADS] = s2;
  staged[thread + 3u * THREADS] = s3;
  workgroupBarrier();
  var sum = vec4f();
  if (thread < UNITS * QUADS) {
    let unit = thread % UNITS;
    let p = unit % 4u * THREADS + unit / 4u * 64u + thread / UNITS * turns;
    for (var turn = 0u; turn < turns; turn++) { sum += staged[p + turn]; }
  }
  return sum;
}

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let units = params.units;
  let across = (units + UNITS - 1u) / UNITS;
  let index = enterDirection(workgroupIndex(workgroup), across * tilesOf(QUADS));
  let first = index / across * QUADS;
  let firstUnit = index % across * UNITS;
  let leavesState = params.start == params.time;
  let s = select(params.start, 0u, leavesState);
  var d = vec4f();
  if (leavesState || s < params.time - 1u) {
    d = recurrentGradient(thread, firstUnit, first, timeOf(select(s + 1u, 0u, leavesState)));
  }
  let u = firstUnit + thread % UNITS;
  if (thread < UNITS * QUADS && u < units) {
    let tile = first + thread / UNITS;
    let rows = batchRows(tile);
    var carried = firstCarried(rows, u);
    d = receivedBy(d, firstHandedOn(rows, u));
    if (!leavesState) {
      let whole = d + outerGradient(rows, s, u);
      carried = timestepGradient(tile, rows, s, u, whole, carried).carried;
      if (MASKED == 1u) { d = handedOn(rows, s, whole); }
    }
    leaveGradients(tile, rows, u, d, carried, leavesState);
  }
}
