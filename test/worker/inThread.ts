// Workers of Node for tests: the package as it is built, with a file of a worker beside it, as a user has both.

import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type * as recurra from '../../src/index.ts'
import type { LossFunction } from '../../src/layers/functions.ts'
import type * as workers from '../../src/worker/index.ts'
import type { RemoteModel } from '../../src/worker/index.ts'
import { buildPackage } from '../support/buildPackage.ts'
import { uniform } from '../support/values.ts'

/** A file of a worker, whose function makes models by name. */
const MODELS = `
import { Adam, Dense, Dropout, gradients, LSTM, Model, Sequential, ops, register } from 'recurra'
import { expose } from 'recurra/worker'

export const halved = (y, p) => ops.mean(ops.multiply(0.5, ops.abs(ops.subtract(y, p))), -1)
register('halved', halved)

class Stepped extends Model {
  hidden = LSTM(3)
  top = Dense(1)
  other = Adam(0.05)
  call(x) { return this.top(this.hidden(x)) }
  trainStep([x, y]) {
    const yPred = this.call(x)
    const loss = this.computeLoss({ x, y, yPred })
    const [a, b] = [this.hidden.trainableWeights, this.top.trainableWeights]
    const found = gradients(loss, [...a, ...b])
    this.optimizer.apply(found.slice(0, 3), a)
    this.other.apply(found.slice(3), b)
    return { loss, norm: ops.norm(found[0]) }
  }
}

export const models = {
  stepped() {
    const model = new Stepped()
    model.build([null, 3, 2])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    return model
  },
  recurrent({ units = 3, rate = 0.2 }) {
    const model = Sequential([LSTM(units, { inputShape: [3, 2] }), Dropout(rate), Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
    return model
  },
  ownLoss() {
    const model = Sequential([Dense(1, { inputShape: [2] })])
    model.compile({ loss: (y, p) => ops.mean(ops.abs(ops.subtract(y, p)), -1), optimizer: 'sgd' })
    return model
  },
  junk: () => 3,
  failing() { throw new RangeError('no model today') },
}
`

export interface Threads {
  /** The entry, and the package beside it, both as they are built. */
  readonly page: typeof workers & { readonly recurra: typeof recurra }
  /** What the file of the worker makes models with. */
  readonly models: Readonly<Record<string, (given: object) => recurra.SequentialModel>>
  /** A loss that the file registers. */
  readonly halved: LossFunction
  /** A worker of a file with this content, which ends with the tests; by default one that makes the models by name. */
  start(content?: string): Worker
}

/** Call at the top level. */
export async function prepareThreads(): Promise<Threads> {
  const { dist, remove } = await buildPackage()
  const root = dirname(dist)
  const started: Worker[] = []
  afterAll(async () => {
    await Promise.all(started.map((worker) => worker.terminate()))
    remove()
  })
  let files = 0
  const write = (content: string): string => {
    const path = join(root, `worker-${++files}.js`)
    writeFileSync(path, content)
    return path
  }
  const imported = <Module>(path: string): Promise<Module> =>
    import(/* @vite-ignore */ path) as Promise<Module>
  const modelsFile = write(MODELS)
  const exposing = write(`
    import { expose } from 'recurra/worker'
    import { models } from ${JSON.stringify(modelsFile)}
    expose(({ make, ...given }) => models[make](given))`)
  return {
    page: {
      ...(await imported<typeof workers>(`${dist}/node/worker.js`)),
      recurra: await imported<typeof recurra>(`${dist}/node/index.js`),
    },
    ...(await imported<Pick<Threads, 'halved' | 'models'>>(modelsFile)),
    start(content) {
      const worker = new Worker(content === undefined ? exposing : write(content))
      started.push(worker)
      return worker
    },
  }
}

/** Data of 12 samples, a worker, and in it a model for each test, whose seed is 7. */
export function prepareModel({ page: { recurra, wrap }, start }: Threads) {
  const tensorOf = (...shape: number[]): recurra.Tensor => {
    const { data } = uniform(shape, -1, 1, shape.length)
    return recurra.tensor(data, shape)
  }
  const worker = start()
  let remote: RemoteModel | null = null
  beforeAll(() => recurra.setBackend('cpu'))
  beforeEach(async () => {
    remote?.dispose()
    remote = await wrap(worker, { make: 'recurrent' }, { backend: 'cpu', seed: 7 })
  })
  return { x: tensorOf(12, 3, 2), y: tensorOf(12, 1), worker, model: () => remote as RemoteModel }
}
