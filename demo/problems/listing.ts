// The two programs of an entry: what is imported, what x and y are, the model as Keras and Recurra have it, and the lines that train and
// ask it. The model's lines are written from the model itself.

import type { LayersModel } from 'recurra'
import { toKeras, toTypeScript } from 'recurra/formats'
import type { Problem, Programs } from '../problem.ts'
import { LINE_WIDTH, wrapLines } from './wrapLines.ts'

/** The programs of an entry, of which `model` is a new model. */
export async function programsOf(problem: Problem, model: LayersModel): Promise<Programs> {
  const { code, epochs, batchSize, isStateful } = problem
  const { data, own, use, imports } = code
  const isComment = typeof data === 'string'
  const commentOf = (mark: string, comment: string): string =>
    comment
      .split('\n')
      .map((line) => `${mark} ${line}`)
      .join('\n')

  const keras = partsOf(withLayers(await toKeras(model, { lineWidth: LINE_WIDTH })))
  const typescript = partsOf(await toTypeScript(model, { lineWidth: LINE_WIDTH }))
  return {
    keras: program('#', [
      [...keras.imports, imports?.keras],
      [own?.keras],
      isComment ? [] : [data.keras],
      [isComment ? commentOf('#', data) : undefined, keras.model],
      isStateful
        ? [
            'reset = keras.callbacks.LambdaCallback(on_epoch_begin=\n    lambda epoch, logs: model.layers[0].reset_state())',
          ]
        : [],
      [
        `model.fit(x, y, epochs=${epochs}, batch_size=${batchSize}${isStateful ? ', shuffle=False, callbacks=[reset]' : ''})`,
        use?.keras ?? 'result = model.predict(x)',
      ],
    ]),
    typescript: program('//', [
      [importOf(typescript.imports.join('\n'), imports?.typescript ?? [])],
      [own?.typescript],
      isComment ? [] : [data.typescript],
      [isComment ? commentOf('//', data) : undefined, typescript.model],
      isStateful ? ['const reset = { onEpochBegin: () => model.resetStates() }'] : [],
      [
        `await model.fit(x, y, { epochs: ${epochs}, batchSize: ${batchSize}${isStateful ? ', shuffle: false, callbacks: [reset]' : ''} })`,
        use?.typescript ?? 'const result = await model.predict(x)',
      ],
    ]),
  }
}

/** Python that takes `layers` from Keras, as tutorials do. */
const withLayers = (text: string): string =>
  text
    .replace('import keras\n', 'import keras\nfrom keras import layers\n')
    .replaceAll('keras.layers.', 'layers.')

/** The imports of a text and what is behind them; notes on classes that the program defines are left out. */
function partsOf(text: string): { readonly imports: readonly string[]; readonly model: string } {
  const [head = '', ...rest] = text.trim().split('\n\n')
  const imports = head.split('\n').filter((line) => !/^(#|\/\/) /.test(line))
  return { imports, model: rest.join('\n\n') }
}

/** The import of a program with further names. */
function importOf(text: string, more: readonly string[]): string {
  const names = /\{([^}]*)\}/.exec(text)?.[1]?.split(',') ?? []
  const all = [...names.map((name) => name.trim()), ...more].filter((name) => name !== '')
  return `import { ${[...new Set(all)].sort(byLetters).join(', ')} } from 'recurra'`
}

const byLetters = (a: string, b: string): number => a.localeCompare(b, 'en', { sensitivity: 'base' })

/** Blocks of lines with an empty line between, wrapped. */
const program = (mark: string, blocks: readonly (readonly (string | undefined)[])[]): string =>
  wrapLines(
    blocks
      .map((lines) => lines.flatMap((line) => line?.trim() || []).join('\n'))
      .filter((block) => block !== '')
      .join('\n\n'),
    mark,
  )
