// ProgbarLogger: Keras's progress bar as a callback.

import type { LayersModel } from '../models/model.ts'
import { ProgressBarOf } from '../training/progressCallback.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'

/**
 * Keras's progress bar, for loops of one's own with {@link CallbackList}. `fit`, `evaluate` and `predict` print theirs by `verbose`,
 * and no second one where they are given this.
 *
 * @see keras/src/callbacks/progbar_logger.py
 */
export const ProgbarLogger: CallableClass<readonly [], ProgressBarOf<LayersModel>> = callableClass(
  'ProgbarLogger',
  ProgressBarOf<LayersModel>,
)
export type ProgbarLogger = ProgressBarOf<LayersModel>
