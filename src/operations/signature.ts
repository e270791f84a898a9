// The parameters of functions of `ops`, and where Keras's files have them: arguments of the call, or options in the config of the class.
// They are a text, in the order of the function's parameters: `'x indices axis=null'`.

export interface Parameter {
  /** In camelCase. */
  readonly name: string
  /**
   * `argument`, an argument of the call by place, `x`; `named`, one by name, `weights:`; `rest`, all that follow, `...operands`;
   * `option`, an option with its default as JSON, `axis=null`, or without one, `shape=`; `fixed`, an option that Keras has and the
   * function does not: `!dtype=null`, behind the others.
   */
  readonly kind: 'argument' | 'named' | 'rest' | 'option' | 'fixed'
  /** The default of an option. */
  readonly fallback: unknown
}

/** Reads a text of parameters. */
export const readParameters = (text: string): readonly Parameter[] => text.split(' ').map(readParameter)

function readParameter(word: string): Parameter {
  const [, mark = '', name = '', end = '', value = ''] = /^(!|\.\.\.)?(\w+)([=:]?)(.*)$/.exec(word) ?? []
  const kind =
    mark === '!'
      ? 'fixed'
      : mark !== ''
        ? 'rest'
        : end === '='
          ? 'option'
          : end === ':'
            ? 'named'
            : 'argument'
  return { name, kind, fallback: value === '' ? undefined : JSON.parse(value) }
}
