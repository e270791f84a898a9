/** The package's types in programs of others: without an error under the oldest compiler, the one before, and the present one. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { execPath } from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installed, installPackage } from '../support/installPackage.ts'

let installed: Installed
beforeAll(async () => {
  installed = await installPackage()
})
afterAll(() => installed?.remove())

const COMPILERS = {
  '5.4': 'test/outside/node_modules/typescript-5.4',
  '6': 'test/outside/node_modules/typescript',
  '7': 'node_modules/typescript',
}

/** A program with every entry that pages import. */
const PROGRAM = `
import { Adam, Dense, EarlyStopping, History, Layer, LSTM, Sequential, type SymbolicTensor, tensor } from 'recurra'
import { timeseriesDatasetFromArray } from 'recurra/data'
import { toKeras } from 'recurra/formats'
import * as ops from 'recurra/ops'
import * as random from 'recurra/random'
import { wrap } from 'recurra/worker'

class Twice extends Layer {
  override call(x: SymbolicTensor) {
    return ops.multiply(x, 2)
  }
}

export async function train(series: Float32Array): Promise<number[]> {
  const model = Sequential([LSTM(4, { inputShape: [3, 1] }), new Twice(), Dense(1)])
  model.compile({ loss: 'mse', optimizer: Adam(0.01), metrics: ['mae'] })
  const { history } = await model.fit(tensor(series, [4, 3, 1]), [1, 2, 3, 4], {
    callbacks: [EarlyStopping({ monitor: 'loss' })],
  })
  const losses: number[] = history.loss
  return losses
}
export { History, random, timeseriesDatasetFromArray, toKeras, wrap }
`

/** Resolutions of modules, each with the module kind that goes with it. */
const RESOLUTIONS = { bundler: 'esnext', node16: 'node16' }

const cases = Object.entries(COMPILERS).flatMap(([version, compiler]) =>
  Object.entries(RESOLUTIONS).map(([moduleResolution, module]) => ({
    version,
    compiler,
    moduleResolution,
    module,
  })),
)

test.each(cases)(
  'TypeScript $version, modules as $moduleResolution',
  async ({ version, compiler, moduleResolution, module }) => {
    const { home } = installed
    writeFileSync(join(home, 'program.mts'), PROGRAM)
    const project = join(home, `tsconfig-${version}-${moduleResolution}.json`)
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      noImplicitOverride: true,
    }
    writeFileSync(project, JSON.stringify({ compilerOptions, files: ['program.mts'] }))
    const said = await new Promise<string>((end) => {
      execFile(execPath, [resolve(compiler, 'bin/tsc'), '-p', project], (_, stdout, stderr) =>
        end(stdout + stderr),
      )
    })
    expect(said).toBe('')
  },
)
