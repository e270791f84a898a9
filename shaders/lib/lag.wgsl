// Rows that lag behind: a table's optimizer moves every row in every update, but an update writes only the rows that its ids name.
// The others catch up when they are read next, from what `history` keeps: the number of updates made; that number again, for the
// launch that changes it; the rates of the latest `rates` updates; and for each row the number of updates that it has seen.

import package::kernel::{history, params};

const HEAD = 2u;

fn rateOf(update: u32) -> f32 { return bitcast<f32>(history[HEAD + update % params.rates]); }

fn seenBy(row: u32) -> u32 { return history[HEAD + params.rates + row]; }
