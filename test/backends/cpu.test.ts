/** The CPU backend: its memory, with WebAssembly and without, and the turns that it leaves to the event loop. */
import { expect, test, vi } from 'vitest'
import { createCpuBackend } from '../../src/backends/cpu/cpu.ts'
import { CpuExecutable } from '../../src/backends/cpu/executable.ts'
import { separateHeap, WasmHeap } from '../../src/backends/cpu/heap.ts'
import { compile } from '../../src/compiler/compile.ts'
import { Graph } from '../../src/graph/graph.ts'
import { Dense, LSTM, Sequential, setBackend, setSeed } from '../../src/index.ts'
import { affine } from '../../src/ops/affine.ts'
import { uniform } from '../support/values.ts'

const PAGE = 65536

function createHeap(pages: number) {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages + 4 })
  return { memory, heap: new WasmHeap(memory, 1000) }
}

test('pieces lie apart, after the module’s own data, at multiples of 64', () => {
  const { heap } = createHeap(1)
  const pieces = [1, 100, 64, 4096].map((bytes) => heap.allocate(bytes))
  const sorted = [...pieces].sort((a, b) => a.address - b.address)
  expect(sorted[0]?.address).toBeGreaterThanOrEqual(1000)
  for (const [i, { address, bytes }] of sorted.entries()) {
    expect(address % 64).toBe(0)
    expect(address + bytes).toBeLessThanOrEqual(sorted[i + 1]?.address ?? PAGE)
  }
})

test('what is freed is joined, taken again, and zero', () => {
  const { heap } = createHeap(1)
  const pieces = Array.from({ length: 4 }, () => heap.allocate(8192))
  for (const { buffer, address } of pieces) new Uint8Array(buffer, address, 8192).fill(7)
  const first = pieces[0]?.address ?? 0
  for (const piece of [pieces[2], pieces[0], pieces[1], pieces[3]]) piece?.free()
  const whole = heap.allocate(4 * 8192)
  expect(whole.address).toBe(first)
  expect(heap.generation).toBe(0)
  expect(new Uint8Array(whole.buffer, whole.address, whole.bytes).every((byte) => byte === 0)).toBe(true)
})

test('freeing twice frees once', () => {
  const { heap } = createHeap(1)
  const piece = heap.allocate(128)
  piece.free()
  piece.free()
  const [a, b] = [heap.allocate(128), heap.allocate(128)]
  expect(a.address).not.toBe(b.address)
})

test('memory grows, keeps its contents, and refuses what it cannot hold', () => {
  const { memory, heap } = createHeap(1)
  const piece = heap.allocate(16)
  new Float32Array(piece.buffer, piece.address, 4).set([1, 2, 3, 4])
  const large = heap.allocate(2 * PAGE)
  expect(heap.generation).toBe(1)
  expect(large.buffer).toBe(memory.buffer)
  expect([...new Float32Array(piece.buffer, piece.address, 4)]).toEqual([1, 2, 3, 4])
  expect(() => heap.allocate(8 * PAGE)).toThrow(
    /CPU backend: expected 524352 bytes more of memory, got none beside the 262144 bytes in use/,
  )
  expect(heap.allocate(64).bytes).toBe(64)
})

test('without WebAssembly each piece is an array of its own', () => {
  const [a, b] = [separateHeap.allocate(8), separateHeap.allocate(8)]
  expect(a.buffer).not.toBe(b.buffer)
})

test('it says how it computes', async () => {
  expect((await createCpuBackend()).info.description).toMatch(/^CPU \(WebAssembly (relaxed )?SIMD\)$/)
  expect((await createCpuBackend('SIMD')).info.description).toBe('CPU (WebAssembly SIMD)')
  expect((await createCpuBackend('JavaScript')).info.description).toBe('CPU (JavaScript)')
})

