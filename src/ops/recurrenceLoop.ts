// A recurrence of any cell on the CPU: the loop over time, forward and back, with the cell's step of one row as its parameter.
// This is the readable reference; hot calls run in WebAssembly.

import { impossible } from '../errors.ts'
import type { CpuSide } from '../graph/operation.ts'
import type { CompiledFunctions } from './compiled.gen.ts'
import { eachSeen } from './recurrentConvolution.ts'
import { type Direction, directionsOf, type LoopParams } from './recurrentDirections.ts'

/** The tensors of a call by name; absent ones are empty. */
type Floats = Readonly<Record<string, Float32Array>>

/** The units of one row at one time step. */
interface Row {
  readonly units: number
  readonly tensors: Floats
  readonly gates: Float32Array
  /** Offset of the row's gates in `gates`. */
  z: number
  /** Offset of the row in tensors [B, T, U]. */
  offset: number
  /** Offset of the row in `states` and the carried gradients. */
  at: number
  /** Codes of the activations. */
  readonly activation: number
  readonly recurrentActivation: number
  /** The factors by which each gate sees the row's units through recurrent dropout, [4, U]. */
  masks: Float32Array
  /** Where the direction's columns begin in a row of the bias that the recurrence adds, and how long a row is. */
  biasAt: number
  biasRow: number
}

interface ForwardRow extends Row {
  /** h·R, where the cell keeps it apart from `gates`. */
  readonly product: Float64Array
  /** A vector of units times a gate's block of R. */
  through(vector: ArrayLike<number>, gate: number): Float64Array
  /** Each state, before the time step and then after it. */
  readonly states: readonly Float64Array[]
}

interface BackwardRow extends Row {
  /** The gradient of h, without the carried part. */
  readonly d: Float64Array
  /** Each state's carried gradient beside R·dz: of the time step processed after, and then of this one. */
  readonly carried: readonly Float64Array[]
  /** The states before the time step that the backward pass reads; null stands for zeros. */
  readonly before: (Float32Array | null)[]
  readonly beforeAt: number[]
  /** A gate's block of R times the gradients of that gate in `gates`. */
  back: (gate: number) => Float64Array
}

/** A cell's formulas for one row at one time step. */
export interface CellFormulas {
  readonly gates: number
  /** For each state, the input of the backward operation that has it of every time step, if any. */
  readonly sequences: readonly (string | null)[]
  /** For each state, the tensor beside h in which the forward operation has it of every time step, if any. */
  readonly stores?: readonly (string | null)[]
  /** Whether h·R is handed to `forward` by itself; by default it is added to x·W in `gates`. */
  readonly keepsProduct?: boolean
  /** By how much the gradient of a column's sum goes through R, 1 by default; `offset` is that of the row in tensors [B, T, U]. */
  through?(tensors: Floats, offset: number, column: number, units: number): number
  /** Replaces sums in `gates` by gates and `states` by the next; stores what the backward pass reads beside gates and h. */
  forward(row: ForwardRow): void
  /** Replaces the gates in `gates` by the gradients of their sums. */
  backward(row: BackwardRow): void
}

const rowOf = (tensors: Floats, { units, ACTIVATION = 0, RECURRENT_ACTIVATION = 0 }: LoopParams) => ({
  units,
  tensors,
  gates: tensors.gates as Float32Array,
  z: 0,
  offset: 0,
  at: 0,
  activation: ACTIVATION,
  recurrentActivation: RECURRENT_ACTIVATION,
  masks: new Float32Array(),
  biasAt: 0,
  biasRow: 0,
})

/** Directs a row at a row of a batch at the time step that is processed as number s. */
function moveTo(row: Row, direction: Direction, r: number, s: number): void {
  const offset = direction.offsetOf(r, s)
  row.z = offset * direction.wide
  row.offset = offset * row.units
  row.at = r * row.units
  row.masks = direction.masksOf(r)
  row.biasAt = direction.direction * direction.wide
  row.biasRow = (direction.p.DIRECTIONS ?? 1) * direction.wide
}

