// A recurrent cell is data: one that is not the LSTM runs by every strategy, forward and back, on both backends, in chunks, and with
// both directions, each strategy at a size whose last tile and vector end early; and it is what its formulas say in float64. At the
// other edges of workgroups and tiles: recurrence.long.test.ts.
import { expect, test } from 'vitest'
import type { Kernel } from '../../src/graph/kernel.ts'
import { gruCell } from '../../src/ops/gru.ts'
import { gruResetBeforeCell } from '../../src/ops/gruResetBefore.ts'
import { lstmCell } from '../../src/ops/lstm.ts'
import { timestepFlops } from '../../src/ops/recurrentLaunches.ts'
import { simpleRnnCell } from '../../src/ops/simpleRnn.ts'
import type { Tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { isOfEachKind } from '../support/maskedCases.ts'
import { oneSizeEach, strategiesFitting } from '../support/recurrenceSizes.ts'
import { chosen, sampled } from '../support/sampled.ts'
import { checkUgrnnSize, ugrnn, ugrnnCell, ugrnnInputs } from '../support/ugrnn.ts'
import { uniform } from '../support/values.ts'

const strategies = strategiesFitting(8, ugrnnCell.gates, webgpu.traits)

test.each(sampled(oneSizeEach(webgpu.traits, ugrnnCell.gates), 8))(
  '$strategy [$batch, $time, $units]',
  checkUgrnnSize,
)

test.each(chosen(strategies, isOfEachKind))('%s both ways, in chunks of steps', async (strategy) => {
  const [batch, time, units] = [5, 5, 8]
  const given = {
    inputs: ugrnnInputs(batch, time, units, 2),
    attrs: { reverse: false, directions: 2 },
    strategy,
    launchFlops: 2 * timestepFlops(ugrnnCell.gates, { batch, units, DIRECTIONS: 2 }),
    roundings: time * (units + 16),
  } as const
  await checkOp(ugrnn, { ...given, read: ['h'], by: ['z', 'recurrentKernel', 'h0'] })
  const { outputs } = await checkOp(ugrnn, { ...given, read: ['hLast'] })
  expect(outputs.hLast).toHaveLength(batch * 2 * units)
})

type Inputs = Readonly<Record<'z' | 'recurrentKernel' | 'h0', ArrayLike<number>>>

/** h of every step, in float64, as its formulas stand. */
function reference({ z, recurrentKernel, h0 }: Inputs, batch: number, time: number, units: number): number[] {
  const outputs: number[] = []
  for (let b = 0; b < batch; b++) {
    let h = Array.from({ length: units }, (_, u) => h0[b * units + u]!)
    for (let t = 0; t < time; t++) {
      const sums = Array.from({ length: 2 * units }, (_, j) =>
        h.reduce(
          (sum, x, k) => sum + x * recurrentKernel[k * 2 * units + j]!,
          z[(b * time + t) * 2 * units + j]!,
        ),
      )
      h = h.map((x, u) => {
        const update = 1 / (1 + Math.exp(-sums[u]!))
        return update * x + (1 - update) * Math.tanh(sums[units + u]!)
      })
      outputs.push(...h)
    }
  }
  return outputs
}

test('it is what its formulas say in float64, and so are its gradients', async () => {
  const size = [3, 4, 5] as const
  const given = ugrnnInputs(...size, 1)
  const by = ['z', 'recurrentKernel', 'h0'] as const
  const { outputs, gradients } = await checkOp(ugrnn, {
    inputs: given,
    attrs: { reverse: false },
    read: ['h'],
    by,
    roundings: 100,
  })
  const values: Inputs = { z: given.z.data, recurrentKernel: given.recurrentKernel.data, h0: given.h0.data }
  reference(values, ...size).forEach((h, i) => {
    expect(outputs.h[i]).toBeCloseTo(h, 5)
  })
  // checkOp differentiates Σ w·h with these w.
  const w = uniform([3, 4, 5], -1, 1, 100).data
  const sumOf = (changed: Inputs): number =>
    reference(changed, ...size).reduce((sum, h, i) => sum + h * w[i]!, 0)
  for (const name of by) {
    const tensor: Tensor = given[name]
    tensor.data.forEach((_, i) => {
      const shifted = (by: number): Inputs => {
        const data = Float64Array.from(tensor.data)
        data[i]! += by
        return { ...values, [name]: data }
      }
      const slope = (sumOf(shifted(1e-5)) - sumOf(shifted(-1e-5))) / 2e-5
      expect(gradients[name]?.[i]).toBeCloseTo(slope, 4)
    })
  }
})

/** WebGPU's default limit of storage buffers, beside the uniforms. */
const MOST = 8

test('kernels of recurrences bind no more than every device has, a mask among them', () => {
  for (const cell of [lstmCell, gruCell, gruResetBeforeCell, simpleRnnCell]) {
    for (const { name, bindings } of [
      ...Object.values(cell.forward),
      ...Object.values(cell.backward),
    ] as Kernel[]) {
      expect([name, bindings.length <= MOST]).toEqual([name, true])
      expect(bindings.map((binding) => binding.name)).toContain('mask')
    }
  }
})
