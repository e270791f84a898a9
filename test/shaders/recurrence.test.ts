// A recurrent cell is data: one that is not the LSTM, of one state, of two gates whose rows of R are no whole vectors, and with a
// part of its gradient that goes back beside R·dz, runs by every strategy, forward and back, on both backends, at the edges of
// workgroups and tiles, in chunks, and with both directions; and it is what its formulas say in float64.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { linkCell, readShaders } from '../../shaders/build.ts'
import type { Kernel } from '../../src/graph/kernel.ts'
import { defineRecurrence } from '../../src/ops/defineRecurrence.ts'
import { gruCell } from '../../src/ops/gru.ts'
import { gruResetBeforeCell } from '../../src/ops/gruResetBefore.ts'
import { lstmCell } from '../../src/ops/lstm.ts'
import { type CellFormulas, recurrenceSides } from '../../src/ops/recurrenceLoop.ts'
import type { RecurrentCell } from '../../src/ops/recurrentCell.ts'
import { type RecurrentKernels, timestepFlops } from '../../src/ops/recurrentLaunches.ts'
import { matrixProduct } from '../../src/ops/recurrentProduct.ts'
import type { Directions } from '../../src/ops/recurrentSchedule.ts'
import { simpleRnnCell } from '../../src/ops/simpleRnn.ts'
import type { Tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { ownSides, webgpu } from '../support/compareBackends.ts'
import { fromStates } from '../support/fromStates.ts'
import { recurrenceSizes, strategiesFitting } from '../support/recurrenceSizes.ts'
import { uniform } from '../support/values.ts'

const file = './cells/ugrnn.wgsl'
const text = readFileSync(new URL('ugrnn.wgsl', import.meta.url), 'utf8')
const kernels = new Map<string, Kernel>(
  (await linkCell(file, { ...readShaders(), [file]: text })).map((kernel) => [kernel.name, kernel]),
)

function kernelsOf(suffix: string): RecurrentKernels {
  const named = (name: string): Kernel => {
    const kernel = kernels.get(`ugrnn${name}${suffix}`)
    if (!kernel) throw new TypeError(`no kernel ${name}${suffix}`)
    return kernel
  }
  return {
    registers: named('Registers'),
    columns: named(suffix === '' ? 'Columns' : 'Streamed'),
    streamed: named('Streamed'),
    tiled: named('Tiled'),
    subgroups: named('Subgroups'),
    fused: named('Fused'),
    timestep: named('Timestep'),
  }
}

const cell = {
  gates: 2,
  states: ['h'],
  stores: [],
  reads: { hidden: 'h' },
  functions: [],
  forward: kernelsOf(''),
  backward: kernelsOf('Gradient'),
} as const satisfies RecurrentCell

const formulas: CellFormulas = {
  gates: 2,
  sequences: ['hidden'],
  forward({ gates, z, units, states: [h], at }) {
    for (let u = 0; u < units; u++) {
      const update = 1 / (1 + Math.exp(-gates[z + u]!))
      const candidate = Math.tanh(gates[z + units + u]!)
      gates[z + u] = update
      gates[z + units + u] = candidate
      h![at + u] = update * h![at + u]! + (1 - update) * candidate
    }
  },
  backward({ gates, z, units, d, carried: [dh], before: [before], beforeAt: [from = 0], at }) {
    for (let u = 0; u < units; u++) {
      const [update, candidate] = [gates[z + u]!, gates[z + units + u]!]
      const total = d[at + u]! + dh![at + u]!
      gates[z + u] = total * ((before?.[from + u] ?? 0) - candidate) * update * (1 - update)
      gates[z + units + u] = total * (1 - update) * (1 - candidate ** 2)
      dh![at + u] = total * update
    }
  },
}

const [recurrence, gradient] = defineRecurrence('ugrnn', cell, matrixProduct)
const ugrnn = fromStates(recurrence)
const [forwardSide, backwardSide] = recurrenceSides(formulas)
ownSides[recurrence.operation.name] = forwardSide
ownSides[gradient.operation.name] = backwardSide

function inputs(batch: number, time: number, units: number, directions: Directions) {
  const reach = 1 / Math.sqrt(units)
  return {
    z: uniform([batch, time, 2 * directions * units], -1, 1, 1),
    recurrentKernel: uniform([units, 2 * directions * units], -reach, reach, 2),
    h0: uniform([batch, directions * units], -1, 1, 3),
  }
}

test.each(recurrenceSizes(webgpu.traits, cell.gates))(
  '$strategy [$batch, $time, $units]',
  async ({ batch, time, units, strategy }) => {
    await checkOp(ugrnn, {
      inputs: inputs(batch, time, units, 1),
      attrs: { reverse: false },
      strategy,
      read: ['h', 'hLast'],
      by: time * units < 200 ? ['z', 'recurrentKernel', 'h0'] : ['h0'],
      roundings: time * (units + 16),
    })
  },
)

test.each(strategiesFitting(8, cell.gates, webgpu.traits))(
  '%s both ways, in chunks of steps',
  async (strategy) => {
    const [batch, time, units] = [5, 5, 8]
    const given = {
      inputs: inputs(batch, time, units, 2),
      attrs: { reverse: false, directions: 2 },
      strategy,
      launchFlops: 2 * timestepFlops(cell.gates, { batch, units, DIRECTIONS: 2 }),
      roundings: time * (units + 16),
    } as const
    await checkOp(ugrnn, { ...given, read: ['h'], by: ['z', 'recurrentKernel', 'h0'] })
    const { outputs } = await checkOp(ugrnn, { ...given, read: ['hLast'] })
    expect(outputs.hLast).toHaveLength(batch * 2 * units)
  },
)

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
  const given = inputs(...size, 1)
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
