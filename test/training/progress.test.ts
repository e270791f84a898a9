// Progress on a clock of the test's own. What a terminal gets is what Keras 3.16's ProgbarLogger wrote on that clock.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Logs, type Output, standardOutput } from '../../src/training/output.ts'
import { ProgressBar, ProgressLogger, type ProgressLoggerOptions } from '../../src/training/progress.ts'

/** Milliseconds passed, what is logged, and whether that ends the epoch. */
type Event = readonly [passed: number, logs: Logs, end?: 'end']

function record(
  kind: Output['kind'],
  options: Omit<ProgressLoggerOptions, 'output' | 'now'>,
  events: Event[],
  columns?: number,
) {
  const written: string[] = []
  let time = 1_000_000
  const output = { kind, write: (text: string) => written.push(text), columns: () => columns }
  const logger = new ProgressLogger({ ...options, output, now: () => time })
  let epoch = 0
  let seen = 0
  for (const [passed, logs, end] of events) {
    if (seen === 0) logger.begin(epoch)
    time += passed
    if (end) {
      logger.end(logs)
      epoch++
      seen = 0
    } else {
      logger.step(++seen, logs)
    }
  }
  return written
}

// The count, the bar of 20 and the time, in their colours.
function bar(count: string, done: number, time: string): string {
  const green = done > 0 ? `\x1b[32m${'━'.repeat(done)}\x1b[0m` : ''
  return `\x1b[1m${count}\x1b[0m ${green}\x1b[37m${'━'.repeat(20 - done)}\x1b[0m \x1b[1m${time}\x1b[0m`
}
const back = (width: number): string => `${'\b'.repeat(width)}\r`

const twoEpochs: Event[] = [
  [500, { loss: 1.75, accuracy: 0.25 }],
  [40, { loss: 1.5, accuracy: 0.5 }],
  [20, { loss: 1.25, accuracy: 0.5 }],
  [0, { loss: 1.25, accuracy: 0.5, val_loss: 2 }, 'end'],
  [250, { loss: 0.0005, accuracy: 1 }],
  [125, { loss: -0.0005, accuracy: 1 }],
  [125, { loss: 0, accuracy: 1 }],
  [0, { loss: 0, accuracy: 1, val_loss: Number.NaN }, 'end'],
]

beforeEach(() => {
  vi.stubEnv('NO_COLOR', '')
  vi.stubEnv('TERM', 'xterm')
})
afterEach(() => vi.unstubAllEnvs())

test('a terminal sees the bar grow, redrawn at most every 0.05 s', () => {
  expect(record('terminal', { verbose: 1, epochs: 2, steps: 3 }, twoEpochs)).toEqual([
    'Epoch 1/2\n',
    `\r${bar('1/3', 6, '1s')} 500ms/step - loss: 1.7500 - accuracy: 0.2500`,
    `${back(72)}${bar('3/3', 20, '0s')} 30ms/step - loss: 1.2500 - accuracy: 0.5000 `,
    `${back(71)}${bar('3/3', 20, '1s')} 30ms/step - loss: 1.2500 - accuracy: 0.5000 - val_loss: 2.0000\n`,
    'Epoch 2/2\n',
    `\r${bar('1/3', 6, '0s')} 250ms/step - loss: 5.0000e-04 - accuracy: 1.0000`,
    `${back(76)}${bar('2/3', 13, '0s')} 125ms/step - loss: -5.0000e-04 - accuracy: 1.0000`,
    `${back(77)}${bar('3/3', 20, '0s')} 125ms/step - loss: 0.0000e+00 - accuracy: 1.0000 `,
    `${back(76)}${bar('3/3', 20, '0s')} 125ms/step - loss: 0.0000e+00 - accuracy: 1.0000 - val_loss: nan\n`,
  ])
})

test('colours and redrawing are left out where the environment says so', () => {
  const first = twoEpochs.slice(0, 1)
  vi.stubEnv('NO_COLOR', '1')
  const line = '━━━━━━━━━━━━━━━━━━━━ 1s 500ms/step - loss: 1.7500 - accuracy: 0.2500'
  expect(record('terminal', { verbose: 1, steps: 3 }, first)).toEqual([`\r1/3 ${line}`])
  vi.stubEnv('TERM', 'dumb')
  expect(record('terminal', { verbose: 1, steps: 3 }, first)).toEqual([])
})

test('a narrow terminal sees as much of the bar as it can redraw, and the whole last line', () => {
  const written = record('terminal', { verbose: 1, steps: 3 }, twoEpochs.slice(0, 4), 40)
  expect(written).toEqual([
    `\r${bar('1/3', 6, '1s')} 500ms/step…`,
    `${back(39)}${bar('3/3', 20, '0s').replace('\x1b[37m\x1b[0m', '')} 30ms/step …`,
    `${back(39)}${bar('3/3', 20, '1s')} 30ms/step - loss: 1.2500 - accuracy: 0.5000 - val_loss: 2.0000\n`,
  ])
  // narrower than the bar itself
  const [first] = record('terminal', { verbose: 1, steps: 3 }, twoEpochs.slice(0, 1), 12)
  expect(first).toBe(`\r\x1b[1m1/3\x1b[0m \x1b[32m${'━'.repeat(6)}\x1b[0m…`)
})

