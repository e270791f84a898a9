/** What a reader may try on the models of the demo, on the CPU in Node: dates and texts, after a few epochs of training. */
import { readFile } from 'node:fs/promises'
import { clearSession, type LayersModel, setBackend, setSeed, tensor } from 'recurra'
import { beforeAll, expect, test } from 'vitest'
import { fitOptions, predict } from '../../demo/fitting.ts'
import type { Problem } from '../../demo/problem.ts'
import { classesOf } from '../../demo/problems/classes.ts'
import { dates } from '../../demo/problems/dates.ts'
import { idsOf, writing } from '../../demo/problems/writing.ts'
import { refuseUnknown, type Trial } from '../../demo/trial.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

/** The model after some epochs, and its quality then. */
async function train(problem: Problem, epochs: number): Promise<{ model: LayersModel; quality: number }> {
  const task = await problem.load((url) => readFile(url, 'utf8'))
  clearSession()
  setSeed(problem.seed)
  const model = problem.createModel()
  setSeed(problem.seed)
  await model.fit(task.x, task.y, { ...fitOptions(problem, model), epochs, verbose: 0 })
  const { quality } = task.score(task.decode(await predict(problem, model, task)))
  return { model, quality }
}

function trialOf<Kind extends Trial['kind']>({ trial }: Problem, kind: Kind): Trial & { kind: Kind } {
  if (trial?.kind !== kind) throw new Error(`expected a trial of ${kind}, got ${trial?.kind}`)
  return trial as Trial & { kind: Kind }
}

test('three epochs read nine dates in ten, and attention finds the characters that a date is made of', async () => {
  const { model, quality } = await train(dates, 3)
  expect(quality).toBeGreaterThan(0.9)
  const reader = trialOf(dates, 'reading').start(model)
  const text = '29 November 2026'
  const { written, attention } = await reader.read(text)
  expect(written).toBe('2026-11-29')
  expect(attention.map((shares) => shares.length)).toEqual(Array(10).fill(text.length))
  for (const shares of attention) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 4)
  const lookedAt = attention.map((shares) => shares.indexOf(Math.max(...shares)))
  // the last of each number is where it stands; for the month any of its letters will do
  expect([lookedAt[3], lookedAt[9]]).toEqual([15, 1])
  expect(lookedAt[6]).toBeGreaterThanOrEqual(3)
  expect(lookedAt[6]).toBeLessThan(11)
  reader.dispose()
  model.dispose()
})

test('two epochs of the text reach what they should, and the stateful writer says what the model says of the whole', async () => {
  const { epochs, bound } = writing.brief ?? { epochs: 0, bound: 1 }
  const { model, quality } = await train(writing, epochs)
  expect(quality).toBeGreaterThan(bound)
  const trial = trialOf(writing, 'writing')
  const characters = model.outputs[0]?.shape.at(-1) ?? Number.NaN
  const write = async (temperature: number, count: number): Promise<string> => {
    const writer = trial.start(model)
    await writer.begin(trial.prompt)
    let text = ''
    while (text.length < count) text += await writer.next(temperature)
    writer.dispose()
    return text
  }
  // at a low temperature the likeliest character is drawn, and every text is a window of the model
  const text = trial.prompt + (await write(0.01, 20))
  const ids = idsOf(text)
  const window = [...ids, ...Array(50 - ids.length).fill(0)]
  const likeliest = classesOf((await model.predictOnBatch(tensor(window, [1, 50]))).data, characters)
  expect(likeliest.slice(trial.prompt.length - 1, ids.length - 1)).toEqual(ids.slice(trial.prompt.length))
  // one generator, one text
  expect(await write(1, 40)).toBe(await write(1, 40))
  model.dispose()
})

test('a text that a model cannot read is refused with the characters that it does not know', () => {
  expect(refuseUnknown('abba', 'ab')).toBeNull()
  expect(refuseUnknown('', 'ab')).toBe('Type something for the model to read.')
  expect(refuseUnknown('aéxé', 'ab')).toContain('“é”, “x”')
})
