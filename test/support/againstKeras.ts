/**
 * Functions of `ops` against numbers of Keras (test/golden/operations.json), gradients against differences; on the CPU, and where a case
 * says so on both backends.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { ops, type SymbolicTensor } from '../../src/index.ts'
import { stepAlone } from '../../src/layers/rnn/stepAlone.ts'
import type { Operand } from '../../src/operations/operation.ts'
import { lowerTraced } from '../../src/operations/tracedLoss.ts'
import { Tensor } from '../../src/util/tensor.ts'
import { checkOp } from './checkOp.ts'
import { sampled } from './sampled.ts'

interface StoredTensor {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

interface StoredCase {
  /** What was called in Keras, with the inputs x, y and z. */
  readonly call: string
  readonly inputs: readonly StoredTensor[]
  readonly outputs: readonly StoredTensor[]
}

const stored = JSON.parse(
  readFileSync(new URL('../golden/operations.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, StoredCase>>

type Fn = (x: SymbolicTensor, y: SymbolicTensor, z: SymbolicTensor) => unknown

interface Details {
  readonly fn: Fn
  /** The inputs that it has gradients by, as letters of x, y and z: by default those that the case has, '' for none. */
  readonly by?: string
  /** Whether it is compared with WebGPU: where other functions' tests do not show what the GPU makes of it. */
  readonly onGpu?: boolean
  /** How far off a result may be, relative where it is above 1; 10⁻⁵ by default. */
  readonly tolerance?: number
}

/** A function of the inputs of the case of its name. */
export type KerasCase = Fn | Details

/** A test a function; of those that are compared with WebGPU in every run each third one, in a long run all. */
export function testAgainstKeras(cases: Readonly<Record<string, KerasCase>>): void {
  const isForGpu = (name: string): boolean => {
    const given = cases[name]
    return typeof given === 'object' && given.onGpu === true
  }
  const onGpu = sampled(Object.keys(cases).filter(isForGpu), 6)
  test.each(Object.entries(cases))('%s', async (name, given) => {
    const { fn, by = 'xyz', tolerance = 1e-5 }: Details = typeof given === 'function' ? { fn: given } : given
    const { inputs, outputs } = stored[name] ?? expect.fail(`test/golden/operations.json has no ${name}`)
    const tensors = Object.fromEntries(
      inputs.map(({ shape, values }, i) => [`x${i}`, new Tensor(Float32Array.from(values), shape)]),
    )
    const shapes: unknown[] = []
    const op = (graph: Graph, values: Readonly<Record<string, Value>>, _attrs: object) => {
      const inOrder = inputs.map((_, i) => values[`x${i}`] as Value)
      // All results are one row, whose shapes are looked at beside.
      const call = (x: readonly SymbolicTensor[]): readonly SymbolicTensor[] => {
        const result = fn(x[0] as SymbolicTensor, x[1] as SymbolicTensor, x[2] as SymbolicTensor)
        const results = Array.isArray(result) ? (result as readonly Operand[]) : [result as Operand]
        shapes.splice(0, shapes.length, ...results.map((each) => ops.shape(each)))
        return [
          ops.concatenate(
            results.map((each) => ops.ravel(each)),
            0,
          ),
        ]
      }
      return { y: lowerTraced(name, call, inOrder, stepAlone(graph, name)) }
    }
    const { outputs: found } = await checkOp(op, {
      inputs: tensors,
      attrs: {},
      by: Object.keys(tensors).filter((_, i) => by.includes('xyz'.charAt(i))),
      roundings: 64,
      isCpuAlone: !onGpu.includes(name),
      differenceStep: 2 ** -8,
    })
    expect(shapes).toEqual(outputs.map(({ shape }) => shape))
    const expected = outputs.flatMap(({ values }) => values)
    const off = expected.findIndex(
      (value, i) => !(Math.abs((found.y[i] ?? Number.NaN) - value) <= tolerance * (1 + Math.abs(value))),
    )
    expect(off < 0 ? null : `${off}: ${found.y[off]} for ${expected[off]}`).toBeNull()
    // The same numbers to the bit, without a model.
    const direct = fn(...(Object.values(tensors) as unknown as Parameters<Fn>))
    const ofAll = [direct].flat() as readonly Tensor[]
    expect(ofAll.map(({ shape }) => shape)).toEqual(shapes)
    expect(ofAll.flatMap(({ data }) => [...data])).toEqual([...found.y])
  })
}
