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
import { compile } from '../../src/compiler/compile.ts'
import type { Plan } from '../../src/compiler/plan.ts'
import { differentiate } from '../../src/graph/autodiff.ts'
import { Graph, type Node, type Value } from '../../src/graph/graph.ts'
import type { DeviceTraits, StepScalars } from '../../src/graph/operation.ts'
import { sumOf } from '../../src/ops/addAll.ts'
import { furtherGradientOf, weighted } from '../../src/ops/furtherGradients.ts'
import { type Shape, sizeOf } from '../../src/util/shape.ts'
import { Tensor } from '../../src/util/tensor.ts'
import { compareBackends, cpu, type Rounding, referenceOf, webgpu } from './compareBackends.ts'
import { checkDifferences } from './differences.ts'
import { once } from './once.ts'
import { type Floats, LoadedPlan, type Memory, residentIn } from './runPlan.ts'
import { uniform } from './values.ts'

/** An input: its shape, for values in [−1, 1), or the values. */
export type OpInput = Shape | Tensor | Uint32Array
export type Values = Readonly<Record<string, Value | undefined>>
type NameIn<T> = Extract<keyof T, string>

export interface OpCase<I extends Values, O extends Values, A> extends Rounding {
  readonly inputs: { readonly [N in keyof I]: OpInput }
  readonly attrs: A
  /** The outputs that are read; all by default. F is made of them. */
  readonly read?: readonly NameIn<O>[]
  /** The inputs whose gradients are checked; none by default. */
  readonly by?: readonly NameIn<I>[]
  /** Differentiates the mean of this output, a loss, instead of F. */
  readonly loss?: NameIn<O>
  /** `floor` of the gradients. */
  readonly gradientFloor?: number
  /** Step of the differences, 2⁻⁵ by default: smaller where the fifth derivative is far above the first. */
  readonly differenceStep?: number
  /** Steps that run one after another; one by default. */
  readonly steps?: readonly StepScalars[]
  /** How many workgroups a launch may have in each dimension. */
  readonly maxWorkgroups?: number
  /** Taken wherever an operation has it; by default each operation's own choice. */
  readonly strategy?: string
  /** Whether operations choose as on a software adapter; no by default. */
  readonly isSoftware?: boolean
  /** FLOPs that one launch may do, where an operation cuts its work by them. */
  readonly launchFlops?: number
}

export interface OpResult<O extends Values> {
  readonly outputs: Readonly<Record<NameIn<O>, Float32Array>>
  readonly gradients: Floats
  /** The inputs as the steps left them. */
  readonly memory: Floats
  /** What ran, forward. */
  readonly plan: Plan
}

const STEP: StepScalars = {
  start: 0,
  iteration: 1,
  rate: 0.01,
  reset: 0,
  first: 0.01,
  second: 1,
  decay: 0.1,
  scheduled: 0,
  // Those of updates in their order (ops/updateGate.ts).
  ...Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [
      [`rate${i}`, 0.1 * (i + 1)],
      [`updates${i}`, i + 3],
    ]).flat(),
  ),
}

/** Checks `op` and returns what the CPU gave. */
export async function checkOp<I extends Values, O extends Values, A>(
  op: (graph: Graph, inputs: I, attrs: A) => O,
  test: OpCase<NoInfer<I>, NoInfer<O>, NoInfer<A>>,
): Promise<OpResult<O>> {
  const steps = (test.steps ?? [{}]).map((step) => ({ ...STEP, ...step }))
  const inputs = drawInputs(test.inputs)
  const given = Object.entries(inputs).map(([name, { values }]) => [name, values] as const)
  const build = () => buildGraph(op, inputs, test)

  const { graph, outputs } = build()
  for (const [name, value] of Object.entries(outputs)) graph.result(name, value)
  const forward = compile(graph, traitsOf(test))
  // A graph may bring constants with it.
  const memory: Memory = Object.fromEntries([...given, ...graph.constants])
  const reference = await once(op, ['forward', caseOf(test), steps], () =>
    referenceOf(forward, memory, steps, test),
  )
  const forwardRun = await compareBackends(forward, memory, steps, test, { reference })

  const gradients = test.by?.length
    ? await checkGradients(build(), { op, plan: forward, memory, steps }, test)
    : {}
  return {
    outputs: forwardRun.results as OpResult<O>['outputs'],
    gradients,
    memory: forwardRun.memory,
    plan: forward,
  }
}

