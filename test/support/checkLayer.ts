// A layer against a definition of it that is written in the test, in doubles: outputs, and gradients of its weights and
// of its input by differences of the definition, on the CPU and on WebGPU.

import { Dense, Input, Model, type SymbolicTensor, setSeed, type Tensor } from '../../src/index.ts'
import { chooseBackend } from './backends.ts'
import { expectClose } from './compare.ts'
import { uniform } from './values.ts'

/** Numbers with a shape, in doubles. */
export interface Grid {
  readonly data: readonly number[]
  readonly shape: readonly number[]
}

/** What a layer makes of its input and weights. */
export type Definition = (x: Grid, ...weights: readonly Grid[]) => Grid

const BATCH = 2
const grid = ({ data, shape }: Tensor): Grid => ({ data: [...data], shape })

/** x·kernel along the last axis. */
export function product({ data, shape }: Grid, kernel: Grid): Grid {
  const [inner = 1, columns = 1] = kernel.shape.slice(-2)
  const rows = data.length / inner
  const y = Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns) * inner
    let total = 0
    for (let k = 0; k < inner; k++)
      total += (data[row + k] ?? 0) * (kernel.data[k * columns + (i % columns)] ?? 0)
    return total
  })
  return { data: y, shape: [...shape.slice(0, -1), columns] }
}

/** x + bias along the last axis; x where there is none. */
export const biased = ({ data, shape }: Grid, bias?: Grid): Grid => ({
  data: bias ? data.map((value, i) => value + (bias.data[i % bias.data.length] ?? 0)) : data,
  shape,
})

/**
 * Checks a layer, or what connects several; a product before it shows the gradient of its input.
 *
 * @param inputShape Without the batch.
 */
export async function checkLayer(
  make: () => (x: SymbolicTensor) => SymbolicTensor,
  inputShape: readonly number[],
  define: Definition,
): Promise<void> {
  setSeed(3)
  const features = inputShape.at(-1) ?? 1
  const input = Input(inputShape)
  const model = Model(input, make()(Dense(features, { useBias: false })(input)))
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const weights = (await model.getWeights()).map(({ shape }, i) => uniform(shape, -1, 1, 10 + i))
  model.setWeights(weights)

  const x = uniform([BATCH, ...inputShape], -1, 1, 1)
  const outputOf = ([mix, ...own]: readonly Grid[]): Grid =>
    define(product(grid(x), mix ?? { data: [], shape: [] }), ...own)
  const start = weights.map(grid)
  const expected = outputOf(start)
  const y = uniform(expected.shape, -1, 1, 2)
  const lossOf = (changed: readonly Grid[]): number =>
    outputOf(changed).data.reduce((sum, value, i) => sum + (value - (y.data[i] ?? 0)) ** 2, 0) / y.data.length
  const slopes = start.map(({ data, shape }, which) =>
    data.map((_, entry) => {
      const at = (step: number): number => {
        const moved = data.map((value, j) => (j === entry ? value + step : value))
        return lossOf(start.map((weight, i) => (i === which ? { data: moved, shape } : weight)))
      }
      return (at(STEP) - at(-STEP)) / (2 * STEP)
    }),
  )

  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    const output = await model.predict<Tensor>(x)
    if (String(output.shape) !== String(expected.shape))
      throw new Error(`expected output [${expected.shape}], got [${output.shape}]`)
    expectClose(`${backend}: output`, output.data, expected.data, 1e-6)
    const gradients = await model.gradients(x, y)
    model.weights.forEach(({ path }, i) => {
      expectClose(`${backend}: d ${path}`, gradients[path]?.data, slopes[i] ?? [], 1e-5)
    })
  }
  model.dispose()
}

/** Differences err by its square and by 2⁻⁵² over it, far below float32. */
const STEP = 1e-5
