// Muon.

import { checkFinite, checkInteger, checkText, describeValue, fail } from '../../errors.ts'
import type { Graph } from '../../graph/graph.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { muonChunks, muonMoments, muonScale, muonStep, orthogonal } from '../../ops/muon.ts'
import { part } from '../../ops/view.ts'
import { type Config, flag, nullable, option, type TableFor } from '../../util/options.ts'
import { sizeOf } from '../../util/shape.ts'
import {
  decayRate,
  defineOptimizer,
  type OptimizerConstructor,
  type OptimizerOptions,
} from '../defineOptimizer.ts'
import { notNegative, type Optimizer, type UpdateTensors } from '../optimizer.ts'
import { withUsed } from '../partOfOptimizer.ts'
import { atLeastZero } from './options.ts'

export interface MuonOptions extends OptimizerOptions {
  /** How much of the mean of gradients a step of Adam's keeps, in [0, 1), `0.9` by default. */
  readonly adamBeta1?: number
  /** How much of the mean of squared gradients a step of Adam's keeps, in [0, 1), `0.999` by default. */
  readonly adamBeta2?: number
  /** The weight decay of weights that Adam updates, `0.004` by default; none where it is null. */
  readonly adamWeightDecay?: number | null
  /** Added to the root that a step of Adam's is divided by, `1e-7` by default. */
  readonly epsilon?: number
  /** Patterns: matrices whose paths match one of them, `'output'` or `'dense_2/.*'`, are updated by Adam, too. None by default. */
  readonly excludeLayers?: readonly string[]
  /** Whether Adam updates matrices with `embedding` in their paths, `true` by default. */
  readonly excludeEmbeddings?: boolean
  /** The first number of the iteration that makes a step orthogonal, `3.4445` by default. */
  readonly muonA?: number
  /** The second number of the iteration, `-4.775` by default. */
  readonly muonB?: number
  /** The third number of the iteration, `2.0315` by default. */
  readonly muonC?: number
  /** What the learning rate is multiplied by where Adam updates, at least 0, `1` by default. */
  readonly adamLrRatio?: number
  /** How much of the sum of gradients a step keeps, in [0, 1), `0.95` by default. */
  readonly momentum?: number
  /** Steps of the iteration, at least 0, `5` by default. */
  readonly nsSteps?: number
  /** Whether momentum is Nesterov's, which looks ahead: `true` by default. */
  readonly nesterov?: boolean
  /** A step of a matrix is multiplied by this and by the root of its larger side, as far as Adam's go: `0.2` by default; by nothing where it is null. */
  readonly rmsRate?: number | null
}

function readPatterns(where: string, name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value))
    return fail(where, { expected: `${name} to be a list of patterns`, got: describeValue(value) })
  for (const pattern of value) {
    try {
      new RegExp(checkText(where, `each of ${name}`, pattern))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      fail(where, { expected: `${name} to be patterns`, got: describeValue(pattern) })
    }
  }
  return [...value]
}

const table = {
  adamBeta1: decayRate(0.9),
  adamBeta2: decayRate(0.999),
  adamWeightDecay: { ...nullable(notNegative), fallback: 0.004 },
  epsilon: atLeastZero(1e-7),
  excludeLayers: option<readonly string[]>([], readPatterns),
  excludeEmbeddings: flag(true),
  muonA: option(3.4445, checkFinite),
  muonB: option(-4.775, checkFinite),
  muonC: option(2.0315, checkFinite),
  adamLrRatio: atLeastZero(1),
  momentum: decayRate(0.95),
  nsSteps: option(5, (where, name, value) => checkInteger(where, name, value, { min: 0 })),
  nesterov: flag(true),
  rmsRate: { ...nullable(notNegative), fallback: 0.2 },
} satisfies TableFor<Omit<MuonOptions, keyof OptimizerOptions>>

type MuonConfig = Config<typeof table>

