// The two programs of an entry: what is imported, the model, and the lines that train and ask it.

import { LINE_WIDTH, wrapLines } from './wrapLines.ts'

export interface Lines {
  /** Names from `keras.layers`, and other lines of imports. */
  readonly layers: string
  readonly kerasImports?: readonly string[]
  /** Names from `recurra`. */
  readonly names: string
  /** What x and y are; a comment above the model. */
  readonly data: string
  readonly keras: string
  readonly typescript: string
  /** Classes of one's own, above that. */
  readonly own?: { readonly keras: string; readonly typescript: string }
  readonly epochs: number
  readonly batchSize: number
  /** The lines after the training; by default `result` is what the model predicts for x. */
  readonly use?: { readonly keras: string; readonly typescript: string }
  /** Samples in order, states reset before each epoch. */
  readonly isStateful?: boolean
}

export function listing(lines: Lines): { readonly keras: string; readonly typescript: string } {
  const { layers, kerasImports = ['from keras import Sequential'], names, data, epochs, batchSize } = lines
  const comment = (mark: string): string =>
    data
      .split('\n')
      .map((line) => `${mark} ${line}`)
      .join('\n')
  const { isStateful = false } = lines
  const inOrder = {
    keras: isStateful ? ', shuffle=False, callbacks=[reset]' : '',
    typescript: isStateful ? ', shuffle: false, callbacks: [reset]' : '',
  }
  const use = lines.use ?? {
    keras: 'result = model.predict(x)',
    typescript: 'const result = await model.predict(x)',
  }
  const above = (program: string | undefined): string => (program ? `${program.trim()}\n\n` : '')
  const layersLine = `from keras.layers import ${layers}`
  // Python goes on with a line only in brackets.
  const layersImport = layersLine.length > LINE_WIDTH ? `from keras.layers import (${layers})` : layersLine
  return {
    keras: wrapLines(
      `${kerasImports.join('\n')}
${layersImport}

${above(lines.own?.keras)}${comment('#')}
${lines.keras.trim()}

model.fit(x, y, epochs=${epochs}, batch_size=${batchSize}${inOrder.keras})
${use.keras.trimEnd()}`,
      '#',
    ),
    typescript: wrapLines(
      `import { ${names} } from 'recurra'

${above(lines.own?.typescript)}${comment('//')}
${lines.typescript.trim()}

await model.fit(x, y, { epochs: ${epochs}, batchSize: ${batchSize}${inOrder.typescript} })
${use.typescript.trimEnd()}`,
      '//',
    ),
  }
}
