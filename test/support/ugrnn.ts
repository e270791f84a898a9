/**
 * A recurrent cell that is not the LSTM: of one state, of two gates whose rows of R are no whole vectors, and with a part of its
 * gradient that goes back beside R·dz.
 */
import { readFileSync } from 'node:fs'
import { linkCell, readShaders } from '../../shaders/build.ts'
import type { Kernel } from '../../src/graph/kernel.ts'
import { defineRecurrence } from '../../src/ops/defineRecurrence.ts'
import { type CellFormulas, recurrenceSides } from '../../src/ops/recurrenceLoop.ts'
import type { RecurrentCell } from '../../src/ops/recurrentCell.ts'
import type { RecurrentKernels } from '../../src/ops/recurrentLaunches.ts'
import { matrixProduct } from '../../src/ops/recurrentProduct.ts'
import type { Directions } from '../../src/ops/recurrentSchedule.ts'
import { checkOp } from './checkOp.ts'
import { ownSides } from './compareBackends.ts'
import { fromStates } from './fromStates.ts'
import type { RecurrenceSize } from './recurrenceSizes.ts'
import { uniform } from './values.ts'

const file = './cells/ugrnn.wgsl'
const text = readFileSync(new URL('../shaders/ugrnn.wgsl', import.meta.url), 'utf8')
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

export const ugrnnCell = {
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

const [recurrence, gradient] = defineRecurrence('ugrnn', ugrnnCell, matrixProduct)
export const ugrnn = fromStates(recurrence)
const [forwardSide, backwardSide] = recurrenceSides(formulas)
ownSides[recurrence.operation.name] = forwardSide
ownSides[gradient.operation.name] = backwardSide

export function ugrnnInputs(batch: number, time: number, units: number, directions: Directions) {
  const reach = 1 / Math.sqrt(units)
  return {
    z: uniform([batch, time, 2 * directions * units], -1, 1, 1),
    recurrentKernel: uniform([units, 2 * directions * units], -reach, reach, 2),
    h0: uniform([batch, directions * units], -1, 1, 3),
  }
}

/** Checks the recurrence and its gradients at one size. */
export async function checkUgrnnSize({ batch, time, units, strategy }: RecurrenceSize): Promise<void> {
  await checkOp(ugrnn, {
    inputs: ugrnnInputs(batch, time, units, 1),
    attrs: { reverse: false },
    strategy,
    read: ['h', 'hLast'],
    by: time * units < 200 ? ['z', 'recurrentKernel', 'h0'] : ['h0'],
    roundings: time * (units + 16),
  })
}
