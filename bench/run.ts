// What a training step costs, on the CPU backend and on WebGPU: `npm run bench`, or `npm run bench -- --cpu`.
//
// Times are medians of blocks of steps; each block ends with one read-back. They hold for the device that is named.

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import {
  Dense,
  type LayersModel,
  LSTM,
  Sequential,
  setBackend,
  setSeed,
  type Tensor,
  tensor,
} from 'recurra/node'

const { values } = parseArgs({
  options: { cpu: { type: 'boolean', default: false }, blocks: { type: 'string', default: '7' } },
})
const blocks = Number(values.blocks)

interface Case {
  readonly name: string
  readonly batch: number
  /** Steps of a block. */
  readonly steps: number
  readonly input: readonly number[]
  readonly model: () => LayersModel
}

const lstm = (units: number, time: number, features: number) => () =>
  Sequential([LSTM(units, { inputShape: [time, features] }), Dense(1)])

const cases: readonly Case[] = [
  { name: 'echo: LSTM 5, B 5, T 1', batch: 5, steps: 200, input: [1, 1], model: lstm(5, 1, 1) },
  { name: 'LSTM 32, B 32, T 25, D 1', batch: 32, steps: 8, input: [25, 1], model: lstm(32, 25, 1) },
  { name: 'LSTM 64, B 32, T 50, D 16', batch: 32, steps: 4, input: [50, 16], model: lstm(64, 50, 16) },
]

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0

function noise(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * i) / 2),
    shape,
  )
}

async function timeTraining({
  batch,
  steps,
  input,
  model: build,
}: Case): Promise<{ ms: number; dispatches: number }> {
  const model = build()
  model.compile({ loss: 'mean_squared_error', optimizer: 'adam' })
  const x = noise([batch * steps, ...input])
  const y = noise([batch * steps, 1])
  const block = () => model.fit(x, y, { batchSize: batch, verbose: 0, shuffle: false })
  await block()
  const times: number[] = []
  for (let i = 0; i < blocks; i++) {
    const start = performance.now()
    await block()
    times.push((performance.now() - start) / steps)
  }
  const { dispatches } = model.plan({ batchSize: batch })
  model.dispose()
  return { ms: median(times), dispatches }
}

/** The echo as a whole: 1000 epochs of one batch, from the first call of a fresh model. */
async function timeEcho(): Promise<number> {
  const model = lstm(5, 1, 1)()
  model.compile({ loss: 'mean_squared_error', optimizer: 'adam' })
  const y = tensor([0, 0.2, 0.4, 0.6, 0.8], [5, 1])
  const start = performance.now()
  await model.fit(tensor(y.data, [5, 1, 1]), y, { epochs: 1000, batchSize: 5, verbose: 0 })
  const ms = performance.now() - start
  model.dispose()
  return ms
}

setSeed(1)
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`)
for (const backend of values.cpu ? (['cpu'] as const) : (['cpu', 'webgpu'] as const)) {
  const { description } = await setBackend(backend)
  console.log(`\n${description}`)
  console.log(`  ${'echo, 1000 epochs'.padEnd(28)}${(await timeEcho()).toFixed(0).padStart(9)} ms`)
  for (const item of cases) {
    const { ms, dispatches } = await timeTraining(item)
    const counts = backend === 'webgpu' ? `  ${dispatches} dispatches, 1 pass, 1 submit` : ''
    console.log(`  ${item.name.padEnd(28)}${ms.toFixed(3).padStart(9)} ms a step${counts}`)
  }
}
