// One model in a worker, and the calls that its page makes of it.

import { setBackend } from '../backends/select.ts'
import { describeValue, fail } from '../errors.ts'
import type { JsonObject } from '../formats/config/json.ts'
import { loadModel } from '../formats/loadModel.ts'
import { LayersModel } from '../models/model.ts'
import { redirectOutput } from '../training/output.ts'
import { isOptions } from '../util/options.ts'
import { setSeed } from '../util/seed.ts'
import { Channel } from './channel.ts'
import type { Build } from './expose.ts'
import { type MadeModel, type Making, type Method, methodsOf, type Order, type Outcome } from './methods.ts'
import { Revival } from './revival.ts'

/** Serves the page behind a port. */
export function serve(port: MessagePort, build: Build | null): void {
  const controllers = new Map<number, AbortController>()
  let made: LayersModel | null = null
  let isOver = false
  /** Ends when `compile` has its options, for which calls behind it wait. */
  let compiling: Promise<unknown> = Promise.resolve()
  const model = (): LayersModel => made ?? fail('wrap', { expected: 'a model', got: 'none yet' })

  const channel = new Channel(port, {
    where: 'wrap',
    moved: 'whole',
    handlers: {
      async make(making: Making): Promise<MadeModel> {
        redirectOutput({
          kind: making.output.kind,
          columns: () => making.output.columns,
          write: (text) => channel.tell('print', text),
        })
        if (making.backend !== null) await setBackend(making.backend)
        if (making.seed !== null) setSeed(making.seed)
        const found = await makeModel(making, build)
        // Loading has drawn seeds; what follows is what follows setSeed in a page.
        if (making.seed !== null && making.file) setSeed(making.seed)
        if (isOver) found.dispose()
        made = found
        channel.where = found.where
        return { name: found.name, where: found.where }
      },
      async call(method: Method, args: readonly unknown[]): Promise<Outcome> {
        const revival = new Revival(channel, controllers)
        try {
          const given = revival.revive(args) as readonly unknown[]
          const called = compiling.then(async () => {
            const found = model()
            return methodsOf(found)[method](
              ...(method === 'compile' ? await readCompile(found, given) : given),
            )
          })
          if (method === 'compile') compiling = called.catch(() => undefined)
          const result = await called
          return { result, backend: model().backend, callbacks: revival.callbackStates }
        } finally {
          revival.release()
        }
      },
      summary(options: object): string {
        const lines: string[] = []
        model().summary({ ...options, printFn: (text: string) => lines.push(text) })
        return lines.join('\n')
      },
      order: (what: Order) => model()[what](),
      stopTraining: (value: boolean) => {
        model().stopTraining = value
      },
      abort: (ref: number, reason: unknown) => controllers.get(ref)?.abort(reason),
      dispose() {
        isOver = true
        made?.dispose()
        channel.close(new DOMException('the model was disposed', 'AbortError'))
      },
    },
  })
}

/** The arguments of `compile`, which have come as files have them. */
async function readCompile({ where }: LayersModel, args: readonly unknown[]): Promise<readonly unknown[]> {
  const [options] = args
  if (!isOptions(options)) return args
  const { compileOptionsOf } = await import('../formats/config/readCompile.ts')
  return [await compileOptionsOf(options as JsonObject, `${where}.compile`)]
}

async function makeModel({ file, given }: Making, build: Build | null): Promise<LayersModel> {
  if (file) return loadModel(file)
  if (!build) {
    return fail('wrap', {
      expected: 'a model, since the file of the worker calls expose without a function that makes one',
      got: describeValue(given),
      remedy: 'Give wrap a model, or expose such a function.',
    })
  }
  const model: unknown = await build(given)
  if (model instanceof LayersModel) return model
  return fail('expose', { expected: 'a function that returns a model', got: describeValue(model) })
}
