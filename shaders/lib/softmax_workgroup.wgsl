// y = softmax over a row, or its logarithm; the threads of a workgroup own the row together. The kernel that imports this file
// declares what lib/softmax_rows.wgsl lists, but for `storedAt`.

import package::kernel::{entryOf, put, shareOf};
import package::lib::nan::{exceeds, ifFinite, orNan};
import package::lib::row_sums::{THREADS, largestOf, totalOf};

fn softmaxTogether(row: u32, columns: u32, logarithm: bool, thread: u32) {
  // A thread past the last column repeats the last one, which changes no maximum.
  var own = entryOf(row, min(thread, columns - 1u));
  for (var j = thread + THREADS; j < columns; j += THREADS) {
    let entry = entryOf(row, j);
    if (exceeds(entry, own)) { own = entry; }
  }
  let largest = largestOf(thread, own);
  var sum = 0.0;
  for (var j = thread; j < columns; j += THREADS) { sum += exp(entryOf(row, j) - largest); }
  // Exponentials may swallow NaN, also the NaN of ∞ − ∞.
  let total = ifFinite(totalOf(thread, sum), largest);
  let logTotal = log(total);
  let share = shareOf(largest);
  for (var j = thread; j < columns; j += THREADS) {
    let shifted = entryOf(row, j) - largest;
    put(row, j, select(share * (exp(shifted) / total), orNan(shifted - logTotal, total), logarithm));
  }
}