test.each([
  ['missing', undefined],
  [
    'forbidden',
    { ...WebAssembly, Memory: WebAssembly.Memory, instantiate: () => Promise.reject(new Error('CSP')) },
  ],
])('where WebAssembly is %s, operations run in JavaScript', async (_, stub) => {
  vi.stubGlobal('WebAssembly', stub)
  try {
    const { description } = await setBackend('cpu')
    expect(description).toBe('CPU (JavaScript)')
    const model = Sequential([LSTM(3, { inputShape: [4, 2] }), Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    const data = [uniform([8, 4, 2], -1, 1), uniform([8, 1], -1, 1, 2)] as const
    const { history } = await model.fit(...data, { epochs: 3, verbose: 0 })
    expect(history.loss?.[2]).toBeLessThan(history.loss?.[0] ?? 0)
    model.dispose()
  } finally {
    vi.unstubAllGlobals()
  }
})

test('memory may grow for an arena while a plan is bound to others', async () => {
  const backend = await createCpuBackend()
  const graph = new Graph()
  const size = 4 * 1024 * 1024
  graph.result('small', affine(graph, { x: graph.resident('small', 0, [3]) }, { scale: 2 }).y)
  graph.result('large', affine(graph, { x: graph.resident('large', 0, [size]) }, { shift: 1 }).y)
  const executable = await backend.load(compile(graph, backend.traits), (name) => {
    const buffer = backend.createBuffer(name, name === 'small' ? 12 : 4 * size)
    if (name === 'small') backend.write(buffer, 0, Float32Array.of(1, 2, 3))
    return buffer
  })
  executable.run(0)
  expect([...(await executable.read('small'))]).toEqual([2, 4, 6])
  expect((await executable.read('large')).every((value) => value === 1)).toBe(true)
})

test('a model trains on while the memory moves under it', async () => {
  await setBackend('cpu')
  const train = async (between: () => Promise<void>): Promise<number[]> => {
    setSeed(1)
    const model = Sequential([LSTM(5, { inputShape: [4, 2] }), Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    const [x, y] = [uniform([8, 4, 2], -1, 1), uniform([8, 1], -1, 1, 2)]
    const losses =
      (await model.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 })).history.loss ?? []
    await between()
    const more =
      (await model.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 })).history.loss ?? []
    model.dispose()
    return [...losses, ...more]
  }
  const expected = await train(async () => undefined)
  const found = await train(async () => {
    const large = Sequential([Dense(700, { inputShape: [3000] })])
    await large.predict(uniform([50, 3000], -1, 1))
    large.dispose()
  })
  expect(found).toEqual(expected)
})

test.each([
  ['setImmediate', setImmediate],
  ['a message, as in pages', undefined],
])('the event loop turns after 12 ms of work, by %s', async (_, stub) => {
  const [immediate, run] = [setImmediate, CpuExecutable.prototype.run]
  const [SIZE, BATCH] = [256, 16]
  // What runs at once takes 5 ms of a clock that nothing else moves.
  let clock = 0
  let runs = 0
  let isRunning = true
  const perTurn: number[] = []
  const watch = (): void => {
    if (runs > 0) perTurn.push(runs)
    runs = 0
    if (isRunning) immediate(watch)
  }
  vi.stubGlobal('setImmediate', stub)
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
  vi.spyOn(CpuExecutable.prototype, 'run').mockImplementation(function (
    this: CpuExecutable,
    first,
    count = 1,
  ) {
    // The most operations that run at once are fewer than those of two steps.
    expect(count).toBe(1)
    clock += 5
    runs++
    run.call(this, first, count)
  })
  try {
    await setBackend('cpu')
    const model = Sequential([Dense(SIZE, { inputShape: [SIZE] })])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const [x, y] = [uniform([40 * BATCH, SIZE], -1, 1), uniform([40 * BATCH, SIZE], -1, 1, 2)]
    for (const call of [
      () => model.fit(x, y, { batchSize: BATCH, epochs: 2, verbose: 0 }),
      () => model.evaluate(x, y, { batchSize: BATCH, verbose: 0 }),
      () => model.predict(x, { batchSize: BATCH }),
    ]) {
      perTurn.length = 0
      isRunning = true
      watch()
      await call()
      isRunning = false
      expect(perTurn.length).toBeGreaterThan(10)
      expect(Math.max(...perTurn)).toBe(3)
    }
    model.dispose()
  } finally {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  }
})