/** Whether Adam updates a weight, as it does all that are no matrices. */
const isAdams = ({ excludeEmbeddings, excludeLayers }: MuonConfig, { path, shape }: Variable): boolean =>
  shape.length !== 2 ||
  (excludeEmbeddings && path.toLowerCase().includes('embedding')) ||
  excludeLayers.some((pattern) => new RegExp(pattern).test(path))

/**
 * Muon (Jordan et al. 2024): steps of matrices by momentum that is made orthogonal, which five steps of a Newton–Schulz iteration do.
 * Adam updates all other weights, and should update a last layer, too (`excludeLayers`). A step takes 22 launches for each shape of
 * matrices, 15 of which are products, where Adam alone takes one.
 *
 * @param options The learning rate, or `learningRate` (0.001), `weightDecay` (0.004), `momentum` (0.95), `nesterov` (true),
 * `nsSteps` (5), `rmsRate` (0.2), `excludeLayers`, `excludeEmbeddings` (true), and numbers of Adam and of the iteration.
 * @see keras/src/optimizers/muon.py
 */
export const Muon: OptimizerConstructor<MuonOptions> = defineOptimizer(
  'Muon',
  { learningRate: 0.001, weightDecay: 0.004 },
  table,
  (config) => ({
    slots: [
      { name: 'momentum' },
      { name: 'velocity', shape: (weight) => (isAdams(config, weight) ? weight.shape : null) },
    ],
    scalars: (rate, t) => ({
      rate,
      first: (rate * config.adamLrRatio * Math.sqrt(1 - config.adamBeta2 ** t)) / (1 - config.adamBeta1 ** t),
    }),
    decayOf: (weight) => (isAdams(config, weight) ? config.adamWeightDecay : undefined),
    lower: (graph, tensors, optimizer) => lower(graph, tensors, withUsed(graph, tensors, optimizer), config),
  }),
)
export type Muon = ReturnType<typeof Muon>

function lower(graph: Graph, tensors: UpdateTensors, optimizer: Optimizer, config: MuonConfig): void {
  const { parameters, gradients, scaling, layout, slots } = tensors
  const [m, velocity] = slots
  if (!m) return
  const adams = optimizer.weights.filter((weight) => isAdams(config, weight))
  const matrices = optimizer.weights.filter((weight) => !adams.includes(weight))
  const velocities = optimizer.variables.filter(({ slot }) => slot === 'velocity')
  const offsetOf = (variable: Variable | undefined): number =>
    variable ? layout.placeOf(variable).offset : 0
  const plan = muonChunks(
    matrices.map((weight) => {
      const [rows = 1, columns = 1] = weight.shape
      return { shape: [rows, columns], offset: offsetOf(weight) }
    }),
    adams.map((weight, i) => ({
      size: sizeOf(weight.shape),
      offset: offsetOf(weight),
      velocity: offsetOf(velocities[i]),
    })),
  )
  const { adamBeta1: beta1, adamBeta2: beta2, epsilon, momentum, nesterov, adamLrRatio: ratio } = config
  const chunks = graph.constant(plan.chunks.values, plan.chunks.shape)
  const { directions, squares } = muonMoments(
    graph,
    // Without weights of Adam's there is no memory of theirs.
    { chunks, gradients, parameters, scaling, m, v: adams.length > 0 ? velocity : undefined },
    { beta1, beta2, epsilon, momentum, nesterov, ratio, matrices: plan.matrices, size: plan.size },
  )
  const { muonA: a, muonB: b, muonC: c, nsSteps: steps, rmsRate } = config
  for (const { shape, count, offset, chunks: own } of plan.groups) {
    const given = { chunks: graph.constant(own.values, own.shape) }
    const x = part(graph, directions, { shape: [count, ...shape], offset })
    const { y } = muonScale(graph, { ...given, x, squares }, {})
    const length = rmsRate === null ? 1 : Math.sqrt(Math.max(...shape)) * rmsRate
    muonStep(
      graph,
      { ...given, parameters, scaling, x: orthogonal(graph, y, { a, b, c, steps }) },
      { length },
    )
  }
}
