// model.profile(): where the time of a step goes, by operation, beside what it computes and moves and what the device can.

import type { Backend, BackendName, Executable, OperationTimes } from '../backends/backend.ts'
import { compile } from '../compiler/compile.ts'
import type { Plan, PlannedOperation } from '../compiler/plan.ts'
import { checkInteger, fail } from '../errors.ts'
import { BYTES, Graph } from '../graph/graph.ts'
import { affine } from '../ops/affine.ts'
import { matmul } from '../ops/matmul.ts'
import { option, readOptions, type TableFor } from '../util/options.ts'
import { sizeOf } from '../util/shape.ts'
import { drawTable } from '../util/table.ts'
import type { ModelCore } from './core.ts'
import { readInputs, readSamples, type Samples, samplesOf } from './data/data.ts'
import { DatasetBuffers } from './data/dataset.ts'
import { Store } from './store.ts'
import { shapesOfBatch } from './trainer/batchOutputs.ts'

export interface ProfileOptions {
  /** How often the step runs, `10` by default, 10,000 at most; times are medians. */
  readonly repeats?: number
}

const profileOptions = {
  repeats: option(10, (where, name, value) => checkInteger(where, name, value, { min: 1, max: 10_000 })),
} as const satisfies TableFor<ProfileOptions>

/** One operation of the step. */
export interface OperationProfile {
  /** Its name, such as `lstm`. */
  readonly operation: string
  /** Of its first output, or of the first tensor that it updates. */
  readonly shape: readonly number[]
  /** How it was launched, where it can be in several ways. */
  readonly strategy: string
  /** Launches of a kernel a step. */
  readonly launches: number
  /** Null where the device has no timestamps. */
  readonly milliseconds: number | null
  /** Floating-point operations of products and recurrences. */
  readonly flops: number
  /** Bytes of its tensors: what it reads and writes at least. */
  readonly bytes: number
  /** The time that the device's best rates would take, as a share of the time it took: near 1 is as fast as it gets. */
  readonly share: number | null
}

export interface ProfileReport {
  /** Where the step ran. */
  readonly backend: BackendName
  /** The device, in words. */
  readonly device: string
  /** In the order of the step. */
  readonly operations: readonly OperationProfile[]
  /** Sum of the operations' times; null where the device has no timestamps. */
  readonly milliseconds: number | null
  /**
   * The milliseconds in which the device's clock counts, where these are so many that they blur the times, which are means
   * then: browsers hide finer ones. Null where the clock is fine.
   */
  readonly clockStep: number | null
  /** The best rates measured on this device: of a large product, and of a large copy. Null without timestamps. */
  readonly peak: Peak | null
  /** A table, the slowest operation first. */
  toString(): string
}

export interface Peak {
  /** Floating-point operations a second. */
  readonly flopsPerSecond: number
  /** Bytes that the device's memory moved a second. */
  readonly bytesPerSecond: number
}

/** Times a training step on the batch [x, y], or a prediction's on x. Weights and states stay as they are. */
export async function profileModel(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: ProfileOptions,
): Promise<ProfileReport> {
  const where = `${core.where}.profile`
  const { repeats } = readOptions(where, profileOptions, options)
  const trains = y !== undefined && y !== null
  if (trains) core.compiled(where)
  const samples = trains ? await readSamples(core, { x, y }, where) : readUnlabelled(core, x, where)
  const batch = core.fixedBatch ?? samples.rows
  if (samples.rows !== batch) {
    fail(where, {
      expected: `a batch of ${batch} samples, to which the model is fixed`,
      got: `${samples.rows}`,
    })
  }
  const device = await core.prepare(samples.inputs)
  const { backend, layout } = device
  // Separate copies of the variables, so that the runs change nothing, even beside a running fit.
  const store = new Store(backend, layout, core)
  const buffers = new DatasetBuffers(backend, layout.sizeOf('totals'))
  try {
    await store.sync()
    buffers.uploadInOrder(samples)
    if (!trains) {
      shapesOfBatch(core, { samples: samples.inputs, size: batch }, where).forEach((shape, i) => {
        buffers.buffer(`results:${i}`, 4 * sizeOf(shape))
      })
    }
    const { inputs, targets, weights } = samples
    const request = { kind: trains ? 'train' : 'predict', batch, inputs, targets, weights } as const
    const executable = await device.load(request, store)
    try {
      buffers.bindTo(executable)
      buffers.writeSteps([executable], [{ start: 0, iteration: 1, reset: 1, ...core.optimizer?.scalars(1) }])
      const peak = await peakOf(backend)
      const times = await executable.profile(repeats)
      return report(backend, executable.plan, times, peak)
    } finally {
      executable.dispose()
    }
  } finally {
    buffers.dispose()
    store.dispose()
  }
}

function readUnlabelled(core: ModelCore, x: unknown, where: string): Samples {
  const inputs = readInputs(core, x, where)
  return {
    rows: inputs[0]?.shape[0] ?? 0,
    inputs: samplesOf(inputs),
    fields: inputs.map(({ data }) => data),
    targets: [],
    weights: [],
  }
}

