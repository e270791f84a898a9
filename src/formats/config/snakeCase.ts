// Keras's configurations spell `return_sequences` and `beta_1`; options here are `returnSequences` and `beta1`.
// Only src/formats knows snake_case, and converts it with these functions.

/** `returnSequences` of `return_sequences`, `beta1` of `beta_1`. */
export const toCamelCase = (name: string): string =>
  name.replace(/(?<=[a-zA-Z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** `return_sequences` of `returnSequences`, `beta_1` of `beta1`; the L1 and L2 of regularizers stay `l1`, `l2`, two axes `axis1`, `axis2`. */
export const toSnakeCase = (name: string): string =>
  name
    .replace(/(?<=[a-z]{2})(?<!axis)\d/g, '_$&')
    .replace(/(?<=[a-zA-Z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

type Named<T> = Readonly<Record<string, T>>

/** A copy whose keys are camelCase. Values stay as they are: nested objects may be keyed by data. */
export const keysToCamelCase = <T>(config: Named<T>): Record<string, T> => mapKeys(config, toCamelCase)

/** A copy whose keys are snake_case. Values stay as they are: nested objects may be keyed by data. */
export const keysToSnakeCase = <T>(options: Named<T>): Record<string, T> => mapKeys(options, toSnakeCase)

const mapKeys = <T>(record: Named<T>, rename: (key: string) => string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [rename(key), value]))