test('the number of steps is learned from the first epoch', () => {
  const epoch: Event[] = [
    [100, { loss: 1 }],
    [100, { loss: 2 }],
    [0, { loss: 2 }, 'end'],
  ]
  expect(record('terminal', { verbose: 1, epochs: 2, steps: null }, [...epoch, ...epoch])).toEqual([
    'Epoch 1/2\n',
    '\r      1/Unknown \x1b[1m0s\x1b[0m 100ms/step - loss: 1.0000',
    `${back(44)}      2/Unknown \x1b[1m0s\x1b[0m 100ms/step - loss: 2.0000`,
    `${back(44)}${bar('2/2', 20, '0s')} 100ms/step - loss: 2.0000\n`,
    'Epoch 2/2\n',
    `\r${bar('1/2', 10, '0s')} 100ms/step - loss: 1.0000`,
    `${back(53)}${bar('2/2', 20, '0s')} 100ms/step - loss: 2.0000`,
    `${back(53)}${bar('2/2', 20, '0s')} 100ms/step - loss: 2.0000\n`,
  ])
})

test('long and short steps; a single epoch has no heading', () => {
  const steps: Event[] = [
    [4_000_000, {}],
    [1_000, {}],
    [9_000, {}],
    [80_000, {}],
    [0, {}, 'end'],
  ]
  expect(record('terminal', { verbose: 1, steps: 4 }, steps)).toEqual([
    `\r${bar('1/4', 5, '3:20:00')} 4000s/step`,
    `${back(43)}${bar('2/4', 10, '2s')} 1s/step        `,
    `${back(35)}${bar('3/4', 15, '5s')} 5s/step`,
    `${back(35)}${bar('4/4', 20, '0s')} 30s/step`,
    `${back(36)}${bar('4/4', 20, '4090s')} 30s/step\n`,
  ])
  expect(record('terminal', { verbose: 1, steps: 1000 }, [[100, {}]])).toEqual([
    `\r${bar('   1/1000', 0, '1:39')} 100ms/step`,
  ])
  expect(record('file', { verbose: 1, steps: 1 }, [[0.25, {}, 'end']])[0]).toContain(' 0s 250us/step')
})

test('a file gets a plain line per epoch', () => {
  const full = '━'.repeat(20)
  expect(record('file', { verbose: 1, epochs: 2, steps: 3 }, twoEpochs)).toEqual([
    'Epoch 1/2\n',
    `3/3 ${full} 1s 30ms/step - loss: 1.2500 - accuracy: 0.5000 - val_loss: 2.0000\n`,
    'Epoch 2/2\n',
    `3/3 ${full} 0s 125ms/step - loss: 0.0000e+00 - accuracy: 1.0000 - val_loss: nan\n`,
  ])
})

test('verbose 2 is a line per epoch without a bar', () => {
  for (const kind of ['terminal', 'file'] as const) {
    expect(record(kind, { verbose: 2, epochs: 2, steps: 3 }, twoEpochs)).toEqual([
      'Epoch 1/2\n',
      '3/3 - 1s - 187ms/step - loss: 1.2500 - accuracy: 0.5000 - val_loss: 2.0000\n',
      'Epoch 2/2\n',
      '3/3 - 0s - 167ms/step - loss: 0.0000e+00 - accuracy: 1.0000 - val_loss: nan\n',
    ])
  }
  expect(record('file', { verbose: 2, steps: 1 }, [[1000, { loss: -0.5 }, 'end']])).toEqual([
    '1/1 - 1s - 1s/step - loss: -5.0000e-01\n',
  ])
})

test("a page's console gets one entry per epoch", () => {
  for (const verbose of [1, 2] as const) {
    expect(record('console', { verbose, epochs: 2, steps: 3 }, twoEpochs)).toEqual([
      'Epoch 1/2 - 3/3 - 1s - 187ms/step - loss: 1.2500 - accuracy: 0.5000 - val_loss: 2.0000',
      'Epoch 2/2 - 3/3 - 0s - 167ms/step - loss: 0.0000e+00 - accuracy: 1.0000 - val_loss: nan',
    ])
  }
})

test('verbose 0 prints nothing', () => {
  expect(record('terminal', { verbose: 0, epochs: 2, steps: 3 }, twoEpochs)).toEqual([])
})

test('a bar of its own ends when it meets its target', () => {
  const written: string[] = []
  const progress = new ProgressBar({ target: 2, width: 4, write: (text) => written.push(text), now: () => 0 })
  progress.update(1, { loss: 1 })
  progress.update(2)
  expect(written).toEqual(['2/2 ━━━━ 0s 0s/step - loss: 1.0000\n'])
})

afterEach(() => vi.unstubAllGlobals())

test('output goes to stdout in Node and to the console in a page', () => {
  const lines: string[] = []
  for (const [isTTY, kind] of [
    [true, 'terminal'],
    [false, 'file'],
    [undefined, 'file'],
  ] as const) {
    vi.stubGlobal('process', { stdout: { isTTY, write: (text: string) => lines.push(text) } })
    const output = standardOutput()
    output.write(kind)
    expect(output.kind).toBe(kind)
  }
  expect(lines).toEqual(['terminal', 'file', 'file'])

  vi.stubGlobal('process', undefined)
  vi.stubGlobal('console', { log: (text: string) => lines.push(`console: ${text}`) })
  const page = standardOutput()
  page.write('hello')
  expect(page.kind).toBe('console')
  expect(lines.at(-1)).toBe('console: hello')
})
