// y = softmax over a row, or its logarithm; a thread owns the row. The kernel that imports this file declares
//   entryOf(row, j)       entry j of a row of x
//   put(row, j, value)    stores entry j of y
//   storedAt(row, j)      entry j of y as it was stored last
//   shareOf(largest)      the sum of y over a row whose largest entry this is: 1, or 0 where all of it is masked

import package::kernel::{entryOf, put, shareOf, storedAt};
import package::lib::nan::{exceeds, ifFinite, orNan};

// The largest entry is subtracted first, so that nothing overflows.
fn softmaxOfRow(row: u32, columns: u32, logarithm: bool) {
  var largest = entryOf(row, 0u);
  for (var j = 1u; j < columns; j++) {
    let entry = entryOf(row, j);
    if (exceeds(entry, largest)) { largest = entry; }
  }
  var total = 0.0;
  for (var j = 0u; j < columns; j++) {
    let shifted = entryOf(row, j) - largest;
    let power = exp(shifted);
    total += power;
    put(row, j, select(power, shifted, logarithm));
  }
  // Exponentials may swallow NaN, also the NaN of ∞ − ∞.
  total = ifFinite(total, largest);
  let logTotal = log(total);
  let share = shareOf(largest);
  for (var j = 0u; j < columns; j++) {
    let value = storedAt(row, j);
    put(row, j, select(share * (value / total), orNan(value - logTotal, total), logarithm));
  }
}