/** What the numbers of a case depend on: nothing that says how a device launches it. */
const caseOf = ({ inputs, attrs, read, by, loss, products }: OpCase<Values, Values, unknown>): unknown => ({
  inputs,
  attrs,
  read,
  by,
  loss,
  products,
})

const traitsOf = ({
  maxWorkgroups = 65535,
  strategy,
  isSoftware = false,
  launchFlops,
}: Pick<
  OpCase<Values, Values, unknown>,
  'maxWorkgroups' | 'strategy' | 'isSoftware' | 'launchFlops'
>): DeviceTraits => ({
  ...webgpu.traits,
  isSoftware,
  ...(launchFlops === undefined ? {} : { launchFlops }),
  maxWorkgroupsPerDimension: maxWorkgroups,
  choose: () => strategy,
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

interface ForwardCase {
  /** The same for all cases of an operation. */
  readonly op: object
  readonly plan: Plan
  readonly memory: Memory
  readonly steps: readonly StepScalars[]
}

async function checkGradients(
  { graph, inputs, outputs }: BuiltGraph,
  { op, plan: forward, memory, steps }: ForwardCase,
  test: OpCase<Values, Values, unknown>,
): Promise<Floats> {
  const { by = [], loss, roundings = 8, differenceStep = 2 ** -5 } = test
  const weights: Record<string, Float32Array> = {}
  const arenas: Record<string, Float32Array> = {}
  const roots = Object.entries(outputs).map(([name, y], index) => {
    if (loss !== undefined) {
      weights[name] = new Float32Array(sizeOf(y.shape)).fill(name === loss ? 1 / sizeOf(y.shape) : 0)
      return y
    }
    const arena = `w of ${name}`
    const { data } = uniform(y.shape, -1, 1, 100 + index)
    weights[name] = data
    arenas[arena] = data
    const { y: root } = graph.add(
      weighted,
      { a: y, b: residentIn(graph, arena, y.shape, data) },
      { fn: 'multiply' },
    )
    return root ?? y
  })
  const wrt = by.map((name) => inputs[name] ?? fail(`no input ${name}`))
  // Operations of backward passes are differentiated as for gradients of gradients.
  const further = (node: Node) => furtherGradientOf('checkOp', node)
  differentiate(graph, roots, wrt, sumOf, { further }).forEach((d, i) => {
    graph.result(by[i] ?? '', d ?? fail(`no gradient by ${by[i]}`))
  })
  const plan = compile(graph, traitsOf(test))
  const all = { ...memory, ...Object.fromEntries(graph.constants), ...arenas }
  const numbers = [caseOf(test), steps]
  const reference = await once(op, ['backward', ...numbers], () => referenceOf(plan, all, steps, test))
  const { results } = await compareBackends(
    plan,
    all,
    steps,
    { ...test, floor: test.gradientFloor ?? 0 },
    {
      prefix: 'd ',
      reference,
    },
  )
  await once(op, ['differences', ...numbers, roundings, differenceStep], async () => {
    const again = await LoadedPlan.load(cpu, forward, memory)
    const outputsAt = async (changed: Memory) => (await again.run(changed, steps)).results
    await checkDifferences(outputsAt, memory, weights, results, { h: differenceStep, roundings })
    again.dispose()
  })
  return results
}

function fail(message: string): never {
  throw new Error(`checkOp: ${message}`)
}
