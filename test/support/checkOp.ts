/**
 * `checkOp` checks one operation:
 *
 *   - forward, WebGPU against the CPU: outputs, and what the operation leaves in the memory of its inputs
 *   - gradients on the CPU against differences of F = Σ w·y with random w (test/support/differences.ts)
 *   - gradients, WebGPU against the CPU
 *
 *     await checkOp(softmax, { inputs: { x: [3, 65] }, attrs: {}, by: ['x'] })
 *
 * A file that imports this makes a device for its tests.
 */
import { expect } from 'vitest'
import { createCpuBackend } from '../../src/backends/cpu/cpu.ts'
import { WebGpuBackend } from '../../src/backends/webgpu/webgpu.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { Plan } from '../../src/compiler/plan.ts'
import { differentiate } from '../../src/graph/autodiff.ts'
import { Graph, type Value } from '../../src/graph/graph.ts'
import type { Operation, StepScalars } from '../../src/graph/operation.ts'
import { add, binary } from '../../src/ops/elementwise.ts'
import { type Shape, sizeOf } from '../../src/util/shape.ts'
import { Tensor } from '../../src/util/tensor.ts'
import { checkDifferences } from './differences.ts'
import { requestTestDevice } from './gpu.ts'
import { type Floats, LoadedPlan, type Memory, type Run, residentIn } from './runPlan.ts'
import { largestOf, uniform } from './values.ts'

/** An input: its shape, for values in [−1, 1), or the values. */
export type OpInput = Shape | Tensor | Uint32Array
type Values = Readonly<Record<string, Value | undefined>>
type NameIn<T> = Extract<keyof T, string>

export interface OpCase<I extends Values, O extends Values, A> {
  readonly inputs: { readonly [N in keyof I]: OpInput }
  readonly attrs: A
  /** The outputs that are read; all by default. F is made of them. */
  readonly read?: readonly NameIn<O>[]
  /** The inputs whose gradients are checked; none by default. */
  readonly by?: readonly NameIn<I>[]
  /** Differentiates the mean of this output, a loss, instead of F. */
  readonly loss?: NameIn<O>
  /**
   * How many roundings an element of a result goes through, 8 by default: what the backends may differ by, in units of
   * ε = 2⁻²³ times the largest magnitude of the tensor. A function that WGSL lets be off by 2 ε counts as two.
   */
  readonly roundings?: number
  /** The results are sums of products: errors grow with each element's own Σ|a·b|, which is its value at |inputs|. */
  readonly products?: boolean
  /** Step of the differences, 2⁻⁵ by default: smaller where the fifth derivative is far above the first. */
  readonly differenceStep?: number
  /** Steps that run one after another; one by default. */
  readonly steps?: readonly Partial<StepScalars>[]
  /** How many workgroups fit in x before a launch goes on in y. */
  readonly maxWorkgroups?: number
}

export interface OpResult<O extends Values> {
  readonly outputs: Readonly<Record<NameIn<O>, Float32Array>>
  readonly gradients: Floats
  /** The inputs as the steps left them. */
  readonly memory: Floats
}

const EPSILON = 2 ** -23
const STEP: StepScalars = { start: 0, iteration: 1, rate: 0.01, reset: 0 }
const cpu = createCpuBackend()
const webgpu = new WebGpuBackend(await requestTestDevice(), false)

/** Checks `op` and returns what the CPU gave. */
export async function checkOp<I extends Values, O extends Values, A>(
  op: (graph: Graph, inputs: I, attrs: A) => O,
  test: OpCase<NoInfer<I>, NoInfer<O>, NoInfer<A>>,
): Promise<OpResult<O>> {
  const steps = (test.steps ?? [{}]).map((step) => ({ ...STEP, ...step }))
  const inputs = drawInputs(test.inputs)
  const memory: Memory = Object.fromEntries(
    Object.entries(inputs).map(([name, { values }]) => [name, values]),
  )
  const build = () => buildGraph(op, inputs, test)

  const { graph, outputs } = build()
  for (const [name, value] of Object.entries(outputs)) graph.result(name, value)
  const forward = compile(graph, limitsOf(test))
  const forwardRun = await compareBackends(forward, memory, steps, test)

  const gradients = test.by?.length ? await checkGradients(build(), forward, memory, steps, test) : {}
  return { outputs: forwardRun.results as OpResult<O>['outputs'], gradients, memory: forwardRun.memory }
}

const limitsOf = ({ maxWorkgroups = 65535 }: { readonly maxWorkgroups?: number }) => ({
  maxWorkgroupsPerDimension: maxWorkgroups,
})

interface DrawnInput {
  readonly shape: Shape
  readonly values: Memory[string]
}

function drawInputs(inputs: Readonly<Record<string, OpInput>>): Record<string, DrawnInput> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input], index): [string, DrawnInput] => {
      if (input instanceof Uint32Array) return [name, { shape: [input.length], values: input }]
      const { shape, data } = input instanceof Tensor ? input : uniform(input, -1, 1, index + 1)
      return [name, { shape, values: data }]
    }),
  )
}

interface BuiltGraph {
  readonly graph: Graph
  readonly inputs: Readonly<Record<string, Value>>
  /** Those that are read. */
  readonly outputs: Readonly<Record<string, Value>>
}

