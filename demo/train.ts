/**
 * Trains the demo's problems in the terminal, on Dawn's WebGPU, and prints what the models predict beside the truth:
 *
 *     npm run train
 *     npm run train -- --cpu echo
 */
import { readFile } from 'node:fs/promises'
import { exit } from 'node:process'
import { parseArgs } from 'node:util'
import { type CallbackHooks, clearSession, setBackend, setSeed } from 'recurra/node'
import { fitOptions, predict } from './fitting.ts'
import { isReached, type Problem, rowsOf } from './problem.ts'
import { problems } from './problems/index.ts'

/** Epochs that show a progress bar, evenly spread, the last among them. */
const BARS = 10

const names = problems.map(({ name }) => name).join(', ')
const usage = `Trains the demo's problems and prints their predictions.

  npm run train -- [options] [problem ...]

  problem      ${names}; all by default
  --cpu        train on the CPU; on WebGPU by default
  --help       print this`

const {
  values: { cpu, help },
  positionals,
} = readArguments()
if (help) {
  console.log(usage)
  exit(0)
}
const chosen = positionals.length > 0 ? positionals.map(find) : problems
const { description } = await setBackend(cpu ? 'cpu' : 'webgpu')
console.log(description)
for (const problem of chosen) await train(problem)
// Dawn's threads would keep the process.
exit(0)

async function train(problem: Problem): Promise<void> {
  const { title, epochs, batchSize } = problem
  console.log(`\n${title}\n${'─'.repeat(title.length)}`)
  const task = await problem.load((url) => readFile(url, 'utf8'))
  clearSession()
  setSeed(problem.seed)
  const model = problem.createModel()
  model.summary()
  const start = performance.now()
  const stopAfterOne: CallbackHooks = {
    onEpochEnd() {
      model.stopTraining = true
    },
  }
  // A thousand bars are no report: some epochs show theirs, those between run silently.
  for (let part = 0; part < BARS; part++) {
    const [first, last] = [Math.round((part * epochs) / BARS), Math.round(((part + 1) * epochs) / BARS) - 1]
    if (last > first) {
      setSeed(problem.seed)
      await model.fit(task.x, task.y, {
        ...fitOptions(problem, model),
        initialEpoch: first,
        epochs: last,
        verbose: 0,
      })
    }
    setSeed(problem.seed)
    await model.fit(task.x, task.y, {
      ...fitOptions(problem, model, stopAfterOne),
      initialEpoch: last,
      epochs,
      verbose: 1,
    })
  }
  const steps = epochs * Math.ceil((task.x.shape[0] ?? 0) / batchSize)
  const seconds = (performance.now() - start) / 1000
  console.log(
    `\n${epochs} epochs, ${steps} steps in ${seconds.toFixed(1)} s: ${Math.round(steps / seconds)} steps/s\n`,
  )

  const predictions = task.decode(await predict(problem, model, task))
  const head = { position: task.truth.position, truth: 'Truth', prediction: 'Predicted' }
  for (const { position, truth, prediction } of [head, ...rowsOf(task, predictions)])
    console.log(`${position.padEnd(10)}${truth.padStart(8)}${prediction.padStart(12)}`)
  const { caption, rows, note, quality } = task.score(predictions)
  console.log(`\n${caption}`)
  for (const { label, value } of rows) console.log(`  ${label.padEnd(36)}${value.padStart(8)}`)
  if (note) console.log(note)
  const { measure, better, bound } = problem.quality
  const verdict = isReached(problem.quality, quality) ? 'reached' : 'missed'
  console.log(`${measure}: ${quality.toPrecision(3)}, to be ${better} ${bound}: ${verdict}`)
  model.dispose()
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        cpu: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function find(name: string): Problem {
  return (
    problems.find((problem) => problem.name === name) ?? refuse(`expected problems of ${names}, got ${name}`)
  )
}

function refuse(message: string): never {
  console.error(`${message}\n\n${usage}`)
  exit(2)
}
