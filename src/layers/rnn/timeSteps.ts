// Recurrences of Keras's cells whose activations are more than a kernel knows: softmax, a layer, a function. Each time step is operations
// of its own, with the formulas of the cell (ops/lstm.ts, ops/gru.ts, ops/gruResetBefore.ts, ops/simpleRnn.ts). Loaded by models that
// have such a layer.

import { fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { putTogether, splitAlong, takeApart } from '../../ops/cuts.ts'
import { dropout } from '../../ops/dropout.ts'
import { matmul } from '../../ops/matmul.ts'
import { type Operand, point } from '../../ops/pointwise.ts'
import type { PointwiseName } from '../../ops/pointwiseFunctions.ts'
import type { RecurrentDropout } from '../../ops/recurrentDropout.ts'
import { zerosOf } from '../../ops/zeros.ts'
import { lastOf, sameShape, showShape } from '../../util/shape.ts'
import { activate } from '../activations/activate.ts'
import type { LayerCall } from '../call.ts'
import type { ReadActivation } from '../options.ts'
import type { Variable } from '../weights/variable.ts'
import type { RecurrentInput } from './recurrentInput.ts'
import type { LayerCell, RecurrentLayer } from './recurrentLayer.ts'
import { choose, validSteps } from './validSteps.ts'

/** What a recurrence is given (ops/defineRecurrence.ts). */
interface Tensors {
  /** x·W + b of all time steps, [B, T, ..., gates · U]. */
  readonly z: Value
  readonly recurrentKernel: Value
  /** The bias that the recurrence adds, [2, gates · U], for a cell with rows of it. */
  readonly bias?: Value | undefined
  readonly mask?: Value | undefined
}

/** What a recurrence is told. */
interface Attributes {
  readonly reverse: boolean
  readonly recurrentDropout?: RecurrentDropout | undefined
}

/** What the formulas of a time step are written in. */
interface Inside {
  apply(fn: PointwiseName, a: Operand, b: Operand): Value
  act(x: Value): Value
  gate(x: Value): Value
  /** The gates of x·W + b, each [B, ..., U]. */
  readonly x: readonly Value[]
  /** h·R of each of these gates. */
  recur(h: Value, first: number, count: number): readonly Value[]
  /** The rows of a bias [2, gates · U], each cut into gates; empty without. */
  readonly biases: readonly (readonly Value[])[]
}

/** The next states from those before; the first one is the output. */
type Formula = (inside: Inside, states: readonly Value[]) => readonly Value[]

const lstm: Formula = ({ apply, act, gate, x, recur }, [h, c]) => {
  const products = recur(h as Value, 0, 4)
  const [i, f, candidate, o] = x.map((gateOfX, k) => apply('add', gateOfX, products[k] as Value)) as [
    Value,
    Value,
    Value,
    Value,
  ]
  const kept = apply('multiply', gate(f), c as Value)
  const next = apply('add', kept, apply('multiply', gate(i), act(candidate)))
  return [apply('multiply', gate(o), act(next)), next]
}

/** z·h + (1 − z)·c */
const mixed = ({ apply }: Inside, z: Value, h: Value, c: Value): Value =>
  apply('add', apply('multiply', z, h), apply('multiply', apply('subtract', 1, z), c))

const gru: Formula = (inside, [h]) => {
  const { apply, act, gate, recur, biases } = inside
  const [ofX, ofH] = [inside.x, recur(h as Value, 0, 3)].map((gates, row) => {
    const bias = biases[row]
    return bias ? gates.map((each, k) => apply('add', each, bias[k] as Value)) : gates
  }) as [readonly [Value, Value, Value], readonly [Value, Value, Value]]
  const [z, r] = [gate(apply('add', ofX[0], ofH[0])), gate(apply('add', ofX[1], ofH[1]))]
  const candidate = act(apply('add', ofX[2], apply('multiply', r, ofH[2])))
  return [mixed(inside, z, h as Value, candidate)]
}

const gruResetBefore: Formula = (inside, states) => {
  const { apply, act, gate, recur } = inside
  const [xz, xr, xc] = inside.x as [Value, Value, Value]
  const h = states[0] as Value
  const [hz, hr] = recur(h, 0, 2) as [Value, Value]
  const [z, r] = [gate(apply('add', xz, hz)), gate(apply('add', xr, hr))]
  const [hc] = recur(apply('multiply', r, h), 2, 1) as [Value]
  return [mixed(inside, z, h, act(apply('add', xc, hc)))]
}

const simple: Formula = ({ apply, act, x, recur }, [h]) => {
  const [product] = recur(h as Value, 0, 1) as [Value]
  return [act(apply('add', x[0] as Value, product))]
}

function formulaOf({ name, cell }: LayerCell): Formula {
  if (name === 'simple_rnn_cell') return simple
  if (name !== 'gru_cell') return lstm
  return cell.biasRows === undefined ? gruResetBefore : gru
}

/** Streams of draws: one for each gate's mask of the state, behind those of the inputs. */
const RECURRENT_STREAM = 8

/** The products of states with the columns of each gate. */
function recurring(
  graph: Graph,
  kernel: Value,
  gates: number,
  { rate, seed }: RecurrentDropout,
  product: NonNullable<RecurrentInput['ofTimeStep']>['product'],
): Inside['recur'] {
  const axis = kernel.shape.length - 1
  const units = lastOf(kernel.shape) / gates
  const cuts = new Map<string, readonly Value[]>()
  /** The columns of ranges of gates, which all time steps share. */
  const columns = (...counts: readonly number[]): readonly Value[] => {
    const key = counts.join()
    const found =
      cuts.get(key) ??
      (counts.length === 1
        ? [kernel]
        : splitAlong(
            graph,
            kernel,
            axis,
            counts.map((count) => count * units),
          ))
    cuts.set(key, found)
    return found
  }
  return (h, first, count) => {
    if (rate > 0) {
      const single = columns(...Array<number>(gates).fill(1))
      return single.slice(first, first + count).map((part, k) => {
        const stream = RECURRENT_STREAM + first + k
        return product(graph, dropout(graph, { x: h }, { rate, seed, stream }).y, part)
      })
    }
    const counts = [first, count, gates - first - count].filter((each) => each > 0)
    const whole = product(graph, h, columns(...counts)[first > 0 ? 1 : 0] as Value)
    return splitAlong(graph, whole, whole.shape.length - 1, Array<number>(count).fill(units))
  }
}

/** h·R and activations of time steps that are vectors. */
const ofVectors: NonNullable<RecurrentInput['ofTimeStep']> = {
  product: (graph, a, b) => matmul(graph, { a, b }, {}).y,
  activate: ({ graph }, x, name) => activate(graph, x, name),
}

/**
 * What stands in the place of a layer's recurrence in a call: it adds the output h of every time step, in the order of the inputs, and the
 * last states, `hLast`.
 */
export const timeStepsOf =
  (
    { cell: layerCell, config, inputSide, where }: RecurrentLayer,
    call: LayerCall<{ states: readonly Variable[] }>,
  ) =>
  (
    graph: Graph,
    { z, recurrentKernel, bias, mask }: Tensors,
    { reverse, recurrentDropout = { rate: 0, seed: 0 } }: Attributes,
  ): Readonly<Record<string, Value>> => {
    const { gates, states: names } = layerCell.cell
    const { product, activate: apply } = inputSide.ofTimeStep ?? ofVectors
    const activated =
      (option: string) =>
      (x: Value): Value => {
        const y = apply({ ...call.step, graph }, x, Reflect.get(config, option) as ReadActivation)
        if (sameShape(y.shape, x.shape)) return y
        return fail(`${where}, ${option}`, {
          expected: `a function that keeps the shape ${showShape(x.shape)}`,
          got: `${showShape(y.shape)} of it`,
        })
      }
    const units = lastOf(z.shape) / gates
    const gatesOf = (x: Value): readonly Value[] =>
      splitAlong(graph, x, x.shape.length - 1, Array<number>(gates).fill(units))
    const rows = bias ? splitAlong(graph, bias, 0, [1, 1]) : []
    const formula = formulaOf(layerCell)
    const inside = {
      apply: (fn: PointwiseName, a: Operand, b: Operand) => point(graph, fn, a, b),
      act: activated('activation'),
      gate: activated('recurrentActivation'),
      recur: recurring(graph, recurrentKernel, gates, recurrentDropout, product),
      biases: rows.map(gatesOf),
    }
    const valid = validSteps(graph, mask)
    const steps = takeApart(graph, z).map((value, t) => ({ value, isValid: valid[t] }))
    if (reverse) steps.reverse()
    const [batch = 1, , ...inner] = z.shape
    const given = call.states.length > 0 ? call.states : call.weights.states
    const zeros = (): Value => zerosOf(graph, [batch, ...inner.slice(0, -1), units])
    let states = given.length > 0 ? given : names.map(zeros)
    const outputs = steps.map(({ value, isValid }) => {
      const before = states
      const next = formula({ ...inside, x: gatesOf(value) }, before)
      states = next.map((state, i) => choose(graph, isValid, state, before[i] ?? 0))
      return states[0] as Value
    })
    if (reverse) outputs.reverse()
    return {
      h: putTogether(graph, outputs),
      ...Object.fromEntries(names.map((name, i) => [`${name}Last`, states[i] as Value])),
    }
  }
