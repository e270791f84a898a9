// A fault of the Keras that made the golden cases, on PyTorch: what a count of positives hands to the logs of an epoch is the memory
// of its state, which the validation overwrites before the history is written. So the history of training has the counts of
// the validation.

import { expectEqual } from './compare.ts'
import type { GoldenCase, HistoryRecord } from './golden.ts'

/** Cases with such counts, and a recall at the same threshold. */
const OVERWRITTEN: ReadonlySet<string> = new Set(['metrics_binary'])

/** Keras's history with the counts of training, of which there are as many positives as targets, and as many true ones as the recall says. */
export function withoutOverwritten(
  { case: { name, fit }, y: [y] }: GoldenCase,
  history: HistoryRecord | undefined,
): HistoryRecord | undefined {
  if (!OVERWRITTEN.has(name) || !history || !y) return history
  for (const count of ['true_positives', 'false_negatives'])
    expectEqual(`${count} of the validation`, history[count], history[`val_${count}`])
  const rows = Math.floor(y.data.length * (1 - (fit?.validation_split ?? 0)))
  const positives = [...y.data.slice(0, rows)].filter((target) => Number(target) !== 0).length
  const found = (history.recall ?? []).map((recall) => Math.round(recall * positives))
  return { ...history, true_positives: found, false_negatives: found.map((count) => positives - count) }
}
