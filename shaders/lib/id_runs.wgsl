// Runs of equal ids among positions that are sorted by id, `order`, and the sums of their vectors, which embedding_sums.wgsl leaves
// in `sums` [count, columns] in parts: that of a chunk of places at the run's first place there.

import package::kernel::{ids, order, params};
import package::lib::ids::idOf;

// Places that a thread adds one after another.
const CHUNK = 32u;

fn idAt(place: u32) -> i32 { return idOf(ids[order[place]], params.isFloat); }

// The row of the id whose run begins at a place; `rows` where none begins, or where no row has the id.
fn rowFrom(place: u32) -> u32 {
  let id = idAt(place);
  if (id < 0 || u32(id) >= params.rows) { return params.rows; }
  if (place > 0u && idAt(place - 1u) == id) { return params.rows; }
  return u32(id);
}