function report(
  { info }: Backend,
  plan: Plan,
  times: OperationTimes | null,
  peak: Peak | null,
): ProfileReport {
  const operations = plan.operations.map((planned, index): OperationProfile => {
    const milliseconds = times?.milliseconds[index] ?? null
    const bytes = bytesOf(planned)
    const best = peak && 1000 * Math.max(planned.flops / peak.flopsPerSecond, bytes / peak.bytesPerSecond)
    return {
      operation: planned.op.name,
      shape: shapeOf(planned),
      strategy: planned.strategy,
      launches: planned.launches.length,
      milliseconds,
      flops: planned.flops,
      bytes,
      share: best !== null && milliseconds ? Math.min(best / milliseconds, 1) : null,
    }
  })
  const milliseconds = times?.milliseconds.reduce((sum, time) => sum + time, 0) ?? null
  const clockStep = times?.coarseness ?? null
  const made = { backend: info.backend, device: info.description, operations, milliseconds, clockStep, peak }
  return { ...made, toString: () => print(made) }
}

function shapeOf({ op, shapes }: PlannedOperation): readonly number[] {
  const name = [...op.outputNames, ...op.updates].find((candidate) => candidate in shapes)
  return name === undefined ? [] : (shapes[name] ?? [])
}

/** Bytes of an operation's tensors; an output that overwrites an input counts once. */
function bytesOf({ op, tensors }: PlannedOperation): number {
  const overwritten = new Set(Object.values(op.inPlace))
  return Object.entries(tensors)
    .filter(([name]) => !overwritten.has(name))
    .reduce((sum, [, { length, dtype }]) => sum + BYTES[dtype] * length, 0)
}

const peaks = new WeakMap<Backend, Promise<Peak | null>>()
const peakOf = (backend: Backend): Promise<Peak | null> => {
  let found = peaks.get(backend)
  if (found === undefined) {
    found = measurePeak(backend)
    found.catch(() => peaks.delete(backend))
    peaks.set(backend, found)
  }
  return found
}

/** Rates of a product of square matrices and of a copy, both too large for launches to count. */
async function measurePeak(backend: Backend): Promise<Peak | null> {
  const side = backend.traits.isSoftware ? 256 : 1024
  const graph = new Graph()
  const square = [side, side]
  const a = graph.resident('a', 0, square)
  graph.result('product', matmul(graph, { a, b: graph.resident('b', 0, square) }, {}).y)
  graph.result('copy', affine(graph, { x: graph.resident('c', 0, [16 * side, side]) }, { scale: 2 }).y)
  const plan = compile(graph, backend.traits)
  const arenas = new Map(
    [
      ['a', 1],
      ['b', 1],
      ['c', 16],
    ].map(([name, count]) => [
      String(name),
      backend.createBuffer(`peak ${name}`, 4 * Number(count) * side * side),
    ]),
  )
  let executable: Executable | null = null
  let times: OperationTimes | null
  try {
    executable = await backend.load(
      plan,
      (name) => arenas.get(name) ?? fail('profile', { expected: 'an arena', got: name }),
    )
    times = await executable.profile(5)
  } finally {
    executable?.dispose()
    for (const buffer of arenas.values()) buffer.destroy()
  }
  const [product, copy] = times?.milliseconds ?? []
  if (!product || !copy) return null
  return {
    flopsPerSecond: (2000 * side ** 3) / product,
    bytesPerSecond: (1000 * 2 * 4 * 16 * side * side) / copy,
  }
}

function print({
  device,
  operations,
  milliseconds,
  clockStep,
  peak,
}: Omit<ProfileReport, 'toString'>): string {
  const head = peak
    ? `${device}: ${formatRate(peak.flopsPerSecond, 'FLOP/s')} in a large product, ${formatRate(peak.bytesPerSecond, 'B/s')} in a large copy`
    : `${device}: no timestamps, so no times`
  const rows = [...operations]
    .sort((a, b) => (b.milliseconds ?? 0) - (a.milliseconds ?? 0))
    .map(({ operation, shape, strategy, launches, milliseconds: ms, flops, bytes, share }) => [
      strategy === 'default' ? operation : `${operation} (${strategy})`,
      shape.join('×'),
      String(launches),
      ms === null ? '–' : ms.toFixed(3),
      flops === 0 ? '' : (flops / 1e6).toFixed(2),
      (bytes / 1e6).toFixed(2),
      share === null ? '' : `${(100 * share).toFixed(0)} %`,
    ])
  const total = ['in all', '', '', milliseconds === null ? '–' : milliseconds.toFixed(3), '', '', '']
  const heads = ['operation', 'shape', 'launches', 'ms', 'MFLOP', 'MB', 'of best rate']
  const cells = [...rows, total]
  const columns = heads.map((header, i) => ({
    header,
    width: Math.max(header.length, ...cells.map((row) => row[i]?.length ?? 0)),
    align: i === 0 ? ('left' as const) : ('right' as const),
  }))
  const clock =
    clockStep === null
      ? []
      : [`Times are means: the clock counts in ${clockStep.toPrecision(2)} ms, which blurs shorter ones.`]
  return [head, ...clock, ...drawTable(columns, cells)].join('\n')
}

const formatRate = (rate: number, unit: string): string => `${(rate / 1e9).toPrecision(3)} G${unit}`
