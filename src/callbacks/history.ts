// History: the numbers of epochs, as a callback of one's own.

import type { LayersModel } from '../models/model.ts'
import type { History as Recorded } from '../training/callbacks.ts'
import { HistoryOf } from '../training/historyCallback.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'

/**
 * Records the numbers of each epoch. `fit` returns such a record by itself; an object that is given to several calls of `fit` as a
 * callback goes on from one to the next, and `fit` returns that one.
 *
 * @see keras/src/callbacks/history.py
 */
export const History: CallableClass<readonly [], HistoryOf<LayersModel>> = callableClass(
  'History',
  HistoryOf<LayersModel>,
)
/** What `fit` returns. */
export type History = Recorded
