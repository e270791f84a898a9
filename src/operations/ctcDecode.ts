// Labels of what a network with ctcLoss gives: in a step by the best class of each time step, on the host by the best of all ways.

import {
  checkBoolean,
  checkExtent,
  checkInteger,
  checkPositiveInteger,
  describeValue,
  fail,
} from '../errors.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { beamPaths, type ClassScores, greedyPath } from '../util/ctcPaths.ts'
import { oneOf, option, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { type NestedArray, type NumericArray, Tensor } from '../util/tensor.ts'
import { equal, greaterEqual, logicalOr, negative, where } from './elementwise.ts'
import { getItem } from './indexing.ts'
import { numbersOf, type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { pad } from './padding.ts'
import { argmax, max, sum } from './reductions.ts'
import { expandDims } from './shapes.ts'
import { argsort } from './sorting.ts'
import { takeAlongAxis } from './taking.ts'

const strategies = ['greedy', 'beam_search'] as const

/** How {@link ctcDecode} decodes. */
export interface CtcDecodeOptions {
  /** `'greedy'`, the default, or `'beam_search'`, which is for what `model.predict` gives. */
  readonly strategy?: (typeof strategies)[number]
  /** How many ways are kept after each time step of the search, 100 by default. */
  readonly beamWidth?: number
  /** How many labels are given for a sample, the best first; 1 by default. */
  readonly topPaths?: number
  /** Whether the same class again is the same label, `true` by default; in a search it always is. */
  readonly mergeRepeated?: boolean
  /** The class that stands between labels, 0 by default. */
  readonly maskIndex?: number
}

const table = {
  strategy: option<(typeof strategies)[number]>('greedy', oneOf(strategies)),
  beamWidth: option(100, checkPositiveInteger),
  topPaths: option(1, checkPositiveInteger),
  mergeRepeated: option(true, checkBoolean),
  maskIndex: option(0, (where, name, value) => checkInteger(where, name, value, { min: 0 })),
} as const satisfies TableFor<CtcDecodeOptions>

const WHERE = 'ops.ctcDecode'

/** Padding of what is for each time step but the first. */
const FROM_SECOND = [
  [0, 0],
  [1, 0],
] as const

function check(inputs: unknown, sequenceLengths: unknown, options: CtcDecodeOptions | undefined) {
  const read = readOptions(WHERE, table, options)
  const [logits, lengths] = [shapeOfOperand(inputs, WHERE), shapeOfOperand(sequenceLengths, WHERE)]
  const [, steps = null, classes = null] = logits
  if (logits.length !== 3 || lengths.length !== 1 || steps === null || classes === null)
    return fail(WHERE, {
      expected: 'logits [batch, steps, classes] of known steps, and lengths [batch]',
      got: `${showShape(logits)} and ${showShape(lengths)}`,
    })
  checkExtent(WHERE, 'steps', steps)
  checkInteger(WHERE, 'maskIndex', read.maskIndex, { max: classes - 1 })
  if (read.topPaths > read.beamWidth)
    fail(WHERE, { expected: `topPaths of at most beamWidth, ${read.beamWidth}`, got: `${read.topPaths}` })
  return { read, steps, classes }
}

/** The function on symbolic tensors. */
const decode = operation(
  'nn',
  'CTCDecode',
  'inputs sequenceLengths {strategy="greedy" beamWidth=100 topPaths=1 mergeRepeated=true maskIndex=0}',
  (inputs: Operand, sequenceLengths: Operand, options?: CtcDecodeOptions): readonly SymbolicTensor[] => {
    const { read, steps } = check(inputs, sequenceLengths, options)
    if (read.strategy !== 'greedy')
      return fail(WHERE, {
        expected: "strategy 'greedy' in a model",
        got: describeValue(read.strategy),
        remedy: 'Give ops.ctcDecode what model.predict gives: it searches on the host.',
      })
    const { mergeRepeated, maskIndex } = read
    const places = Float32Array.from({ length: steps }, (_, t) => t)
    const isBehind = greaterEqual(places, expandDims(sequenceLengths, 1))
    const classes = where(isBehind, maskIndex, argmax(inputs, -1))
    const score = negative(sum(where(isBehind, 0, max(inputs, -1)), 1, true))
    const isBlank = equal(classes, maskIndex)
    const earlier = (): SymbolicTensor => getItem(classes, [null, [null, -1]])
    const isLeftOut =
      mergeRepeated && steps > 1
        ? logicalOr(isBlank, pad(equal(getItem(classes, [null, [1, null]]), earlier()), FROM_SECOND))
        : isBlank
    const order = argsort(where(isLeftOut, steps, places), 1)
    const labels = takeAlongAxis(where(isLeftOut, -1, classes), order, 1)
    return [expandDims(labels, 0), score]
  },
  { name: 'ctcDecode' },
)

/** Numbers are decoded on the host. */
function decodeNumbers(
  inputs: Tensor,
  lengths: Tensor,
  options: CtcDecodeOptions | undefined,
): [Tensor, Tensor] {
  const { read, steps, classes } = check(inputs, lengths, options)
  const [batch = 0] = inputs.shape
  if (lengths.shape[0] !== batch) fail(WHERE, { expected: `${batch} lengths`, got: showShape(lengths.shape) })
  const isGreedy = read.strategy === 'greedy'
  const paths = isGreedy ? 1 : read.topPaths
  const labels = new Float32Array(paths * batch * steps).fill(-1)
  const scores = new Float32Array(batch * paths).fill(Number.NEGATIVE_INFINITY)
  for (let sample = 0; sample < batch; sample++) {
    const length = checkInteger(WHERE, 'each length', Number(lengths.data[sample]), { min: 0, max: steps })
    const given: ClassScores = {
      // As in Keras a search takes one time step at least.
      steps: isGreedy ? length : Math.max(1, length),
      classes,
      blank: read.maskIndex,
      at: (step, label) => Number(inputs.data[(sample * steps + step) * classes + label]),
    }
    const found = isGreedy ? [greedyPath(given, read.mergeRepeated)] : beamPaths(given, read.beamWidth)
    found.slice(0, paths).forEach((path, i) => {
      labels.set(path.labels, (i * batch + sample) * steps)
      scores[sample * paths + i] = path.score
    })
  }
  return [new Tensor(labels, [paths, batch, steps]), new Tensor(scores, [batch, paths])]
}

type Numbers = Tensor | NestedArray | NumericArray

interface CtcDecode {
  (
    inputs: SymbolicTensor,
    sequenceLengths: Operand,
    options?: CtcDecodeOptions,
  ): readonly [SymbolicTensor, SymbolicTensor]
  (inputs: Numbers, sequenceLengths: Numbers, options?: CtcDecodeOptions): readonly [Tensor, Tensor]
}

/**
 * The labels of each sample and their scores, from the logits of a network that was trained by {@link ctcLoss}: logits
 * [batch, steps, classes], of which as many time steps count as the lengths [batch] say → labels [paths, batch, steps], −1 behind
 * them, and scores [batch, paths].
 *
 * `'greedy'` takes the best class of each time step; its score is the sum of their logits, negative. `'beam_search'` adds up all ways
 * to the same labels; its scores are logarithms of probabilities. A tensor of numbers, which `model.predict` gives, is decoded on the
 * host; in a model `'greedy'` is a part of its steps.
 *
 * @see keras/src/ops/nn.py
 */
export const ctcDecode: CtcDecode = /* @__PURE__ */ Object.assign(
  (inputs: never, sequenceLengths: never, options?: CtcDecodeOptions) =>
    [inputs, sequenceLengths].some((operand: unknown) => operand instanceof SymbolicTensor)
      ? decode(inputs, sequenceLengths, options)
      : decodeNumbers(numbersOf(inputs, WHERE), numbersOf(sequenceLengths, WHERE), options),
  decode,
) as unknown as CtcDecode