/** What a time step that is not valid stores: the states of the one before, which stay. */
function keepStates({ stores = [] }: CellFormulas, { tensors, states, units, offset, at }: ForwardRow): void {
  stores.forEach((name, k) => {
    const to = name === null ? undefined : tensors[name]
    if (to?.length) to.set(states[k]!.subarray(at, at + units), offset)
  })
  // It has no gradients, by which the cell's products are multiplied.
  tensors.inner?.fill(0, offset, offset + units)
}

function runForward(formulas: CellFormulas, tensors: Floats, p: LoopParams, iteration: number): void {
  const { batch: rows, time, units, stateStride } = p
  const { gates, initial, recurrentKernel: R, h, last } = tensors as Record<string, Float32Array>
  if (!gates || !initial || !R || !h || !last) impossible('a recurrence without its tensors')
  const states = formulas.sequences.map(() => new Float64Array(rows * units))
  const products = new Float64Array(formulas.keepsProduct ? rows * formulas.gates * units : 0)
  for (const direction of directionsOf(p, formulas.gates, iteration)) {
    const { wide } = direction
    const eachState = (visit: (k: number, i: number, at: number) => void): void => {
      for (let r = 0; r < rows; r++)
        for (let k = 0; k < states.length; k++)
          for (let u = 0; u < units; u++)
            visit(k, r * units + u, k * stateStride + direction.laneOf(r) * units + u)
    }
    eachState((k, i, at) => {
      states[k]![i] = p.hasState ? initial[at]! : 0
    })
    for (let s = 0; s < time; s++) {
      for (let r = 0; r < rows && (s > 0 || p.hasState === 1); r++) {
        const [sums, z] = formulas.keepsProduct
          ? [products, r * wide]
          : [gates, direction.offsetOf(r, s) * wide]
        eachSeen(r, p, 1, (seen, entry) => {
          const masks = direction.masksOf(seen)
          for (let k = 0; k < units; k++) {
            const weights = direction.weightsOf(entry, k)
            const before = states[0]![seen * units + k]!
            for (let first = 0; first < wide; first += units) {
              const factor = before * masks[first + k]!
              if (factor === 0) continue
              for (let j = first; j < first + units; j++) sums[z + j]! += factor * R[weights + j]!
            }
          }
        })
      }
      for (let r = 0; r < rows; r++) {
        const product = products.subarray(r * wide, (r + 1) * wide)
        const through: ForwardRow['through'] = (vector, gate) => direction.through(R, vector, gate)
        const row: ForwardRow = { ...rowOf(tensors, p), states, product, through }
        moveTo(row, direction, r, s)
        if (direction.isValid(tensors.mask, r, s)) formulas.forward(row)
        else keepStates(formulas, row)
        product.fill(0)
        if (p.storeH) for (let u = 0; u < units; u++) h[row.offset + u] = states[0]![row.at + u]!
      }
    }
    if (p.storeLast)
      eachState((k, i, at) => {
        last[at] = states[k]![i]!
      })
  }
}

