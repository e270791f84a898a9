// Ids as a layer's input has them: integers, or floats that are to be whole.

// The integer of a word; -1 for floats that no integer can be.
fn idOf(word: u32, isFloat: u32) -> i32 {
  if (isFloat == 0u) { return bitcast<i32>(word); }
  if ((word & 0x7fffffffu) >= 0x4f000000u) { return -1; }
  return i32(bitcast<f32>(word));
}

// Whether a word is an id of one of so many rows.
fn isId(word: u32, isFloat: u32, rows: u32) -> bool {
  let id = idOf(word, isFloat);
  if (id < 0 || u32(id) >= rows) { return false; }
  return isFloat == 0u || f32(id) == bitcast<f32>(word);
}
