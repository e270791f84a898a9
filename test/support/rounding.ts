// Weights whose gradients are 0 but for rounding. By the sign of what is left an optimizer moves them all the same, here and in Keras,
// so that after a fit they agree as far as such moves go; what the other weights compute does not depend on them.

import type { LayersModel, Tensor } from '../../src/index.ts'
import { expectEqual } from './compare.ts'
import type { GoldenCase, NamedArray } from './golden.ts'

/** The bias of an attention's keys moves all scores of a query alike. */
const KEY_BIAS = /(?<=attention\/key\/)bias$/
/** In cases of optimizers batch normalization, where they have it, takes away again what the bias of the layer before it adds. */
const BIAS_BEFORE = 'sequential/dense/bias'
/** What goes back through the normalization is less what the gradients of its scale and shift sum up; this weight's has both. */
const BEHIND = 'sequential/dense_1/kernel'
/** The mean follows the bias, and is subtracted from it in predictions. */
const MEAN_BEHIND = 'sequential/batch_normalization/moving_mean'

/** All before the normalization gets what that leaves of the errors: it takes the sums over samples out, most of their terms. */
const BEFORE = /^sequential\/(lstm\/lstm_cell|dense)\//

/** The weight by whose gradient rounding is measured, for one whose own is what is left of larger terms. */
export const largerGradient = (golden: GoldenCase, path: string): string =>
  isNormalized(golden) && BEFORE.test(path) ? BEHIND : path.replace(KEY_BIAS, 'kernel')

const isNormalized = ({ case: { name }, after }: GoldenCase): boolean =>
  name.startsWith('optimizer_') && after.has(MEAN_BEHIND)

const isBeforeNormalization = (golden: GoldenCase, path: string): boolean =>
  isNormalized(golden) && path === BIAS_BEFORE

/** Whether a weight is what rounding makes of it. */
export const isMovedByRounding = (golden: GoldenCase, path: string): boolean =>
  KEY_BIAS.test(path) ||
  isBeforeNormalization(golden, path) ||
  (path === MEAN_BEHIND && isBeforeNormalization(golden, BIAS_BEFORE))

/** Steps of Adam are little more than the rate; of RMSprop, whose mean has no correction, more than three times as much. */
const MOST_RATES = 4

/** Expects that rounding has moved a weight no farther than so many steps do. */
export function expectMovedLittle(
  model: LayersModel,
  path: string,
  [got, expected]: readonly [Tensor | undefined, NamedArray | undefined],
  steps: number,
): void {
  const { config } = model.optimizer ?? {}
  const rate = config?.learningRate
  const rates = Array.from({ length: steps }, (_, i) => Number(typeof rate === 'function' ? rate(i) : rate))
  const most = 2 * MOST_RATES * rates.reduce((sum, one) => sum + one, 0)
  const moved = Array.from(got?.data ?? [], (value, i) => Math.abs(value - Number(expected?.data[i])))
  expectEqual(`${path} moves at most by ${most}`, moved.length > 0 && moved.every((by) => by <= most), true)
}
