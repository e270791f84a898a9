// The two programs of an entry: what is imported, the model, and the lines that train and ask it.

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
  readonly epochs: number
  readonly batchSize: number
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
    keras: isStateful ? ',\n          shuffle=False, callbacks=[reset]' : '',
    typescript: isStateful ? ',\n  shuffle: false, callbacks: [reset] ' : ' ',
  }
  return {
    keras: `${kerasImports.join('\n')}
from keras.layers import ${layers}

${comment('#')}
${lines.keras.trim()}

model.fit(x, y, epochs=${epochs}, batch_size=${batchSize}${inOrder.keras})
result = model.predict(x)`,
    typescript: `import { ${names} } from 'recurra'

${comment('//')}
${lines.typescript.trim()}

await model.fit(x, y, { epochs: ${epochs}, batchSize: ${batchSize}${inOrder.typescript}})
const result = await model.predict(x)`,
  }
}
