// Where the columns of a GRU with the reset gate before the product lie in rows of R, which are read in vectors of four: backward,
// those of z and r are multiplied first, then those of the candidate. A vector at the bound of both is in both products. Gradients
// lie in workgroup memory in the same vectors, where the other product's columns stay 0, as workgroup memory is from the start.

import package::cell::CANDIDATE;
import package::lib::recurrence::memory::params;

// Vectors of z and r, from the row's first on.
fn gateVectors() -> u32 { return (CANDIDATE * params.units + 3u) / 4u; }

// The first vector of the candidate.
fn candidateVector() -> u32 { return CANDIDATE * params.units / 4u; }

// The place of the candidate's first column in that vector.
fn candidateShift() -> u32 { return CANDIDATE * params.units % 4u; }
