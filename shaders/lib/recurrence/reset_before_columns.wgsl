// Where the columns of a GRU with the reset gate before the product lie in rows of R, which are read in vectors of four: backward,
// those of z and r are multiplied first, then those of the candidate. A vector at the bound of both is in both products. Gradients
// lie in workgroup memory in the same vectors, where the other product's columns stay 0.

import package::cell::CANDIDATE;
import package::kernel::dz;
import package::lib::recurrence::backward::rowVectors;
import package::lib::recurrence::memory::params;

// Vectors of z and r, from the row's first on.
fn gateVectors() -> u32 { return (CANDIDATE * params.units + 3u) / 4u; }

// The first vector of the candidate.
fn candidateVector() -> u32 { return CANDIDATE * params.units / 4u; }

// The place of the candidate's first column in that vector.
fn candidateShift() -> u32 { return CANDIDATE * params.units % 4u; }

// Columns that the vectors of each product have.
fn gateColumns() -> u32 { return 4u * gateVectors(); }

fn candidateColumns() -> u32 { return 4u * (rowVectors() - candidateVector()); }

// Zeros in `dz` where the other product's columns are, and those past a row's end. The gradients of z and r begin at `ofGates`, those
// of the candidate at `ofCandidate`.
fn clearOthers(ofGates: u32, ofCandidate: u32) {
  for (var j = CANDIDATE * params.units; j < gateColumns(); j++) { dz[ofGates + j] = vec4f(); }
  for (var j = 0u; j < candidateShift(); j++) { dz[ofCandidate + j] = vec4f(); }
  for (var j = candidateShift() + params.units; j < candidateColumns(); j++) { dz[ofCandidate + j] = vec4f(); }
}
