// Training of a large table, of which a step updates the rows of its ids alone, beside a table in doubles that is updated as a whole.

import {
  Embedding,
  GlobalAveragePooling1D,
  type LayersModel,
  type Optimizer,
  Sequential,
  tensor,
} from '../../src/index.ts'
import { expectClose } from './compare.ts'
import { uniform } from './values.ts'

export const [ROWS, COLUMNS, BATCH, TIME] = [683, 97, 4, 6]
export const table = uniform([ROWS, COLUMNS], -1, 1, 5)

/** Ids of a step: one that comes in each, some that come again after some steps, and others that come once. */
export const idsOf = (step: number): number[] =>
  Array.from({ length: BATCH * TIME }, (_, i) =>
    i % 3 === 0 ? 7 : i % 3 === 1 ? (step * 5 + i) % 40 : (step * 91 + i * 37) % ROWS,
  )
export const targetsOf = (step: number) => uniform([BATCH, COLUMNS], -1, 1, 100 + step)
export const batchOf = (step: number) => tensor(Int32Array.from(idsOf(step)), [BATCH, TIME])

/** Updates the rows that had a gradient in this step or an earlier one, whose slots are zeros otherwise. */
export type Update = (
  w: Float64Array,
  g: Float64Array,
  rows: Iterable<number>,
  rate: number,
  t: number,
) => void

/** Calls `each` with the index of every element of some rows. */
function eachOf(rows: Iterable<number>, each: (i: number) => void): void {
  for (const row of rows) for (let i = row * COLUMNS; i < (row + 1) * COLUMNS; i++) each(i)
}

export const adam = (beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7): Update => {
  const [m, v] = [new Float64Array(table.data.length), new Float64Array(table.data.length)]
  return (w, g, rows, rate, t) => {
    const alpha = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t)
    eachOf(rows, (i) => {
      const d = g[i]!
      m[i]! += (d - m[i]!) * (1 - beta1)
      v[i]! += (d * d - v[i]!) * (1 - beta2)
      w[i]! -= (alpha * m[i]!) / (Math.sqrt(v[i]!) + epsilon)
    })
  }
}

export const sgd = (momentum: number, nesterov: boolean): Update => {
  const velocity = new Float64Array(table.data.length)
  return (w, g, rows, rate) =>
    eachOf(rows, (i) => {
      const d = g[i]!
      velocity[i] = momentum * velocity[i]! - rate * d
      w[i]! += nesterov ? momentum * velocity[i]! - rate * d : velocity[i]!
    })
}

/** Adds the gradient of the mean squared difference of targets and mean vectors, which the model gives `times` over, times `share`. */
function addGradient(
  g: Float64Array,
  w: Float64Array,
  batch: number,
  { times, share }: { readonly times: number; readonly share: number },
): void {
  const [ids, targets] = [idsOf(batch), targetsOf(batch).data]
  for (let b = 0; b < BATCH; b++) {
    const own = ids.slice(b * TIME, (b + 1) * TIME)
    for (let j = 0; j < COLUMNS; j++) {
      const mean = (times / TIME) * own.reduce((sum, id) => sum + w[id * COLUMNS + j]!, 0)
      const d = ((times / TIME) * 2 * (mean - targets[b * COLUMNS + j]!)) / (BATCH * COLUMNS)
      for (const id of own) g[id * COLUMNS + j]! += d * share
    }
  }
}

/** A table in doubles that steps on batches change. */
export class Reference {
  readonly w = Float64Array.from(table.data)
  readonly #update: Update
  readonly #scale: { readonly times: number; readonly share: number }
  readonly #gradient = new Float64Array(table.data.length)
  /** Rows that had a gradient. */
  readonly #rows = new Set<number>()
  #steps = 0

  /**
   * @param times How often the model adds up the vectors of its ids.
   * @param share The table's share of the gradient.
   */
  constructor(update: Update, times = 1, share = 1) {
    this.#update = update
    this.#scale = { times, share }
  }

  step(batch: number, rate: number): void {
    for (const row of this.#rows) this.#gradient.fill(0, row * COLUMNS, (row + 1) * COLUMNS)
    for (const row of idsOf(batch)) this.#rows.add(row)
    addGradient(this.#gradient, this.w, batch, this.#scale)
    this.#update(this.w, this.#gradient, this.#rows, rate, ++this.#steps)
  }
}

/** An update of the whole table in f32 is off by 2.5e-6 here, where gradients are small beside their roots. */
export const TOLERANCE = 5e-6

/** Trains a model and a reference on batches `from` up to `until`. */
export async function trainBoth(
  model: LayersModel,
  reference: Reference,
  [from, until]: readonly [number, number],
): Promise<void> {
  for (let batch = from; batch < until; batch++) {
    await model.trainOnBatch(batchOf(batch), targetsOf(batch))
    reference.step(batch, model.optimizer?.learningRate ?? 0)
  }
}

export async function expectTable(what: string, model: LayersModel, { w }: Reference): Promise<void> {
  const [weights] = await model.getWeights()
  expectClose(what, weights?.data, w, TOLERANCE)
}

export function createModel(optimizer: Optimizer) {
  const model = Sequential([
    Embedding(ROWS, COLUMNS, { inputShape: [TIME], weights: table }),
    GlobalAveragePooling1D(),
  ])
  model.compile({ loss: 'mse', optimizer })
  return model
}
