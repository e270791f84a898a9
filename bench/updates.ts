// What an update of a million weights costs by each optimizer, on the CPU and on the GPU, beside Adam's: its launches, milliseconds, and
// how much longer it takes. `node .ci/gpu.mjs bench/updates.ts [gpu]`.

import type { Backend, DeviceBuffer, Executable } from '../src/backends/backend.ts'
import { createCpuBackend } from '../src/backends/cpu/cpu.ts'
import { backendFor } from '../src/backends/select.ts'
import { STEPS, StepRing } from '../src/backends/steps.ts'
import { compile } from '../src/compiler/compile.ts'
import { Graph, type Value } from '../src/graph/graph.ts'
import { optimizers, setBackend } from '../src/index.ts'
import type { Variable } from '../src/layers/weights/variable.ts'
import { Layout } from '../src/models/layout.ts'
import type { Optimizer } from '../src/training/optimizer.ts'
import { sizeOf } from '../src/util/shape.ts'

const shapes = [[512, 1024], [256, 1024], [1024], [512, 512], [1024], [512, 1]]
const ROUNDS = 9
/** Steps of a block: a multiple of those that are one update. */
const BLOCK = 8

const { Adadelta, Adafactor, Adagrad, Adam, Adamax, AdamW, Ftrl, Lamb, Lion, Nadam, RMSprop, SGD } =
  optimizers
const everything = { globalClipnorm: 1, weightDecay: 1e-4, useEma: true }
const contenders: Readonly<Record<string, () => Optimizer>> = {
  Adam: () => Adam(),
  SGD: () => SGD(),
  'SGD, momentum': () => SGD({ learningRate: 1e-3, momentum: 0.9 }),
  RMSprop: () => RMSprop(),
  'RMSprop, centered, momentum': () => RMSprop({ centered: true, momentum: 0.9 }),
  Adagrad: () => Adagrad(),
  Adadelta: () => Adadelta(),
  Adamax: () => Adamax(),
  Nadam: () => Nadam(),
  'Adam, amsgrad': () => Adam({ amsgrad: true }),
  Ftrl: () => Ftrl(),
  'Ftrl, another power': () => Ftrl({ learningRatePower: -0.6 }),
  Lion: () => Lion(),
  Muon: () => optimizers.Muon(),
  Lamb: () => Lamb(),
  Adafactor: () => Adafactor(),
  AdamW: () => AdamW(),
  'Adam, clipvalue': () => Adam({ clipvalue: 0.5 }),
  'Adam, clipnorm': () => Adam({ clipnorm: 1 }),
  'Adam, globalClipnorm': () => Adam({ globalClipnorm: 1 }),
  'Adam, useEma': () => Adam({ useEma: true }),
  'Adam, accumulation': () => Adam({ gradientAccumulationSteps: 2 }),
  'Adam, clipped, decaying, averaged': () => Adam(everything),
  'Adam, everything': () => Adam({ ...everything, gradientAccumulationSteps: 2 }),
}

interface Loaded {
  readonly launches: number
  readonly run: () => Promise<number>
}

/** The update of an optimizer on a backend, with random weights and gradients. */
async function load(backend: Backend, optimizer: Optimizer): Promise<Loaded> {
  const weights = shapes.map((shape, i): Variable => {
    return { path: `w${i}`, shape, kind: 'weight', value: new Float32Array(sizeOf(shape)), home: null }
  })
  optimizer.build(weights)
  const layout = new Layout([...weights, ...optimizer.variables], new Set(weights), 0)
  const graph = new Graph()
  const whole = (arena: string): Value => graph.resident(arena, 0, [layout.sizeOf(arena)])
  const tensors = {
    parameters: whole('parameters'),
    gradients: whole('gradients'),
    layout,
    slots: optimizer.rule.slots.map(({ name }) => whole(`optimizer:${name}`)),
  }
  optimizer.rule.lower(graph, tensors, optimizer)
  const plan = compile(graph, backend.traits)
  const arenas = new Map<string, DeviceBuffer>()
  const contents: [string, Float32Array][] = [...layout.sizes].map(([name, size]) => [
    name,
    Float32Array.from({ length: size }, (_, i) =>
      name === 'optimizer:linear' ? 0 : Math.abs(Math.sin(i + 1)),
    ),
  ])
  for (const [name, values] of [...contents, ...graph.constants]) {
    const buffer = backend.createBuffer(name, 4 * Math.max(values.length, 1))
    backend.write(buffer, 0, values)
    arenas.set(name, buffer)
  }
  const ring = new StepRing(backend, BLOCK)
  arenas.set(STEPS, ring.buffer)
  const executable: Executable = await backend.load(plan, (name) => arenas.get(name) as DeviceBuffer)
  const steps = Array.from({ length: BLOCK }, (_, i) => ({
    ...{ start: 0, reset: 0, iteration: i + 1 },
    ...optimizer.scalars(i + 1),
  }))
  ring.write(plan.scalars, steps)
  await executable.accept()
  const last = arenas.get('parameters') as DeviceBuffer
  return {
    launches: plan.operations.flatMap(({ launches }) => launches).length,
    async run() {
      const start = performance.now()
      executable.run(0, BLOCK)
      await backend.read(last, 4)
      return (performance.now() - start) / BLOCK
    },
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function bench(name: string, backend: Backend): Promise<void> {
  console.log(`${name}: launches, ms, times Adam's`)
  const adam = await load(backend, Adam())
  for (const [label, make] of Object.entries(contenders)) {
    const loaded = await load(backend, make())
    const rounds: [number, number][] = []
    await loaded.run()
    for (let i = 0; i < ROUNDS; i++) rounds.push([await adam.run(), await loaded.run()])
    const ratio = median(rounds.map(([a, b]) => b / a))
    const ms = median(rounds.map(([, b]) => b))
    console.log(
      `${label.padEnd(36)} ${loaded.launches} ${ms.toFixed(2).padStart(8)} ${ratio.toFixed(2).padStart(7)}`,
    )
  }
}

await bench('CPU', await createCpuBackend('relaxed SIMD', {}))
if (process.argv.includes('gpu')) {
  await setBackend('webgpu')
  await bench('GPU', await backendFor(() => Number.POSITIVE_INFINITY))
}