function buildGraph<I extends Values, O extends Values, A>(
  op: (graph: Graph, inputs: I, attrs: A) => O,
  drawn: Readonly<Record<string, DrawnInput>>,
  { attrs, read }: OpCase<I, O, A>,
): BuiltGraph {
  const graph = new Graph()
  const inputs = Object.fromEntries(
    Object.entries(drawn).map(([name, { shape, values }]) => [name, residentIn(graph, name, shape, values)]),
  )
  // The names and optionality of `inputs` are those of I by the type of OpCase.
  const all = Object.entries(op(graph, inputs as unknown as I, attrs))
  const outputs = Object.fromEntries(
    all.flatMap(([name, value]) =>
      value && (read === undefined || read.some((wanted) => wanted === name)) ? [[name, value]] : [],
    ),
  )
  return { graph, inputs, outputs }
}

// As a root of differentiation, y·w stands for its sum: the gradient by y is w.
const functional: Operation = { ...binary.operation, gradient: ({ inputs: { b } }) => ({ a: b }) }
const weightsName = (output: string): string => `w of ${output}`

type GradientCase = Pick<
  OpCase<Values, Values, unknown>,
  'by' | 'loss' | 'roundings' | 'products' | 'differenceStep' | 'maxWorkgroups'
>

async function checkGradients(
  { graph, inputs, outputs }: BuiltGraph,
  forward: Plan,
  memory: Memory,
  steps: readonly StepScalars[],
  test: GradientCase,
): Promise<Floats> {
  const { by = [], loss, roundings = 8, differenceStep = 2 ** -5 } = test
  const weights: Record<string, Float32Array> = {}
  const roots = Object.entries(outputs).map(([name, y], index) => {
    if (loss !== undefined) {
      weights[name] = new Float32Array(sizeOf(y.shape)).fill(name === loss ? 1 / sizeOf(y.shape) : 0)
      return y
    }
    weights[name] = uniform(y.shape, -1, 1, 100 + index).data
    const w = residentIn(graph, weightsName(name), y.shape, weights[name])
    const { y: root } = graph.add(functional, { a: y, b: w }, { fn: 'multiply' })
    return root ?? y
  })
  const wrt = by.map((name) => inputs[name] ?? fail(`no input ${name}`))
  differentiate(graph, roots, wrt, add).forEach((d, i) => {
    graph.result(by[i] ?? '', d ?? fail(`no gradient by ${by[i]}`))
  })
  const used = Object.entries(loss === undefined ? weights : {}).map(
    ([name, w]) => [weightsName(name), w] as const,
  )
  const { results } = await compareBackends(
    compile(graph, limitsOf(test)),
    { ...memory, ...Object.fromEntries(used) },
    steps,
    test,
    'd ',
  )
  const plan = await LoadedPlan.load(cpu, forward, memory)
  const outputsAt = async (changed: Memory) => (await plan.run(changed, steps)).results
  await checkDifferences(outputsAt, memory, weights, results, { h: differenceStep, roundings })
  plan.dispose()
  return results
}

function fail(message: string): never {
  throw new Error(`checkOp: ${message}`)
}

/** Runs the plan on both backends, expects the same of both and returns what the CPU gave. */
async function compareBackends(
  plan: Plan,
  memory: Memory,
  steps: readonly StepScalars[],
  { roundings = 8, products = false }: GradientCase,
  prefix = '',
): Promise<Run> {
  const run = async (backend: typeof cpu, values: Memory): Promise<Run> => {
    const loaded = await LoadedPlan.load(backend, plan, values)
    const found = await loaded.run(values, steps)
    loaded.dispose()
    return found
  }
  const expected = await run(cpu, memory)
  const found = await run(webgpu, memory)
  const grown = products ? await run(cpu, absolute(memory)) : null
  const compare = (label: string, pick: (run: Run) => Floats): void => {
    for (const [name, values] of Object.entries(pick(expected))) {
      const scales = grown && pick(grown)[name]
      expectClose(label + name, pick(found)[name], values, scales ?? largestOf(values), roundings)
    }
  }
  compare(prefix, (result) => result.results)
  compare('memory of ', (result) => result.memory)
  return expected
}

const absolute = (memory: Memory): Memory =>
  Object.fromEntries(Object.entries(memory).map(([name, values]) => [name, values.map(Math.abs)]))

/** Expects `found` to differ from `expected` by at most `roundings` times 2⁻²³ of `scale`, a number or one an element. */
export function expectClose(
  name: string,
  found: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  scale: number | ArrayLike<number>,
  roundings: number,
): void {
  expect(found?.length, `length of ${name}`).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((found?.[i] ?? Number.NaN) - (expected[i] ?? Number.NaN))
    const magnitude = Math.abs(typeof scale === 'number' ? scale : (scale[i] ?? Number.NaN))
    const roundingsFound = difference === 0 ? 0 : difference / (EPSILON * magnitude)
    if (!(roundingsFound <= roundings)) {
      expect.fail(
        `${name}[${i}]: expected ${expected[i]}, got ${found?.[i]}, ${roundingsFound.toPrecision(3)} ε of ${magnitude}`,
      )
    }
  }
}
