/**
 * How long `import 'recurra'` takes in Node, of the package that `npm run build` wrote: `npx tsx bench/import.ts`. Each time a new
 * process; milliseconds of the clock, and of the processor, which other work on the machine changes less.
 */
import { execFileSync } from 'node:child_process'
import { execPath, version } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const RUNS = 25
const entries = ['dist/node/index.js', 'dist/node/node.js', 'dist/index.js']

const program = (file: string): string => `
  const before = process.cpuUsage(), start = performance.now()
  await import(${JSON.stringify(file)})
  const { user, system } = process.cpuUsage(before)
  console.log(performance.now() - start, (user + system) / 1000)`

const middle = (values: readonly number[]): string =>
  ([...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN).toFixed(0)

console.log(`Node ${version}, medians of ${RUNS} processes that take turns`)
const times = new Map(entries.map((entry) => [entry, [] as number[][]]))
for (let run = 0; run < RUNS; run++)
  for (const [entry, found] of times) {
    const file = pathToFileURL(fileURLToPath(new URL(`../${entry}`, import.meta.url))).href
    const printed = execFileSync(execPath, ['--input-type=module', '--eval', program(file)], {
      encoding: 'utf8',
    })
    found.push(printed.split(' ').map(Number))
  }
for (const [entry, found] of times) {
  const [clock = '', processor = ''] = [0, 1].map((i) => middle(found.map((pair) => pair[i] ?? Number.NaN)))
  console.log(`${entry.padEnd(20)} ${clock.padStart(4)} ms, ${processor.padStart(4)} ms of the processor`)
}
