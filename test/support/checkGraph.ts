// Random models: WebGPU agrees with the CPU, and the CPU's gradients with differences of the loss along a random direction.

import { expect } from 'vitest'
import { type FunctionalModel, type Tensor, tensor } from '../../src/index.ts'
import { chooseBackend } from './backends.ts'
import { expectClose } from './compare.ts'
import { quiet } from './models.ts'
import { uniform } from './values.ts'

/** A compiled model, and data for it. */
export interface Case {
  readonly model: FunctionalModel
  readonly x: Tensor[]
  readonly y: Tensor[]
}

/** The loss's slope along a direction, by central differences and by the gradients. */
async function slopes(
  { model, x, y }: Case,
  seed: number,
): Promise<[byDifference: number, byGradient: number]> {
  const h = 4e-3
  const weights = await model.getWeights()
  const direction = weights.map(({ shape }, i) => uniform(shape, -1, 1, seed + i))
  const lossAt = async (step: number): Promise<number> => {
    model.setWeights(
      weights.map(({ data, shape }, i) =>
        tensor(
          data.map((w, j) => w + step * (direction[i]?.data[j] ?? 0)),
          shape,
        ),
      ),
    )
    return [await model.evaluate(x, y, quiet)].flat()[0] ?? Number.NaN
  }
  const difference = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h)
  model.setWeights(weights)
  const gradients = await model.gradients(x, y)
  const slope = model.weights.reduce((sum, { path }, i) => {
    const { data } = gradients[path] as Tensor
    return sum + data.reduce((total, value, j) => total + value * (direction[i]?.data[j] ?? 0), 0)
  }, 0)
  return [difference, slope]
}

/** Checks a model that is as smooth as differences ask. */
export async function checkGraph(drawn: Case, seed: number): Promise<void> {
  await chooseBackend('cpu')
  const { model, x, y } = drawn
  const [difference, slope] = await slopes(drawn, seed + 300)
  // h²/6 of the third derivative and 2⁻²⁴·loss/h of rounding, a few 1e-5 each.
  expect(Math.abs(slope - difference)).toBeLessThan(2e-3 * Math.max(0.1, Math.abs(slope)))
  const cpu = {
    outputs: [await model.predict<Tensor | Tensor[]>(x)].flat(),
    gradients: await model.gradients(x, y),
  }

  await chooseBackend('webgpu')
  const outputs = [await model.predict<Tensor | Tensor[]>(x)].flat()
  // Errors are of the size of what the layers compute with, about 1, also where a product of them is small.
  outputs.forEach(({ data }, i) => {
    expectClose(`output ${i}`, data, cpu.outputs[i]?.data ?? [], 1e-6, 1)
  })
  const gradients = await model.gradients(x, y)
  const all = Object.values(cpu.gradients).flatMap(({ data }) => [...data].map(Math.abs))
  const scale = Math.max(0.1, ...all)
  for (const [path, { data }] of Object.entries(cpu.gradients)) {
    expectClose(path, gradients[path]?.data, data, 1e-5, scale)
  }
  const { history } = await model.fit(x, y, { ...quiet, epochs: 2, batchSize: 2 })
  expect(history.loss?.every(Number.isFinite)).toBe(true)
  model.dispose()
}