function runBackward(formulas: CellFormulas, tensors: Floats, p: LoopParams, iteration: number): void {
  const { batch: rows, time, units, stateStride } = p
  // A cell whose way back reads no states has no initial ones there.
  const {
    gates,
    initial = null,
    recurrentKernel: R,
    dh,
    dLast,
    dInitial,
  } = tensors as Record<string, Float32Array>
  if (!gates || !R || !dh || !dInitial) impossible('a recurrence without its tensors')
  const numbers = () => new Float64Array(rows * units)
  const carried = formulas.sequences.map(numbers)
  const sequences = formulas.sequences.map((name) => (name === null ? null : (tensors[name] ?? null)))
  const row: BackwardRow = {
    ...rowOf(tensors, p),
    d: numbers(),
    carried,
    before: sequences.map(() => null),
    beforeAt: sequences.map(() => 0),
    back: () => new Float64Array(),
  }
  const { d } = row
  // The gradient of h that time steps that are not valid hand on.
  const handedOn = numbers()
  for (const direction of directionsOf(p, formulas.gates, iteration)) {
    const { wide } = direction
    /** Sets d to the gradient of the row's state from all windows that see it at time step s. */
    const throughKernel = (r: number, s: number): void => {
      const masks = direction.masksOf(r)
      d.set(handedOn.subarray(r * units, (r + 1) * units), r * units)
      eachSeen(r, p, -1, (window, entry) => {
        const offset = direction.offsetOf(window, s)
        const z = offset * wide
        const share = (j: number): number => formulas.through?.(tensors, offset * units, j, units) ?? 1
        for (let u = 0; u < units; u++) {
          const weights = direction.weightsOf(entry, u)
          for (let first = 0; first < wide; first += units) {
            let part = 0
            for (let j = first; j < first + units; j++) part += R[weights + j]! * share(j) * gates[z + j]!
            d[r * units + u]! += part * masks[first + u]!
          }
        }
      })
    }
    for (let r = 0; r < rows; r++) {
      for (let u = 0; u < units; u++) {
        const lane = direction.laneOf(r) * units + u
        carried.forEach((values, k) => {
          values[r * units + u] = k > 0 && p.hasDLast ? dLast![lane]! : 0
        })
      }
    }
    d.fill(0)
    handedOn.fill(0)
    for (let s = time - 1; s >= 0; s--) {
      // All rows of a time step come before the next one, because windows read neighbouring rows.
      for (let r = 0; r < rows && s < time - 1; r++) throughKernel(r, s + 1)
      for (let r = 0; r < rows; r++) {
        const lane = direction.laneOf(r)
        moveTo(row, direction, r, s)
        row.back = (gate) => direction.back(R, gates.subarray(row.z), gate)
        for (let u = 0; u < units; u++) {
          if (p.dhKind === 1) d[row.at + u]! += dh[row.offset + u]!
          else if (p.dhKind === 2 && s === time - 1) d[row.at + u]! += dh[lane * units + u]!
        }
        const own = d.subarray(row.at, row.at + units)
        handedOn.fill(0, row.at, row.at + units)
        if (!direction.isValid(tensors.mask, r, s)) {
          handedOn.set(own, row.at)
          row.gates.fill(0, row.z, row.z + wide)
          continue
        }
        sequences.forEach((sequence, k) => {
          row.before[k] = s > 0 ? sequence : p.hasState ? initial : null
          row.beforeAt[k] = s > 0 ? direction.offsetOf(r, s - 1) * units : k * stateStride + lane * units
        })
        formulas.backward(row)
      }
    }
    if (p.storeDInitial === 0) continue
    for (let r = 0; r < rows; r++) {
      throughKernel(r, 0)
      for (let u = 0; u < units; u++) {
        const lane = direction.laneOf(r) * units + u
        carried.forEach((values, k) => {
          dInitial[k * stateStride + lane] = values[r * units + u]! + (k === 0 ? d[r * units + u]! : 0)
        })
      }
    }
  }
}

/**
 * The CPU sides of a recurrence's forward and backward operation.
 *
 * @param forward The name of the compiled function that does the same; `backward` likewise.
 */
export const recurrenceSides = (
  formulas: CellFormulas,
  forward?: keyof CompiledFunctions,
  backward?: keyof CompiledFunctions,
): readonly [CpuSide, CpuSide] => [
  sideOf(formulas, runForward, forward),
  sideOf(formulas, runBackward, backward),
]

const sideOf = (
  formulas: CellFormulas,
  run: typeof runForward,
  compiled: keyof CompiledFunctions | undefined,
): CpuSide => ({
  cpu: (tensors, params, { iteration = 0 }) =>
    run(formulas, tensors as Floats, params as unknown as LoopParams, iteration),
  ...(compiled && { compiled }),
})
